// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest as the operator or the directory named it. Its id is the host's: nothing that a guest says changes
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/port_address.hpp"

namespace vnf::host {

enum class GuestOrigin : std::uint8_t { Discovered, Settings, Api };
std::string_view word(GuestOrigin origin);

struct GuestSpec {
    std::string id;
    runtime::PortAddress socket;
    std::string qmp;  ///< path of its QMP socket; empty: no run-state source
    bool reporting = true;
    GuestOrigin origin = GuestOrigin::Settings;
    friend bool operator==(const GuestSpec&, const GuestSpec&) = default;
};

/// 1 to 64 of [A-Za-z0-9._-].
bool is_instance_id(std::string_view text);

/// The instance of a socket's file name: "cgcs.heartbeat.", exactly one UUID in its 36-character form,
/// ".sock".
std::optional<std::string> instance_of_socket(std::string_view file_name);

/// The QMP socket of an instance by the settings' pattern, in which "{id}" stands for it; empty for an empty
/// pattern.
std::string qmp_path(std::string_view pattern, std::string_view id);

}  // namespace vnf::host
