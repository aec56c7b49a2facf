// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See log_settings.hpp.
#include "runtime/log_settings.hpp"

#include <array>

namespace vnf::runtime {

LogLevel read_log_level(SettingsMap& map) {
    constexpr std::array levels{LogLevel::Error, LogLevel::Warning, LogLevel::Info, LogLevel::Debug};
    return levels.at(map.choice("log_level", 2, {"error", "warning", "info", "debug"}));
}

}  // namespace vnf::runtime
