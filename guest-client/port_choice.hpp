// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which ports to the host: those of the settings, or those to use when they name none.
#pragma once

#include <optional>
#include <string>

#include "guest-client/settings.hpp"
#include "runtime/port_address.hpp"

namespace vnf::guest {

/// What docs/guest-client.md says under "Which port". Throws runtime::SettingsError for a device that is no address.
runtime::PortAddress port_for(const Settings& settings);

/// The port of `cgcs.messaging`, beside `heartbeat`; nothing: off. Throws as above.
std::optional<runtime::PortAddress> messaging_port_for(const Settings& settings,
                                                       const runtime::PortAddress& heartbeat);

/// What the file of that port is called after: the name's bytes of [A-Za-z0-9_-], `-` for others, at most 25.
std::string instance_of(const std::string& name);

/// The uuid of a guest that nobody gave one: the same for the same name.
std::string uuid_of(const std::string& name);

}  // namespace vnf::guest
