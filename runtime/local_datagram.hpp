// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Datagram sockets with abstract names, by which local services and daemons talk: their addresses, and a receive that
// says who sent what as the kernel vouches for it. The kernel counts every byte of a name: one bound with the whole
// structure, NULs included, is another address.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "runtime/file_descriptor.hpp"
#include "runtime/peer_credentials.hpp"

namespace vnf::runtime {

struct AbstractAddress {
    /// `name` has 1 to 107 bytes.
    explicit AbstractAddress(std::string_view name);
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
    sockaddr_un address{};
    socklen_t size = 0;
};

/// The name behind the leading NUL; empty for a sender without an address, nothing for one that is bound to a file.
std::optional<std::string> abstract_name(const sockaddr_un& address, socklen_t size);

/// Bound, without blocking, closed on exec, with credentials on each datagram.
FileDescriptor bind_datagram_socket(std::string_view name, std::error_code& error);

struct LocalDatagram {
    std::string_view bytes;  ///< in the caller's buffer
    sockaddr_un from{};
    socklen_t from_size = 0;
    std::optional<PeerCredentials> who;  ///< without supplementary groups
    bool truncated = false;
};

/// The next one, if there is one; else `error` says why not. Descriptors that somebody passes are closed.
std::optional<LocalDatagram> receive_datagram(int socket, std::span<char> buffer, std::error_code& error);

}  // namespace vnf::runtime
