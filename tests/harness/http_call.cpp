// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/http_call.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "tests/harness/unix_socket.hpp"

namespace vnf::harness {
namespace {

std::size_t number_of(std::string_view digits, int base) {
    std::size_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    return value;
}

/// The data of the chunks that are complete; `complete` says whether the last, empty one is among them.
std::string join_chunks(std::string_view raw, bool& complete) {
    std::string data;
    complete = false;
    for (std::size_t at = 0; at < raw.size();) {
        const std::size_t line_end = raw.find("\r\n", at);
        if (line_end == std::string_view::npos)
            break;
        const std::size_t size = number_of(raw.substr(at, line_end - at), 16);
        complete = size == 0;
        if (complete || line_end + 2 + size + 2 > raw.size())
            break;
        data.append(raw.substr(line_end + 2, size));
        at = line_end + 2 + size + 2;
    }
    return data;
}

std::string request_text(std::string_view method, std::string_view path, std::string_view body) {
    return std::string(method) + " " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
           (body.empty() ? "" : "Content-Type: application/json\r\n") +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace

void HttpAnswerReader::feed(std::string_view bytes) {
    bytes_.append(bytes);
}

std::optional<std::size_t> HttpAnswerReader::head_size() const {
    const std::size_t end = bytes_.find("\r\n\r\n");
    return end == std::string::npos ? std::nullopt : std::optional(end + 4);
}

unsigned HttpAnswerReader::status() const {
    return head_size() && bytes_.size() > 12 ? static_cast<unsigned>(number_of(bytes_.substr(9, 3), 10)) : 0;
}

std::string HttpAnswerReader::header(std::string_view lower_case_name) const {
    std::string head = bytes_.substr(0, head_size().value_or(0));
    std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::size_t at = head.find("\r\n" + std::string(lower_case_name) + ":");
    if (at == std::string::npos)
        return {};
    const std::size_t start = head.find_first_not_of(' ', at + 3 + lower_case_name.size());
    return head.substr(start, head.find("\r\n", start) - start);
}

std::string HttpAnswerReader::body() const {
    const auto head = head_size();
    if (!head)
        return {};
    bool complete = false;
    return header("transfer-encoding") == "chunked"
               ? join_chunks(std::string_view(bytes_).substr(*head), complete)
               : bytes_.substr(*head);
}

bool HttpAnswerReader::complete() const {
    const auto head = head_size();
    if (!head)
        return false;
    bool complete = false;
    if (header("transfer-encoding") == "chunked") {
        join_chunks(std::string_view(bytes_).substr(*head), complete);
        return complete;
    }
    const std::string length = header("content-length");
    return length.empty() ? ended_ : bytes_.size() >= *head + number_of(length, 10);
}

HttpCall::HttpCall(Stage& stage, const std::string& socket, std::string_view method, std::string_view path,
                   std::string_view body)
    : stage_(stage),
      connection_(
          stage, [this](std::string_view bytes) { reader_.feed(bytes); }, [this] { reader_.end(); }),
      what_(std::string(method) + " " + std::string(path)) {
    connection_.adopt(connect_unix(socket));
    connection_.send(request_text(method, path, body));
}

HttpAnswer HttpCall::answer(Milliseconds bound) {
    stage_.until([this] { return done(); }, "the answer to " + what_, bound);
    return {reader_.status(), reader_.body()};
}

HttpAnswer http(Stage& stage, const std::string& socket, std::string_view method, std::string_view path,
                std::string_view body) {
    return HttpCall(stage, socket, method, path, body).answer();
}

HttpEvents::HttpEvents(Stage& stage, const std::string& socket, std::string_view path)
    : stage_(stage), connection_(stage, [this](std::string_view bytes) {
          reader_.feed(bytes);
          const std::string body = reader_.body();
          lines_.feed(std::string_view(body).substr(taken_));
          taken_ = body.size();
      }) {
    connection_.adopt(connect_unix(socket));
    connection_.send(request_text("GET", path, {}));
    ready();
}

void HttpEvents::ready() {
    stage_.until([this] { return reader_.status() != 0; }, "the head of the event stream");
}

Json HttpEvents::expect(std::string_view key, std::string_view value, Milliseconds bound) {
    std::optional<Json> found;
    stage_.until([&] { return (found = lines_.take(key, value)).has_value(); },
                 "event " + std::string(key) + "=" + std::string(value), bound);
    return *found;
}

}  // namespace vnf::harness
