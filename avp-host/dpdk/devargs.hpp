// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a user gives a net_avp_host port on EAL's or OVS's command line, as checked values. Pure: no EAL, no socket.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "avp-host/device_settings.hpp"

namespace vnf::avp::dpdk {

struct HostPortSettings {
    std::string socket;          ///< of the vfio-user server
    std::optional<gid_t> group;  ///< of the socket; its members may connect
    DeviceSettings device;       ///< without a given `mac`: a random one
};

/// "socket=PATH,queues=4"; or what is wrong, with the key and what is allowed.
std::variant<HostPortSettings, std::string> parse_devargs(std::string_view text);

}  // namespace vnf::avp::dpdk
