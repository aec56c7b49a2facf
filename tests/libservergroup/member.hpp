// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application under test: a handle in its loop, everything its callbacks were told, and hooks to act inside them.
#pragma once

#include <vnf/servergroup.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scripted_agent.hpp"
#include "tests/libhandle/handle_loop.hpp"

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

struct ServerGroup {
    using Handle = vnf_sg;
    using Error = vnf_sg_error;
    static constexpr auto get_fd = vnf_sg_get_fd;
    static constexpr auto next_timeout = vnf_sg_next_timeout;
    static constexpr auto dispatch = vnf_sg_dispatch;
    static constexpr auto close = vnf_sg_close;
};

class Member : public HandleLoop<ServerGroup, Peer> {
  public:
    struct Setup {
        std::string socket;
        std::uint32_t status_timeout_ms = 60000;
        std::uint32_t back_off_min_ms = 1, back_off_max_ms = 10;
        bool has_callbacks = true;
    };

    explicit Member(const Setup& setup);
    ~Member() { close(); }

    /// Connection, hello, and a link that is up.
    std::unique_ptr<Peer> link_with(ScriptedAgent& agent);
    vnf_sg_state state() const;
    vnf_sg_error say(std::string_view text) { return vnf_sg_broadcast(handle, text.data(), text.size()); }

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
