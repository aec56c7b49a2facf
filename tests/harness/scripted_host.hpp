// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The host's side of one heartbeat channel, played by a test against guest-client: an old host unless
// capabilities are set. It speaks text, not wire/'s encoder, so that a mistake there can't hide itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/connection.hpp"
#include "tests/harness/json_lines.hpp"

namespace vnf::harness {

class ScriptedHost {
  public:
    explicit ScriptedHost(Stage& stage);

    bool answer_init = true;                ///< answer each init by an init_ack at once
    std::vector<std::string> capabilities;  ///< named in init_ack if the guest named any; empty: an old host

    void connect(const std::string& socket);
    void adopt(FileDescriptor fd) { connection_.adopt(std::move(fd)); }
    void disconnect();
    Connection& connection() { return connection_; }

    void send_raw(std::string_view bytes) { connection_.send(bytes); }
    /// LF, the text, LF.
    void send_line(std::string_view text);
    void acknowledge(std::int64_t invocation_id);
    void challenge(std::int64_t value);
    void notify(std::int64_t invocation_id, std::string_view event, std::string_view notification,
                std::int64_t timeout_ms, std::string_view origin = {});

    /// Waits for the next message of this type and takes it; others stay for later.
    Json expect(std::string_view msg_type, Milliseconds bound = patience);
    bool has(std::string_view msg_type) const { return lines_.has("msg_type", msg_type); }
    /// init and its answer; with capabilities negotiated if any are set. Returns the init.
    Json attach(const std::string& socket);
    /// A challenge and its answer: proof that everything sent before was taken, and the guest's health.
    Json exchange();
    /// Everything received since the last connect, as bytes.
    const std::string& raw() const { return raw_; }
    void forget() { lines_.forget(); }
    JsonLines& lines() { return lines_; }

  private:
    void take(std::string_view bytes);
    std::string next_header(std::string_view msg_type);

    Stage& stage_;
    Connection connection_;
    JsonLines lines_;
    std::string raw_;
    std::int64_t sequence_ = 0;
    std::int64_t last_challenge_ = 1000;
};

}  // namespace vnf::harness
