// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the opaque pointer of the C interface points to: a Session, its descriptors, a lock and the callbacks.
// Locking is DispatchGate's. A forked child's copy refuses everything but close().
#pragma once

#include <sys/types.h>

#include "daemon_socket.hpp"
#include "libhandle/dispatch_gate.hpp"
#include "session.hpp"
#include "vnf/heartbeat.h"

struct vnf_heartbeat {
  public:
    static vnf_heartbeat_error open(const vnf_heartbeat_config& config,
                                    const vnf_heartbeat_callbacks* callbacks, void* context,
                                    vnf_heartbeat** handle);
    void close();
    void close_in_child();

    bool is_foreign() const;  ///< this process is a fork of the handle's
    int wait_descriptor() const { return socket_.wait_descriptor(); }
    int next_timeout();
    vnf_heartbeat_error dispatch();
    vnf_heartbeat_error enter();
    vnf_heartbeat_error leave(const char* reason);
    vnf_heartbeat_error get_state(vnf_heartbeat_state_info& info);
    vnf_heartbeat_error report_health(vnf::libheartbeat::HealthState state);
    vnf_heartbeat_error respond(std::uint64_t id, vnf_heartbeat_vote vote, const char* reason);
    vnf_heartbeat_error extend(std::uint64_t id, std::uint32_t extra_ms, const char* reason);
    vnf_heartbeat_error remaining(std::uint64_t id, std::uint32_t& remaining_ms);

  private:
    using Lock = vnf::libhandle::DispatchGate::Lock;
    friend class vnf::libhandle::DispatchScope<vnf_heartbeat>;

    vnf_heartbeat(vnf::libheartbeat::Settings settings, const vnf_heartbeat_callbacks& callbacks,
                  void* context);
    ~vnf_heartbeat() = default;

    void advance();
    void read_socket(vnf::libheartbeat::TimePoint now);
    void deliver(Lock& lock);
    void settle();
    void wake_if_due();
    void settle_request();
    void say_goodbye();

    void tell(Lock& lock, const vnf::libheartbeat::StateChanged& change);
    void tell(Lock& lock, const vnf::libheartbeat::HealthAsked& asked);
    void tell(Lock& lock, const vnf::libheartbeat::ActionOpened& opened);
    void tell(Lock& lock, const vnf::libheartbeat::ActionCancelled& cancelled);
    void tell(Lock& lock, const vnf::libheartbeat::ActionExtended& extended);

    const pid_t process_;
    const vnf_heartbeat_callbacks callbacks_;
    void* const context_;

    vnf::libhandle::DispatchGate gate_;
    int write_error_ = 0;  ///< the daemon takes nothing any more; what it said before is still to be read
    vnf::libheartbeat::Session session_;
    vnf::libheartbeat::DaemonSocket socket_;
};

namespace vnf::libheartbeat {

vnf_heartbeat_state_info describe(const StateChanged& state);

}  // namespace vnf::libheartbeat
