// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One libcurl handle a request: a command-line tool makes one. Proxies of the environment are ignored, since
// the daemon is on this machine.
#include "runtime/http_client.hpp"

#include <curl/curl.h>
#include <sys/un.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace vnf::runtime {
namespace {

constexpr std::size_t largest_answer = 64 * 1024 * 1024;
constexpr std::size_t longest_line = 1024 * 1024;

struct CurlDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;
using CurlList = std::unique_ptr<curl_slist, CurlDeleter>;

/// Takes the body: whole, or line by line when it is a stream that succeeded.
class Receiver {
  public:
    Receiver(CURL* handle, const std::function<bool(std::string_view)>* on_line)
        : handle_(handle), on_line_(on_line) {}

    static std::size_t receive(char* data, std::size_t, std::size_t length, void* self) {
        return static_cast<Receiver*>(self)->take({data, length}) ? length : 0;
    }

    std::string body;
    bool stopped = false;  ///< by the caller, which is no error

  private:
    bool take(std::string_view data) {
        body += data;
        long status = 0;
        curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
        if (on_line_ == nullptr || status != 200)
            return body.size() <= largest_answer;
        std::size_t begin = 0;
        for (std::size_t end; (end = body.find('\n', begin)) != std::string::npos; begin = end + 1)
            if (!(*on_line_)(std::string_view(body).substr(begin, end - begin))) {
                stopped = true;
                return false;
            }
        body.erase(0, begin);
        return body.size() <= longest_line;
    }

    CURL* handle_;
    const std::function<bool(std::string_view)>* on_line_;
};

/// What went wrong with the socket, and what to look at.
std::string explained(const std::string& socket, CURL* handle, CURLcode code) {
    long number = 0;
    curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
    const std::string where = "no answer from " + socket + ": ";
    if (code == CURLE_OPERATION_TIMEDOUT)
        return where + "the time is over; is the daemon stopped or overloaded?";
    if (code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR)
        return where + "it closed the connection; may this user use it, and is it this project's daemon?";
    if (code == CURLE_PARTIAL_FILE)
        return where + "it ended in the middle of its answer; has the daemon ended?";
    if (code == CURLE_WRITE_ERROR)
        return where + "its answer is too large";
    if (code != CURLE_COULDNT_CONNECT)
        return where + curl_easy_strerror(code);
    switch (number) {
        case ENOENT:
            return where + "there is no such socket; is the daemon running, and is this its socket?";
        case ECONNREFUSED:
            return where + "nobody listens there; the daemon has ended without removing it";
        case EACCES:
            return where + "permission denied; is this user in the group that owns the socket?";
        case EAGAIN:
            return where + "too many connections wait there; is the daemon stopped?";
        default:
            return where + (number != 0 ? std::generic_category().message(static_cast<int>(number))
                                        : curl_easy_strerror(code));
    }
}

void ready_curl() {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_NOTHING);
    static_cast<void>(once);
}

class Exchange {
  public:
    Exchange(const std::string& socket, const std::string& path) : socket_(socket) {
        set(CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
        set(CURLOPT_URL, ("http://localhost" + path).c_str());
        set(CURLOPT_PATH_AS_IS, 1L);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROXY, "");
        set(CURLOPT_WRITEFUNCTION, &Receiver::receive);
    }

    void method(std::string_view name, const std::string& body) {
        set(CURLOPT_CUSTOMREQUEST, std::string(name).c_str());
        if (name == "HEAD")
            set(CURLOPT_NOBODY, 1L);
        if (name == "GET" || name == "HEAD" || (name == "DELETE" && body.empty()))
            return;
        // No "Expect": it would cost a round trip.
        for (const char* line : {"Content-Type: application/json", "Expect:"})
            headers_.reset(curl_slist_append(headers_.release(), line));
        set(CURLOPT_HTTPHEADER, headers_.get());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        set(CURLOPT_COPYPOSTFIELDS, body.c_str());
    }

    void timeout(std::chrono::milliseconds time) { set(CURLOPT_TIMEOUT_MS, static_cast<long>(time.count())); }

    HttpResult run(const std::function<bool(std::string_view)>* on_line) {
        Receiver receiver(handle_.get(), on_line);
        set(CURLOPT_WRITEDATA, &receiver);
        const CURLcode code = curl_easy_perform(handle_.get());
        HttpResult result;
        long status = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
        const bool broken = code != CURLE_OK && !receiver.stopped;
        if (broken)
            result.error = explained(socket_, handle_.get(), code);
        if (!broken || on_line != nullptr)
            result.status = static_cast<unsigned>(status);
        if (!receiver.stopped)
            result.body = std::move(receiver.body);
        return result;
    }

  private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(handle_.get(), option, value);
    }

    CurlHandle handle_{curl_easy_init()};
    CurlList headers_;
    const std::string& socket_;
};

std::string unusable(const std::string& socket) {
    if (socket.empty())
        return "no socket is named";
    if (socket.size() >= sizeof(sockaddr_un::sun_path))
        return "the socket's path is too long, allowed are 107 bytes: " + socket;
    return {};
}

}  // namespace

HttpClient::HttpClient(std::string socket_path) : socket_path_(std::move(socket_path)) {
    ready_curl();
}

HttpResult HttpClient::request(std::string_view method, const std::string& path_and_query,
                               const std::string& body, std::chrono::milliseconds timeout) const {
    if (std::string problem = unusable(socket_path_); !problem.empty())
        return {0, {}, std::move(problem)};
    Exchange exchange(socket_path_, path_and_query);
    exchange.method(method, body);
    exchange.timeout(timeout);
    return exchange.run(nullptr);
}

HttpResult HttpClient::stream(const std::string& path_and_query,
                              const std::function<bool(std::string_view)>& on_line) const {
    if (std::string problem = unusable(socket_path_); !problem.empty())
        return {0, {}, std::move(problem)};
    Exchange exchange(socket_path_, path_and_query);
    return exchange.run(&on_line);
}

std::string HttpClient::encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view kept = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    std::string result;
    for (const char byte : text) {
        if (kept.find(byte) != std::string_view::npos) {
            result += byte;
            continue;
        }
        const auto value = static_cast<unsigned char>(byte);
        result.append("%").append(1, digits[value >> 4U]).append(1, digits[value & 15U]);
    }
    return result;
}

}  // namespace vnf::runtime
