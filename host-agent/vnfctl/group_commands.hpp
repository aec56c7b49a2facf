// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// vnfctl's commands about server groups, `vnfctl group ...`.
#pragma once

#include <string>

#include "host-agent/vnfctl/commands.hpp"

namespace vnf::vnfctl {

struct GroupArguments {
    std::string group, id, name, event, cause;
};

Exit group_list(const Connection& to);
Exit group_show(const Connection& to, const GroupArguments& arguments);
Exit group_join(const Connection& to, const GroupArguments& arguments);
Exit group_leave(const Connection& to, const GroupArguments& arguments);
Exit group_event(const Connection& to, const GroupArguments& arguments);
Exit group_sweep(const Connection& to);

}  // namespace vnf::vnfctl
