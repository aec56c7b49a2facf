// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// QEMU and a guest behind its port `cgcs.messaging`, played by a test against host-agent: it speaks the bytes of the old
// guest agent, and keeps what it is told, raw and as messages.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/daemon/agent_under_test.hpp"
#include "tests/harness/connection.hpp"
#include "tests/harness/json_lines.hpp"

namespace vnf::test {

class MessagingGuest {
  public:
    MessagingGuest(Stage& stage, std::string socket);

    void send_raw(std::string_view bytes) { connection_.send(bytes); }
    /// As the old agent of a guest writes it: the envelope around this `data`.
    void send_data(std::string_view data, std::string_view to = "cgcs.server_grp");
    /// `text` as it is between the quotes.
    void broadcast(std::string_view text);
    void query(std::int64_t seq, bool understands_gap = false);

    /// The `data` of the next message of this type; those before it stay.
    Json expect(std::string_view msg_type, Milliseconds bound = patience);
    std::size_t count(std::string_view msg_type) const;
    /// What was sent has been taken, and what came of it has arrived.
    void round_trip();
    /// The entries of a complete answer.
    std::vector<Json> status(std::int64_t seq);

    bool connected() const { return connection_.open(); }
    /// The `data` of the next message to `cgcs.scale`; answers go to where it came from.
    Json expect_scale(Milliseconds bound = patience);
    std::size_t scale_requests() const { return scale_.size(); }
    const std::string& scale_address() const { return scale_address_; }
    void answer_scale(std::string_view data);

    void await_connected();
    std::uint64_t connects() const { return connects_; }
    const std::string& raw() const { return raw_; }  ///< of this connection
    Connection& connection() { return connection_; }
    void forget() { data_.clear(); }
    void hang_up() { connection_.close(); }
    /// QEMU is gone: first the file, then the connection.
    void vanish();

  private:
    void take(std::string_view bytes);
    void take_line(std::string_view line);

    Stage& stage_;
    std::string raw_, partial_;
    std::deque<Json> data_;
    std::deque<Json> scale_;  ///< envelopes to the scale agent
    std::string scale_address_;
    std::uint64_t connects_ = 0;
    std::int64_t last_seq_ = 1000000;
    Connection connection_;
    std::unique_ptr<Listener> listener_;
};

/// In the agent's watched directory.
std::string messaging_socket(const AgentUnderTest& agent, const std::string& instance);

}  // namespace vnf::test
