// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A member of a server group as the control interface shows it, alone and inside its instance. For .cpp files of this
// folder only.
#pragma once

#include <boost/json/object.hpp>

#include "host-agent/group_member.hpp"

namespace vnf::host {

boost::json::object member_object(const GroupMember& member);

}  // namespace vnf::host
