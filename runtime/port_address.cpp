// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The text form of an address, and the search for a virtio-serial port by its name.
#include "runtime/port_address.hpp"

#include <sys/un.h>

#include <charconv>
#include <fstream>
#include <limits>

#include "wire/text.hpp"

namespace vnf::runtime {
namespace {

namespace fs = std::filesystem;
using Parsed = std::variant<PortAddress, std::string>;

constexpr std::string_view listen_prefix = "listen:";
constexpr std::string_view vsock_prefix = "vsock:";
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_path = 4095;
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // The highest value is the kernel's VMADDR_CID_ANY and VMADDR_PORT_ANY.
    if (error != std::errc() || stopped != text.data() + text.size() ||
        value == std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return value;
}

Parsed vsock_to_listen_on(std::string_view text) {
    const auto port = number(text);
    if (!port)
        return std::string("listen:vsock: needs a port number, as in listen:vsock:5000");
    return PortAddress{PortAddress::Kind::VsockListen, {}, 0, *port};
}

Parsed vsock_to_connect_to(std::string_view text) {
    const auto colon = text.find(':');
    const auto cid = number(text.substr(0, colon));
    const auto port = colon == std::string_view::npos ? std::nullopt : number(text.substr(colon + 1));
    if (!cid || !port)
        return std::string("vsock: needs two numbers, the context and the port, as in vsock:2:5000");
    return PortAddress{PortAddress::Kind::VsockConnect, {}, *cid, *port};
}

Parsed path_to_listen_on(std::string_view text) {
    if (!text.starts_with('/'))
        return std::string("listen: needs an absolute path or vsock:PORT");
    if (text.size() > longest_socket_path)
        return "a socket's path may have " + std::to_string(longest_socket_path) + " bytes, not " +
               std::to_string(text.size());
    return PortAddress{PortAddress::Kind::UnixListen, std::string(text), 0, 0};
}

/// One line of a sysfs attribute.
std::string attribute(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::optional<fs::path> by_sysfs(std::string_view name, const fs::path& root) {
    std::error_code error;
    fs::directory_iterator entry(root / "sys/class/virtio-ports", error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        if (attribute(entry->path() / "name") != name)
            continue;
        const auto node = root / "dev" / entry->path().filename();
        std::error_code missing;
        if (fs::exists(node, missing))
            return node;
    }
    return std::nullopt;
}

}  // namespace

Parsed parse_port_address(std::string_view text) {
    if (text.empty())
        return std::string("is empty");
    if (wire::has_control_character(text))
        return std::string("has a control character in it");
    if (text.starts_with(listen_prefix)) {
        const auto rest = text.substr(listen_prefix.size());
        return rest.starts_with(vsock_prefix) ? vsock_to_listen_on(rest.substr(vsock_prefix.size()))
                                              : path_to_listen_on(rest);
    }
    if (text.starts_with(vsock_prefix))
        return vsock_to_connect_to(text.substr(vsock_prefix.size()));
    if (text.starts_with('/')) {
        if (text.size() > longest_path)
            return std::string("is longer than a path may be");
        return PortAddress{PortAddress::Kind::Path, std::string(text), 0, 0};
    }
    if (text.find('/') != std::string_view::npos)
        return std::string("is neither an absolute path nor the name of a virtio port (a name has no /)");
    if (text.size() > longest_name)
        return std::string("is longer than the name of a virtio port may be");
    return PortAddress{PortAddress::Kind::VirtioName, std::string(text), 0, 0};
}

std::string to_string(const PortAddress& address) {
    switch (address.kind) {
        case PortAddress::Kind::VirtioName:
        case PortAddress::Kind::Path:
            return address.text;
        case PortAddress::Kind::UnixListen:
            return "listen:" + address.text;
        case PortAddress::Kind::VsockConnect:
            return "vsock:" + std::to_string(address.cid) + ":" + std::to_string(address.port);
        case PortAddress::Kind::VsockListen:
            return "listen:vsock:" + std::to_string(address.port);
    }
    return {};
}

std::optional<fs::path> find_virtio_port(std::string_view name, const fs::path& root) {
    if (name.empty() || name.find('/') != std::string_view::npos)
        return std::nullopt;
    if (auto node = by_sysfs(name, root))
        return node;
    std::error_code error;
    const auto link = root / "dev/virtio-ports" / name;
    return fs::exists(link, error) ? std::optional(link) : std::nullopt;
}

}  // namespace vnf::runtime
