// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See etcd_client.hpp. Which fault an answer is follows gRPC's codes, and etcd's words where one code means several things.
#include "host-agent/etcd/etcd_client.hpp"

#include <fstream>
#include <utility>

#include "host-agent/etcd/etcd_messages.hpp"

namespace vnf::host {

namespace {

using runtime::HttpEnd;
using runtime::Milliseconds;

constexpr std::size_t largest_line = 16U * 1024U * 1024U;
constexpr std::size_t password_limit = 1024;

enum GrpcCode : std::int64_t {
    DeadlineExceeded = 4,
    NotFound = 5,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    OutOfRange = 11,
    Unavailable = 14,
    Unauthenticated = 16,
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

EtcdFault fault_of(unsigned status, const EtcdError& error) {
    if (status == 401 || error.code == Unauthenticated || error.code == PermissionDenied ||
        has(error.text, "invalid auth token") || has(error.text, "authentication failed") ||
        has(error.text, "user name is empty")) {
        return EtcdFault::Denied;
    }
    switch (error.code) {
        case NotFound:
            return has(error.text, "lease") ? EtcdFault::LeaseGone : EtcdFault::Refused;
        case ResourceExhausted:
            return has(error.text, "space") ? EtcdFault::Full : EtcdFault::Unreachable;
        case OutOfRange:
            return has(error.text, "compacted") ? EtcdFault::Compacted : EtcdFault::Refused;
        case DeadlineExceeded:
        case Unavailable:
            return EtcdFault::Unreachable;
        default:
            return status >= 500 ? EtcdFault::Unreachable : EtcdFault::Refused;
    }
}

EtcdReply reply_of(HttpEnd end) {
    if (end.status == 0) {
        return {EtcdFault::Unreachable, std::move(end.error), {}};
    }
    if (end.status == 200) {
        return {EtcdFault::None, {}, std::move(end.body)};
    }
    EtcdError error = parse_etcd_error(end.body);
    const EtcdFault fault = fault_of(end.status, error);
    return {fault, std::move(error.text), {}};
}

/// Read at each authentication, so that it can be changed while the agent runs. Trailing line ends do not count.
std::string password_from(const std::string& file) {
    std::ifstream input(file, std::ios::binary);
    std::string password(password_limit, '\0');
    input.read(password.data(), static_cast<std::streamsize>(password.size()));
    password.resize(static_cast<std::size_t>(input.gcount()));
    while (password.ends_with('\n') || password.ends_with('\r')) {
        password.pop_back();
    }
    return password;
}

}  // namespace

EtcdClient::EtcdClient(boost::asio::io_context& io, const EtcdSettings& settings)
    : settings_(settings), transfers_(std::make_unique<runtime::HttpTransfers>(io, settings.tls)), io_(io) {}

void EtcdClient::call(std::string_view path, std::string body, OnReply on_reply) {
    ask({std::string(path), std::move(body), std::move(on_reply), {}});
}

void EtcdClient::stream(std::string_view path, std::string body, OnLine on_line, OnReply on_end) {
    cancel_stream();
    ask({std::string(path), std::move(body), std::move(on_end), std::move(on_line)});
}

void EtcdClient::cancel_stream() {
    transfers_->cancel(std::exchange(stream_, {}));
    on_line_ = nullptr;
    on_stream_end_ = nullptr;
    line_.clear();
    std::erase_if(waiting_, [](const Asking& asking) { return asking.on_line != nullptr; });
}

void EtcdClient::cancel_all() {
    ++round_;
    cancel_stream();
    waiting_.clear();
    authenticating_ = false;
    // Connections of an endpoint that does not answer are not worth keeping.
    transfers_ = std::make_unique<runtime::HttpTransfers>(io_, settings_.tls);
}

void EtcdClient::ask(Asking asking) {
    if (settings_.user.empty() || !token_.empty()) {
        send(std::move(asking));
        return;
    }
    waiting_.push_back(std::move(asking));
    authenticate();
}

runtime::HttpPost EtcdClient::post(const std::string& path, std::string body) const {
    runtime::HttpPost post;
    post.url = endpoint() + "/v3/" + path;
    post.body = std::move(body);
    post.authorization = token_;
    post.connect_deadline = settings_.deadline;
    post.deadline = settings_.deadline;
    post.largest_answer = largest_line;
    return post;
}

void EtcdClient::send(Asking asking) {
    runtime::HttpPost request = post(asking.path, asking.body);
    if (!asking.on_line) {
        transfers_->start(std::move(request), [this, asking = std::move(asking)](HttpEnd end) mutable {
            answered(std::move(asking), std::move(end));
        });
        return;
    }
    request.deadline = Milliseconds(0);
    on_line_ = asking.on_line;
    on_stream_end_ = asking.on_reply;
    stream_ = transfers_->start(
        std::move(request),
        [this, asking = std::move(asking)](HttpEnd end) mutable {
            stream_ = {};
            answered(std::move(asking), std::move(end));
        },
        [this](std::string_view data) { take_lines(data); });
}

void EtcdClient::answered(Asking asking, HttpEnd end) {
    const EtcdReply reply = reply_of(std::move(end));
    if (reply.fault == EtcdFault::Denied && !settings_.user.empty() && !asking.again) {
        token_.clear();
        asking.again = true;
        ask(std::move(asking));
        return;
    }
    asking.on_reply(reply);
}

void EtcdClient::authenticate() {
    if (std::exchange(authenticating_, true)) {
        return;
    }
    transfers_->start(post("auth/authenticate",
                           encode_authentication(settings_.user, password_from(settings_.password_file))),
                      [this](const HttpEnd& end) { authenticated(end); });
}

void EtcdClient::authenticated(const HttpEnd& end) {
    authenticating_ = false;
    std::vector<Asking> waiting = std::exchange(waiting_, {});
    const auto token = end.status == 200 ? parse_etcd_token(end.body) : std::nullopt;
    if (token) {
        token_ = *token;
        for (Asking& asking : waiting) {
            send(std::move(asking));
        }
        return;
    }
    EtcdReply reply = reply_of(end);
    if (reply.fault != EtcdFault::Unreachable) {
        reply.fault = EtcdFault::Denied;
        reply.error = "authentication: " + reply.error;
    }
    const std::uint64_t round = round_;
    for (const Asking& asking : waiting) {
        if (round == round_) {  // an answer may have cancelled the others
            asking.on_reply(reply);
        }
    }
}

void EtcdClient::take_lines(std::string_view data) {
    const runtime::HttpTransfers::Id stream = stream_;
    line_.append(data);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = line_.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const std::string line = line_.substr(begin, end - begin);
        const OnLine on_line = on_line_;
        on_line(line);
        if (stream_ != stream) {
            return;  // the line made its reader end the stream
        }
    }
    line_.erase(0, begin);
    if (line_.size() > largest_line) {
        const OnReply on_end = on_stream_end_;
        cancel_stream();
        on_end({EtcdFault::Refused, "a line of the stream is too long", {}});
    }
}

}  // namespace vnf::host
