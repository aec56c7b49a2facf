// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The old member as a process on libservergroup.so.2, and an agent of datagrams at the other end, in a network namespace
// of the test's own.
#pragma once

#include <string>
#include <string_view>

#include "old_stage.hpp"
#include "tests/libservergroup/scripted_agent.hpp"

namespace vnf::test {

struct OldMemberStage {
    /// The member has called init_sg. enter_own_network() first.
    explicit OldMemberStage(const std::string& how = "");

    /// Delivers `data` as the agent does, and has the member process it; its first line about that.
    std::string told(std::string_view data);
    /// The same for any datagram.
    std::string told_datagram(const AbstractSocket& sender, std::string_view datagram);
    /// What the member sent; throws if it sent nothing.
    std::string sent() const;

    AbstractSocket agent{"cgcs.messaging"};
    OldApplication member;
};

/// `"key":"text"...` of an event of the host, with the inner version in front.
std::string event(std::string_view fields);

}  // namespace vnf::test
