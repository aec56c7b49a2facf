// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who may be a local service: names of abstract datagram sockets, and why a datagram is not taken.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace vnf::guest {

/// Why a datagram of a local service is not taken.
enum class ServiceRefusal : std::uint8_t {
    Unbound,     ///< its sender has no address (B-07)
    PathBound,   ///< its sender's address is a file
    BadName,     ///< its sender's name is not 1 to 107 bytes of printable ASCII
    Empty,       ///< no bytes (B-06)
    Truncated,   ///< longer than 64 KiB
    NotAllowed,  ///< its sender's user may not speak for this service (B-19)
    Malformed,   ///< no envelope of version 2
    QueueFull,   ///< 256 messages of this service, or 1 MiB of all, wait for the host
    NoLink,      ///< the host is not there
};
inline constexpr std::size_t service_refusal_count = 9;
/// "unbound", "path_bound", ...: the value of the metrics label `reason`.
std::string_view word(ServiceRefusal refusal);

/// The name of who sent a datagram, as recvmsg gave it.
std::variant<std::string, ServiceRefusal> service_name(const sockaddr_un& address, socklen_t size);

}  // namespace vnf::guest
