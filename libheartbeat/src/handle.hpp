// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the opaque pointer of the C interface points to: a LoopHandle that says goodbye to its daemon.
#pragma once

#include "daemon_socket.hpp"
#include "libhandle/loop_handle.hpp"
#include "session.hpp"
#include "vnf/heartbeat.h"

namespace vnf::libheartbeat {

struct HandleTypes {
    using Session = libheartbeat::Session;
    using Settings = libheartbeat::Settings;
    using Event = libheartbeat::Event;
    using Link = DaemonSocket;
    using Callbacks = vnf_heartbeat_callbacks;
    using Error = vnf_heartbeat_error;
    static constexpr Error ok = VNF_HEARTBEAT_OK;
    static constexpr Error closed = VNF_HEARTBEAT_ERROR_CLOSED;
    static constexpr Error in_dispatch = VNF_HEARTBEAT_ERROR_BUSY;
    static constexpr Error system = VNF_HEARTBEAT_ERROR_SYSTEM;
};

vnf_heartbeat_state_info describe(const StateChanged& state);

}  // namespace vnf::libheartbeat

struct vnf_heartbeat final : public vnf::libhandle::LoopHandle<vnf::libheartbeat::HandleTypes> {
  public:
    static vnf_heartbeat_error open(const vnf_heartbeat_config& config,
                                    const vnf_heartbeat_callbacks* callbacks, void* context,
                                    vnf_heartbeat** handle);
    vnf_heartbeat_error enter();
    vnf_heartbeat_error leave(const char* reason);
    vnf_heartbeat_error report_health(vnf::libheartbeat::HealthState state);
    vnf_heartbeat_error respond(std::uint64_t id, vnf_heartbeat_vote vote, const char* reason);
    vnf_heartbeat_error extend(std::uint64_t id, std::uint32_t extra_ms, const char* reason);
    vnf_heartbeat_error remaining(std::uint64_t id, std::uint32_t& remaining_ms);

  private:
    using LoopHandle::LoopHandle;

    void connect(TimePoint now) override;
    void read_link(TimePoint now) override;
    void settle() override;
    bool has_more_to_do() override;
    void say_goodbye() override;

    void call_back(Lock& lock, const vnf::libheartbeat::Event& event) override;
    void tell(Lock& lock, const vnf::libheartbeat::StateChanged& change);
    void tell(Lock& lock, const vnf::libheartbeat::HealthAsked& asked);
    void tell(Lock& lock, const vnf::libheartbeat::ActionOpened& opened);
    void tell(Lock& lock, const vnf::libheartbeat::ActionCancelled& cancelled);
    void tell(Lock& lock, const vnf::libheartbeat::ActionExtended& extended);
};
