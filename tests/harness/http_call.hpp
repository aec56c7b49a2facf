// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// HTTP/1.1 to a daemon's control socket, played on the stage: a call may be under way while the test's guest
// and application do their part. Written here and not taken from runtime/, so that it checks that side too.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "tests/harness/connection.hpp"
#include "tests/harness/json_lines.hpp"

namespace vnf::harness {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
    Json json() const { return boost::json::parse(body).as_object(); }
};

/// Takes the bytes of one answer apart: a length, a chunked body or one that ends with the connection.
class HttpAnswerReader {
  public:
    void feed(std::string_view bytes);
    void end() { ended_ = true; }
    bool complete() const;
    /// What of the body is there; grows while a stream goes on.
    std::string body() const;
    unsigned status() const;

  private:
    std::optional<std::size_t> head_size() const;
    std::string header(std::string_view lower_case_name) const;

    std::string bytes_;
    bool ended_ = false;
};

class HttpCall {
  public:
    HttpCall(Stage& stage, const std::string& socket, std::string_view method, std::string_view path,
             std::string_view body = {});
    bool done() const { return reader_.complete(); }
    HttpAnswer answer(Milliseconds bound = patience);
    /// The client goes away before its answer.
    void abandon() { connection_.close(); }

  private:
    Stage& stage_;
    HttpAnswerReader reader_;
    Connection connection_;
    std::string what_;
};

/// One call and its answer; everybody on the stage plays on meanwhile.
HttpAnswer http(Stage& stage, const std::string& socket, std::string_view method, std::string_view path,
                std::string_view body = {});

/// GET of an NDJSON stream: host-agent's events.
class HttpEvents {
  public:
    HttpEvents(Stage& stage, const std::string& socket, std::string_view path);
    /// Waits for the next event whose `key` is `value` and takes it; others stay.
    Json expect(std::string_view key, std::string_view value, Milliseconds bound = patience);
    bool has(std::string_view key, std::string_view value) const { return lines_.has(key, value); }
    bool open() const { return connection_.open(); }
    /// Until the answer's head is there: every later event will be seen.
    void ready();
    const JsonLines& lines() const { return lines_; }

  private:
    Stage& stage_;
    HttpAnswerReader reader_;
    JsonLines lines_;
    std::size_t taken_ = 0;
    Connection connection_;
};

}  // namespace vnf::harness
