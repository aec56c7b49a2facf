// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application under test: a handle, everything its callbacks were told, and hooks to act inside them. wait_until() is
// its loop, which does exactly what the header asks for: dispatch when the descriptor is readable or the time has come,
// and not otherwise. A handle that forgets to ask for a dispatch therefore fails its test.
#pragma once

#include <vnf/servergroup.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scripted_agent.hpp"

namespace vnf::test {

struct ToldState {
    vnf_sg_state state;
    vnf_sg_error error;
    std::int32_t system_error;
    std::string reason;
};
struct ToldBroadcast {
    std::string source, text;
    friend bool operator==(const ToldBroadcast&, const ToldBroadcast&) = default;
};
struct ToldNotification {
    std::string event_type, timestamp, id, state, cause, json, entry;
};
struct ToldStatus {
    bool complete;
    vnf_sg_error error;
    std::string reason;
    std::vector<std::string> ids, entries;
};
struct ToldChange {
    vnf_sg_change_kind kind;
    vnf_sg_change_reason reason;
    std::string id, previous_state, state;
};
struct ToldRefusal {
    std::string type, reason;
};

class Member {
  public:
    struct Setup {
        std::string socket;
        std::uint32_t status_timeout_ms = 60000;
        std::uint32_t back_off_min_ms = 1, back_off_max_ms = 10;
        bool has_callbacks = true;
    };

    explicit Member(const Setup& setup);
    ~Member() { close(); }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    void close();
    /// Runs the loop until the condition holds; false when it does not within a generous bound. `fds` wake it too.
    bool wait_until(const std::function<bool()>& condition, Peer* peer = nullptr);
    /// Waits for a record of this type at this peer.
    template <typename Record>
    Record expect(Peer& peer) {
        std::optional<Record> record;
        if (!wait_until([&] { return (record = peer.take<Record>()).has_value(); }, &peer))
            throw std::runtime_error("the record did not come");
        return *record;
    }
    std::unique_ptr<Peer> expect_connection(ScriptedAgent& agent);
    /// Connection, hello, and a link that is up.
    std::unique_ptr<Peer> link_with(ScriptedAgent& agent);
    vnf_sg_state state() const;
    vnf_sg_error say(std::string_view text) { return vnf_sg_broadcast(handle, text.data(), text.size()); }

    vnf_sg* handle = nullptr;
    vnf_sg_error last_dispatch = VNF_SG_OK;
    std::vector<ToldState> states;
    std::vector<ToldBroadcast> broadcasts;
    std::vector<ToldNotification> notifications;
    std::vector<ToldStatus> statuses;
    std::vector<ToldChange> changes;
    std::vector<std::uint32_t> missed, unsent;
    std::vector<ToldRefusal> refusals;

    std::function<void()> on_broadcast, on_status, on_state;
};

}  // namespace vnf::test
