// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// vnfctl's commands about vCPUs, `vnfctl scale ID ...`.
#pragma once

#include <optional>
#include <string>

#include "host-agent/vnfctl/commands.hpp"

namespace vnf::vnfctl {

struct ScaleArguments {
    std::string id, what;
    std::optional<std::string> offline;  ///< of `set`: a list like "2-3", or empty
};

/// up, down, reconcile, show or set.
Exit scale(const Connection& to, const ScaleArguments& arguments);

}  // namespace vnf::vnfctl
