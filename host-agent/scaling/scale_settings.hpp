// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of host-agent's settings that is about vCPUs: the section `scaling`, and `scaling` in a guest's entry
// (docs/host-agent.md describes every key).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "host-agent/scaling/guest_scaling.hpp"
#include "runtime/settings.hpp"

namespace vnf::host {

struct ScaleSettings {
    ScalingRules rules;
    std::string state_directory;
};

ScaleSettings read_scaling(runtime::SettingsMap map);

/// The key `scaling` of a guest's entry; null without it. `instance` is the guest's name unless the key has one.
std::shared_ptr<const ScalingSpec> read_guest_scaling(runtime::SettingsMap& map, const std::string& instance);

}  // namespace vnf::host
