// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application under test: a handle, everything its callbacks were told, and hooks to act inside them.
// wait_until() is its loop, which does exactly what the header asks for: dispatch when the descriptor is
// readable or the time has come, and not otherwise. A handle that forgets to ask for a dispatch therefore
// fails its test.
#pragma once

#include <vnf/heartbeat.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scripted_daemon.hpp"
#include "tests/harness/scratch_directory.hpp"

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

class Application {
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
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    void close();
    /// Runs the loop until the condition holds; false when it does not within a generous bound.
    bool wait_until(const std::function<bool()>& condition, std::vector<Peer*> peers = {});
    /// Waits for a record of this type at this peer.
    template <typename Record>
    Record expect(Peer& peer) {
        std::optional<Record> record;
        if (!wait_until([&] { return (record = peer.take<Record>()).has_value(); }, {&peer}))
            throw std::runtime_error("the record did not come");
        return *record;
    }
    std::unique_ptr<Peer> expect_connection(ScriptedDaemon& daemon);
    /// Connection and registration as a version-2 or version-3 daemon does them.
    std::unique_ptr<Peer> register_at(ScriptedDaemon& daemon, wire::RecordVersion version);
    vnf_heartbeat_state state() const;

    vnf_heartbeat* handle = nullptr;
    vnf_heartbeat_error last_dispatch = VNF_HEARTBEAT_OK;
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
