// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The old daemon's guest_heartbeat.conf (specification 3.3): KEY=VALUE lines. An unknown key or word warns and changes
// nothing, as it did; a number that is none, or out of its range, stops with file and line, as it should have (G-34).
// Blanks around the equals sign and inside values are part of the format here (G-33).
#pragma once

#include <string>
#include <string_view>

#include "guest-client/settings.hpp"

namespace vnf::guest {

/// Where the old packages had it.
inline constexpr std::string_view legacy_settings_path = "/etc/guest-client/heartbeat/guest_heartbeat.conf";

/// Throws runtime::SettingsError.
Settings load_legacy_settings(const std::string& file);
Settings parse_legacy_settings(std::string_view text, const std::string& file_name);

}  // namespace vnf::guest
