// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where a port is. One text form, used in settings and on command lines:
//   cgcs.heartbeat        virtio-serial port of that name (sysfs first, udev's link second)
//   /dev/vport1p1, /dev/pts/3   a character device
//   /run/x.sock           a Unix stream socket to connect to (decided when it is opened)
//   listen:/run/x.sock    a Unix stream socket to listen on, as QEMU does
//   vsock:CID:PORT, listen:vsock:PORT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace vnf::runtime {

struct PortAddress {
    enum class Kind : std::uint8_t {
        VirtioName,    ///< `text` is the port's name
        Path,          ///< `text` is a device or a socket; which of the two is seen at each open
        UnixListen,    ///< `text` is the path to listen on
        VsockConnect,  ///< `cid`, `port`
        VsockListen,   ///< `port`
    };
    Kind kind = Kind::Path;
    std::string text;
    std::uint32_t cid = 0;
    std::uint32_t port = 0;
    friend bool operator==(const PortAddress&, const PortAddress&) = default;
};

/// The address, or one sentence that says what is wrong with the text.
std::variant<PortAddress, std::string> parse_port_address(std::string_view text);
std::string to_string(const PortAddress& address);

/// The device node of a virtio-serial port by its name: /sys/class/virtio-ports/*/name, then
/// /dev/virtio-ports/NAME. `root` is prefixed to both for tests. Nothing when there is no such port (yet).
std::optional<std::filesystem::path> find_virtio_port(std::string_view name,
                                                      const std::filesystem::path& root = "/");

}  // namespace vnf::runtime
