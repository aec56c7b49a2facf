// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// QEMU and the guest in it, played by a test against host-agent: a listening socket with one guest behind it,
// an old one unless capabilities are set. It speaks text, not wire/'s encoder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/connection.hpp"
#include "tests/harness/json_lines.hpp"

namespace vnf::harness {

class ScriptedGuest : private Actor {
  public:
    ScriptedGuest(Stage& stage, std::string socket);
    ~ScriptedGuest() override;

    bool init_on_connect = true;
    bool answer_challenges = true;
    std::optional<std::string> vote_answer;  ///< the word with which every action is answered at once
    std::string name = "old-guest";
    std::int64_t interval_ms = 400;
    std::int64_t vote_secs = 2, shutdown_secs = 2, suspend_secs = 2, resume_secs = 2, restart_secs = 2;
    std::string corrective_action = "reboot";
    std::string health = "healthy";
    std::string health_action = "none";
    std::string health_log;
    std::vector<std::string> capabilities;

    bool connected() const { return connection_.open(); }
    Connection& connection() { return connection_; }
    const std::string& socket() const { return socket_; }

    void send_raw(std::string_view bytes) { connection_.send(bytes); }
    /// LF, the text, LF.
    void send_line(std::string_view text) { send_raw("\n" + std::string(text) + "\n"); }
    /// Header and these further members, which begin with a comma.
    void send(std::string_view msg_type, const std::string& members);
    void init();
    void respond(std::int64_t challenge);
    void answer(std::int64_t invocation_id, std::string_view event, std::string_view notification,
                std::string_view result, std::string_view log = {});

    Json expect(std::string_view msg_type, Milliseconds bound = patience);
    bool has(std::string_view msg_type) const { return lines_.has("msg_type", msg_type); }
    std::uint64_t challenges() const { return challenges_; }
    std::uint64_t connects() const { return connects_; }
    /// Until host-agent challenged once more, and this guest answered: proof that earlier bytes were taken.
    void beat();

    /// The channel's end, as when host_agent's connection is torn; the socket still listens.
    void hang_up() { connection_.close(); }
    /// QEMU is gone: nobody listens and the file is removed.
    void vanish();

  private:
    int wait_fd() const override { return listener_.get(); }
    /// QEMU serves one client; a second one waits in the backlog.
    bool wants_read() const override { return !connection_.open(); }
    void readable() override;
    void take(std::string_view bytes);
    void react(const Json& message);

    std::string socket_;
    FileDescriptor listener_;
    Connection connection_;
    JsonLines lines_;
    std::int64_t sequence_ = 0;
    std::int64_t invocation_id_ = 4000;
    std::uint64_t challenges_ = 0;
    std::uint64_t connects_ = 0;
};

}  // namespace vnf::harness
