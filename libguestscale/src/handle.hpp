// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the opaque pointer of the C interface points to: a Session, its link, the threads' masks, a lock and the callbacks.
// Locking is DispatchGate's. A forked child's copy refuses everything but close().
//
// Masks are recorded when the agent is first heard and before a vCPU goes; what was lost is noted and given back whenever the
// agent says which vCPUs are online. So it is given back too when the agent restarted in between.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "affinity.hpp"
#include "agent_link.hpp"
#include "libhandle/dispatch_gate.hpp"
#include "session.hpp"
#include "vnf/guestscale.h"

struct vnf_gs {
  public:
    static vnf_gs_error open(const vnf_gs_config& config, const vnf_gs_callbacks* callbacks, void* context,
                             vnf_gs** handle);
    void close();
    void close_in_child();

    bool is_foreign() const;  ///< this process is a fork of the handle's
    int wait_descriptor() const { return link_.wait_descriptor(); }
    int next_timeout();
    vnf_gs_error dispatch();
    vnf_gs_error get_state(vnf_gs_state_info& info);
    vnf_gs_error ready(std::uint32_t event);
    vnf_gs_error refuse(std::uint32_t event, std::string_view reason);
    vnf_gs_error choose(std::uint32_t event, std::int32_t cpu);
    vnf_gs_error record_affinity();
    vnf_gs_error restore_affinity(std::uint32_t* threads);

  private:
    using Lock = vnf::libhandle::DispatchGate::Lock;
    using TimePoint = vnf::guestscale::TimePoint;
    friend class vnf::libhandle::DispatchScope<vnf_gs>;

    vnf_gs(vnf::guestscale::Settings settings, const vnf_gs_callbacks& callbacks, void* context);
    ~vnf_gs() = default;

    void advance();
    void connect(TimePoint now);
    void read_link(TimePoint now);
    void settle();
    void wake_if_due();
    vnf_gs_error sent(vnf_gs_error error);

    void deliver(Lock& lock);
    void tell(Lock& lock, const vnf::guestscale::StateChanged& change);
    void tell(Lock& lock, const vnf::guestscale::AboutToScale& about);
    void tell(Lock& lock, const vnf::guestscale::Scaled& scaled);
    void keep_masks();
    vnf::guestscale::AffinityRecord::Outcome give_back(const vnf::wire::CpuSet& online);

    const pid_t process_;
    const vnf_gs_callbacks callbacks_;
    void* const context_;

    vnf::libhandle::DispatchGate gate_;
    int write_error_ = 0;  ///< the agent takes nothing any more; what it said before is still to be read
    vnf::guestscale::Session session_;
    vnf::guestscale::AgentLink link_;
    vnf::guestscale::AffinityRecord masks_;
};

namespace vnf::guestscale {

vnf_gs_state_info describe(const StateChanged& state);

}  // namespace vnf::guestscale
