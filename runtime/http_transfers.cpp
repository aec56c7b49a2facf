// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// libcurl says which sockets and which time it waits for; Asio waits. No handler of a caller runs inside libcurl, which
// allows no change of its handles there: data and ends are kept until libcurl has returned.
#include "runtime/http_transfers.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <utility>
#include <vector>

namespace vnf::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr long idle_before_probe_s = 4;
constexpr long probe_interval_s = 2;
constexpr unsigned unacknowledged_limit_ms = 10000;
constexpr long kept_connections = 8;

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// One transfer under way. Its address is libcurl's private pointer.
struct Transfer {
    HttpPost post;
    HttpTransfers::OnEnd on_end;
    HttpTransfers::OnData on_data;
    HttpTransfers::Id id{};
    std::unique_ptr<CURL, EasyDeleter> easy{curl_easy_init()};
    std::unique_ptr<curl_slist, EasyDeleter> headers;
    std::array<char, CURL_ERROR_SIZE> problem{};
    std::string received;
    bool too_large = false;

    bool streaming() const {
        long status = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
        return on_data && status == 200;
    }

    static std::size_t receive(char* data, std::size_t, std::size_t length, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.too_large = transfer.received.size() + length > transfer.post.largest_answer;
        if (transfer.too_large) {
            return 0;
        }
        transfer.received.append(data, length);
        return length;
    }

    HttpEnd ended(CURLcode code) {
        HttpEnd end;
        if (code != CURLE_OK) {
            end.error = too_large            ? "the answer is too large"
                        : problem[0] != '\0' ? problem.data()
                                             : curl_easy_strerror(code);
            return end;
        }
        long status = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
        end.status = static_cast<unsigned>(status);
        end.body = std::move(received);
        return end;
    }
};

int bound_silence(void*, curl_socket_t socket, curlsocktype) {
    ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_limit_ms,
                 sizeof(unacknowledged_limit_ms));
    return CURL_SOCKOPT_OK;
}

}  // namespace

