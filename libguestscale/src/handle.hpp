// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the opaque pointer of the C interface points to: a LoopHandle, and the threads' masks.
//
// Masks are recorded when the agent is first heard and before a vCPU goes; what was lost is noted and given back whenever the
// agent says which vCPUs are online. So it is given back too when the agent restarted in between.
#pragma once

#include <string_view>

#include "affinity.hpp"
#include "agent_link.hpp"
#include "libhandle/loop_handle.hpp"
#include "session.hpp"
#include "vnf/guestscale.h"

namespace vnf::guestscale {

struct HandleTypes {
    using Session = guestscale::Session;
    using Settings = guestscale::Settings;
    using Event = guestscale::Event;
    using Link = AgentLink;
    using Callbacks = vnf_gs_callbacks;
    using Error = vnf_gs_error;
    static constexpr Error ok = VNF_GS_OK;
    static constexpr Error closed = VNF_GS_ERROR_CLOSED;
    static constexpr Error in_dispatch = VNF_GS_ERROR_IN_DISPATCH;
    static constexpr Error system = VNF_GS_ERROR_SYSTEM;
};

vnf_gs_state_info describe(const StateChanged& state);

}  // namespace vnf::guestscale

struct vnf_gs final : public vnf::libhandle::LoopHandle<vnf::guestscale::HandleTypes> {
  public:
    static vnf_gs_error open(const vnf_gs_config& config, const vnf_gs_callbacks* callbacks, void* context,
                             vnf_gs** handle);
    vnf_gs_error ready(std::uint32_t event);
    vnf_gs_error refuse(std::uint32_t event, std::string_view reason);
    vnf_gs_error choose(std::uint32_t event, std::int32_t cpu);
    vnf_gs_error record_affinity();
    vnf_gs_error restore_affinity(std::uint32_t* threads);

  private:
    using LoopHandle::LoopHandle;

    void connect(TimePoint now) override;
    void read_link(TimePoint now) override;
    vnf_gs_error sent(vnf_gs_error error);

    void call_back(Lock& lock, const vnf::guestscale::Event& event) override;
    void tell(Lock& lock, const vnf::guestscale::StateChanged& change);
    void tell(Lock& lock, const vnf::guestscale::AboutToScale& about);
    void tell(Lock& lock, const vnf::guestscale::Scaled& scaled);
    void keep_masks();
    vnf::guestscale::AffinityRecord::Outcome give_back(const vnf::wire::CpuSet& online);

    vnf::guestscale::AffinityRecord masks_;
};
