// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application under test: a handle in its loop, everything its callbacks were told, and hooks to act inside them.
#pragma once

#include <vnf/heartbeat.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scripted_daemon.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "tests/libhandle/handle_loop.hpp"

namespace vnf::test {

struct ToldState {
    vnf_heartbeat_state state;
    vnf_heartbeat_error error;
    std::int32_t system_error;
    std::uint32_t version, interval_ms;
    std::string reason;
};
struct ToldCancel {
    std::uint64_t id;
    vnf_heartbeat_cancel_reason reason;
    std::string text;
};
struct ToldExtension {
    std::uint64_t id;
    bool granted;
    std::uint32_t remaining_ms;
};

struct Heartbeat {
    using Handle = vnf_heartbeat;
    using Error = vnf_heartbeat_error;
    static constexpr auto get_fd = vnf_heartbeat_get_fd;
    static constexpr auto next_timeout = vnf_heartbeat_next_timeout;
    static constexpr auto dispatch = vnf_heartbeat_dispatch;
    static constexpr auto close = vnf_heartbeat_close;
};

class Application : public HandleLoop<Heartbeat, Peer> {
  public:
    struct Setup {
        std::string socket;
        std::uint32_t interval_ms = 1000;
        std::uint32_t vote_ms = 0;
        vnf_heartbeat_corrective_action corrective_action = VNF_HEARTBEAT_ACTION_REBOOT;
        vnf_heartbeat_silent_close silent_close = VNF_HEARTBEAT_SILENT_CLOSE_DEFAULT;
        std::uint32_t require = 0;
        std::uint32_t back_off_min_ms = 1, back_off_max_ms = 10;
        bool has_health_callback = true;
        bool has_action_callback = true;
    };

    explicit Application(const Setup& setup);
    ~Application() { close(); }

    /// Connection and registration as a version-2 or version-3 daemon does them.
    std::unique_ptr<Peer> register_at(ScriptedDaemon& daemon, wire::RecordVersion version);
    vnf_heartbeat_state state() const;

    std::vector<ToldState> states;
    std::vector<vnf_heartbeat_action> actions;
    std::vector<ToldCancel> cancels;
    std::vector<ToldExtension> extensions;
    int health_checks = 0;

    std::function<void(vnf_heartbeat_health&)> on_health;
    std::function<vnf_heartbeat_vote(const vnf_heartbeat_action&)> on_action;
    std::function<void(vnf_heartbeat_state)> on_state;
    std::function<void()> on_cancel, on_extended;
};

/// A daemon, and what an application that is to find it needs to know.
struct Stage {
    harness::ScratchDirectory directory;
    ScriptedDaemon daemon{directory / "api"};
    Application::Setup setup{.socket = directory / "api"};
};

}  // namespace vnf::test