class HttpTransfers::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, HttpTls tls) : io_(io), timer_(io), tls_(std::move(tls)) {
        static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
        static_cast<void>(once);
        multi_ = curl_multi_init();
        curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Impl::socket_changed);
        curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Impl::timer_changed);
        curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kept_connections);
    }

    void stop() {
        for (auto& [id, transfer] : transfers_) {
            curl_multi_remove_handle(multi_, transfer->easy.get());
        }
        transfers_.clear();
        curl_multi_cleanup(std::exchange(multi_, nullptr));
        timer_.cancel();
    }

    Id start(HttpPost post, OnEnd on_end, OnData on_data) {
        auto transfer = std::make_unique<Transfer>();
        transfer->post = std::move(post);
        transfer->on_end = std::move(on_end);
        transfer->on_data = std::move(on_data);
        transfer->id = Id{++last_id_};
        prepare(*transfer);
        curl_multi_add_handle(multi_, transfer->easy.get());
        return transfers_.emplace(transfer->id, std::move(transfer)).first->first;
    }

    void cancel(Id id) {
        const auto found = transfers_.find(id);
        if (found != transfers_.end()) {
            curl_multi_remove_handle(multi_, found->second->easy.get());
            transfers_.erase(found);
        }
    }

    std::size_t running() const { return transfers_.size(); }

  private:
    /// What libcurl wants of one of its sockets. The descriptor is libcurl's; only the wait is ours.
    struct Watch {
        explicit Watch(asio::io_context& io) : descriptor(io) {}
        asio::posix::stream_descriptor descriptor;
        int interest = 0;
        bool reading = false, writing = false;
    };
    using SharedWatch = std::shared_ptr<Watch>;

    void prepare(Transfer& transfer);
    void prepare_tls(CURL* easy) const;

    static int socket_changed(CURL*, curl_socket_t socket, int what, void* self, void*) {
        static_cast<Impl*>(self)->watch(socket, what);
        return 0;
    }

    static int timer_changed(CURLM*, long milliseconds, void* self) {
        static_cast<Impl*>(self)->set_timer(milliseconds);
        return 0;
    }

    void watch(curl_socket_t socket, int what) {
        if (what == CURL_POLL_REMOVE) {
            const auto found = watches_.find(socket);
            if (found != watches_.end()) {
                found->second->descriptor.release();
                watches_.erase(found);
            }
            return;
        }
        SharedWatch& watch = watches_[socket];
        if (!watch) {
            watch = std::make_shared<Watch>(io_);
            error_code refused;
            watch->descriptor.assign(socket, refused);
            if (refused) {  // the transfer ends at its deadline
                watches_.erase(socket);
                return;
            }
        }
        watch->interest = what;
        arm(watch);
    }

    void arm(const SharedWatch& watch) {
        if ((watch->interest & CURL_POLL_IN) != 0 && !std::exchange(watch->reading, true)) {
            watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                         [self = shared_from_this(), watch](const error_code& error) {
                                             watch->reading = false;
                                             self->ready(error, watch, CURL_POLL_IN, CURL_CSELECT_IN);
                                         });
        }
        if ((watch->interest & CURL_POLL_OUT) != 0 && !std::exchange(watch->writing, true)) {
            watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_write,
                                         [self = shared_from_this(), watch](const error_code& error) {
                                             watch->writing = false;
                                             self->ready(error, watch, CURL_POLL_OUT, CURL_CSELECT_OUT);
                                         });
        }
    }

    void ready(const error_code& error, const SharedWatch& watch, int wanted, int event) {
        if (error || multi_ == nullptr || !watch->descriptor.is_open() || (watch->interest & wanted) == 0) {
            return;
        }
        act(watch->descriptor.native_handle(), event);
        if (watch->descriptor.is_open()) {
            arm(watch);
        }
    }

    void set_timer(long milliseconds) {
        if (milliseconds < 0) {
            timer_.cancel();
            return;
        }
        timer_.expires_after(Milliseconds(milliseconds));
        timer_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error && self->multi_ != nullptr) {
                self->act(CURL_SOCKET_TIMEOUT, 0);
            }
        });
    }

    /// Handlers may start, cancel and destroy: each looks up anew.
    void act(curl_socket_t socket, int event) {
        const auto alive = shared_from_this();
        int running = 0;
        curl_multi_socket_action(multi_, socket, event, &running);
        const std::vector<std::pair<Id, CURLcode>> ends = finished();
        hand_over_data();
        for (const auto& [id, code] : ends) {
            end(id, code);
        }
    }

    std::vector<std::pair<Id, CURLcode>> finished() {
        std::vector<std::pair<Id, CURLcode>> ends;
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            Transfer* transfer = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
            if (message->msg == CURLMSG_DONE && transfer != nullptr) {
                ends.emplace_back(transfer->id, message->data.result);
            }
        }
        return ends;
    }

    void hand_over_data() {
        std::vector<Id> streams;
        for (const auto& [id, transfer] : transfers_) {
            if (!transfer->received.empty() && transfer->streaming()) {
                streams.push_back(id);
            }
        }
        for (const Id id : streams) {
            const auto found = transfers_.find(id);
            if (found != transfers_.end()) {
                const std::string data = std::exchange(found->second->received, {});
                const OnData on_data = found->second->on_data;
                on_data(data);
            }
        }
    }

    void end(Id id, CURLcode code) {
        const auto found = transfers_.find(id);
        if (found == transfers_.end()) {
            return;
        }
        const std::unique_ptr<Transfer> transfer = std::move(found->second);
        transfers_.erase(found);
        HttpEnd end = transfer->ended(code);
        curl_multi_remove_handle(multi_, transfer->easy.get());
        transfer->on_end(std::move(end));
    }

    asio::io_context& io_;
    asio::steady_timer timer_;
    HttpTls tls_;
    CURLM* multi_ = nullptr;
    std::map<curl_socket_t, SharedWatch> watches_;
    std::map<Id, std::unique_ptr<Transfer>> transfers_;
    std::uint64_t last_id_ = 0;
};

void HttpTransfers::Impl::prepare(Transfer& transfer) {
    CURL* easy = transfer.easy.get();
    const HttpPost& post = transfer.post;
    std::vector<std::string> lines{"Content-Type: application/json", "Expect:"};
    if (!post.authorization.empty()) {
        lines.push_back("Authorization: " + post.authorization);
    }
    for (const std::string& line : lines) {
        transfer.headers.reset(curl_slist_append(transfer.headers.release(), line.c_str()));
    }
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    curl_easy_setopt(easy, CURLOPT_URL, post.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a name that is still being resolved is not waited for
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post.body.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(post.connect_deadline.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(post.deadline.count()));
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, idle_before_probe_s);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, probe_interval_s);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &bound_silence);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.problem.data());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    prepare_tls(easy);
}

void HttpTransfers::Impl::prepare_tls(CURL* easy) const {
    if (!tls_.ca.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, tls_.ca.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    if (!tls_.certificate.empty()) {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, tls_.certificate.c_str());
        curl_easy_setopt(easy, CURLOPT_SSLKEY, tls_.key.c_str());
    }
}

HttpTransfers::HttpTransfers(asio::io_context& io, HttpTls tls)
    : impl_(std::make_shared<Impl>(io, std::move(tls))) {}
HttpTransfers::~HttpTransfers() {
    impl_->stop();
}
HttpTransfers::Id HttpTransfers::start(HttpPost post, OnEnd on_end, OnData on_data) {
    return impl_->start(std::move(post), std::move(on_end), std::move(on_data));
}
void HttpTransfers::cancel(Id id) {
    impl_->cancel(id);
}
std::size_t HttpTransfers::running() const {
    return impl_->running();
}

}  // namespace vnf::runtime
