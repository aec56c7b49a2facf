// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which port to the host: the one of the settings, or the one to use when they name none.
#pragma once

#include <string>

#include "guest-client/settings.hpp"
#include "runtime/port_address.hpp"

namespace vnf::guest {

/// What docs/guest-client.md says under "Which port". Throws runtime::SettingsError for a device that is no address.
runtime::PortAddress port_for(const Settings& settings);

/// The uuid of a guest that nobody gave one: the same for the same name.
std::string uuid_of(const std::string& name);

}  // namespace vnf::guest
