// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the opaque pointer of the C interface points to: a Session, its link, a lock and the callbacks. Locking is
// DispatchGate's. A forked child's copy refuses everything but close().
#pragma once

#include <sys/types.h>

#include <string_view>

#include "agent_link.hpp"
#include "libhandle/dispatch_gate.hpp"
#include "session.hpp"
#include "vnf/servergroup.h"

struct vnf_sg {
  public:
    static vnf_sg_error open(const vnf_sg_config& config, const vnf_sg_callbacks* callbacks, void* context,
                             vnf_sg** handle);
    void close();
    void close_in_child();

    bool is_foreign() const;  ///< this process is a fork of the handle's
    int wait_descriptor() const { return link_.wait_descriptor(); }
    int next_timeout();
    vnf_sg_error dispatch();
    vnf_sg_error get_state(vnf_sg_state_info& info);
    vnf_sg_error broadcast(std::string_view text);
    vnf_sg_error request_status();

  private:
    using Lock = vnf::libhandle::DispatchGate::Lock;
    using TimePoint = vnf::libservergroup::TimePoint;
    friend class vnf::libhandle::DispatchScope<vnf_sg>;

    vnf_sg(vnf::libservergroup::Settings settings, const vnf_sg_callbacks& callbacks, void* context);
    ~vnf_sg() = default;

    void advance();
    void connect(TimePoint now);
    void read_link(TimePoint now);
    void look(TimePoint now);
    void settle();
    void wake_if_due();
    vnf_sg_error send_last();
    void deliver(Lock& lock);

    void tell(Lock& lock, const vnf::libservergroup::StateChanged& change);
    void tell(Lock& lock, const vnf::wire::GroupHeard& heard);
    void tell(Lock& lock, const vnf::libservergroup::NoticeTaken& notice);
    void tell(Lock& lock, const vnf::libservergroup::StatusEnded& status);
    void tell(Lock& lock, const vnf::libservergroup::MemberChange& change);
    void tell(Lock& lock, const vnf::wire::GroupMissed& missed);
    void tell(Lock& lock, const vnf::wire::GroupRefusal& refusal);
    void tell(Lock& lock, const vnf::wire::GroupUnsent& unsent);

    const pid_t process_;
    const vnf_sg_callbacks callbacks_;
    void* const context_;

    vnf::libhandle::DispatchGate gate_;
    int write_error_ = 0;  ///< the agent takes nothing any more; what it said before is still to be read
    vnf::libservergroup::Session session_;
    vnf::libservergroup::AgentLink link_;
};

namespace vnf::libservergroup {

vnf_sg_state_info describe(const StateChanged& state);

}  // namespace vnf::libservergroup
