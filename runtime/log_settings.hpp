// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The key of a settings file that says how much is logged.
#pragma once

#include "runtime/log.hpp"
#include "runtime/settings.hpp"

namespace vnf::runtime {

/// Key `log_level`; without it `info`.
LogLevel read_log_level(SettingsMap& map);

}  // namespace vnf::runtime
