// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the opaque pointer of the C interface points to: a LoopHandle whose link may be an old agent's too, which
// takes a record now or not at all.
#pragma once

#include <string_view>

#include "agent_link.hpp"
#include "libhandle/loop_handle.hpp"
#include "session.hpp"
#include "vnf/servergroup.h"

namespace vnf::libservergroup {

struct HandleTypes {
    using Session = libservergroup::Session;
    using Settings = libservergroup::Settings;
    using Event = libservergroup::Event;
    using Link = AgentLink;
    using Callbacks = vnf_sg_callbacks;
    using Error = vnf_sg_error;
    static constexpr Error ok = VNF_SG_OK;
    static constexpr Error closed = VNF_SG_ERROR_CLOSED;
    static constexpr Error in_dispatch = VNF_SG_ERROR_IN_DISPATCH;
    static constexpr Error system = VNF_SG_ERROR_SYSTEM;
};

vnf_sg_state_info describe(const StateChanged& state);

}  // namespace vnf::libservergroup

struct vnf_sg final : public vnf::libhandle::LoopHandle<vnf::libservergroup::HandleTypes> {
  public:
    static vnf_sg_error open(const vnf_sg_config& config, const vnf_sg_callbacks* callbacks, void* context,
                             vnf_sg** handle);
    vnf_sg_error broadcast(std::string_view text);
    vnf_sg_error request_status();

  private:
    using LoopHandle::LoopHandle;

    void connect(TimePoint now) override;
    void read_link(TimePoint now) override;
    void look(TimePoint now);
    vnf_sg_error send_last();

    void call_back(Lock& lock, const vnf::libservergroup::Event& event) override;
    void tell(Lock& lock, const vnf::libservergroup::StateChanged& change);
    void tell(Lock& lock, const vnf::wire::GroupHeard& heard);
    void tell(Lock& lock, const vnf::libservergroup::NoticeTaken& notice);
    void tell(Lock& lock, const vnf::libservergroup::StatusEnded& status);
    void tell(Lock& lock, const vnf::libservergroup::MemberChange& change);
    void tell(Lock& lock, const vnf::wire::GroupMissed& missed);
    void tell(Lock& lock, const vnf::wire::GroupRefusal& refusal);
    void tell(Lock& lock, const vnf::wire::GroupUnsent& unsent);
};
