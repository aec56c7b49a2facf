// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the settings say of one guest's vCPUs.
#pragma once

#include <string>
#include <vector>

#include "host-agent/scaling/scale_account.hpp"
#include "host-agent/scaling/scale_rule.hpp"

namespace vnf::host {

struct ScalingSpec {
    ScaleLimits limits;
    std::string instance;  ///< whose hex digits are the address for scaling: "instance-<hex>", or any name
    std::vector<ScaleRule> rules;
    friend bool operator==(const ScalingSpec&, const ScalingSpec&) = default;
};

}  // namespace vnf::host
