// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include <catch2/catch.hpp>
#include <fstream>

#include "runtime/port_address.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::runtime;
using vnf::test::ScratchFolder;

namespace {

PortAddress parsed(std::string_view text) {
    const auto result = parse_port_address(text);
    INFO(text);
    REQUIRE(std::holds_alternative<PortAddress>(result));
    return std::get<PortAddress>(result);
}

std::string refused(std::string_view text) {
    const auto result = parse_port_address(text);
    INFO(text);
    REQUIRE(std::holds_alternative<std::string>(result));
    return std::get<std::string>(result);
}

void write_file(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("each form of a port's address is told apart and written back as it was") {
    const std::string text = GENERATE("cgcs.heartbeat", "/dev/vport1p1", "/dev/pts/3", "/run/x.sock",
                                      "listen:/run/x.sock", "vsock:2:5000", "listen:vsock:5000");
    CHECK(to_string(parsed(text)) == text);
    CHECK(parsed(text) == parsed(to_string(parsed(text))));
}

TEST_CASE("a port's address has the kind that its text says") {
    using Kind = PortAddress::Kind;
    CHECK(parsed("cgcs.heartbeat") == PortAddress{Kind::VirtioName, "cgcs.heartbeat", 0, 0});
    CHECK(parsed("/dev/vport1p1") == PortAddress{Kind::Path, "/dev/vport1p1", 0, 0});
    CHECK(parsed("listen:/run/x.sock") == PortAddress{Kind::UnixListen, "/run/x.sock", 0, 0});
    CHECK(parsed("vsock:2:5000") == PortAddress{Kind::VsockConnect, "", 2, 5000});
    CHECK(parsed("listen:vsock:5000") == PortAddress{Kind::VsockListen, "", 0, 5000});
}

TEST_CASE("an address that means nothing is refused with a sentence") {
    const std::string text = GENERATE("", "dev/vport1p1", "listen:", "listen:relative", "vsock:", "vsock:2",
                                      "vsock:x:1", "vsock:2:-1", "vsock:2:4294967295", "vsock:2:5000x",
                                      "listen:vsock:", "listen:vsock:99999999999", "a\nb");
    CHECK_FALSE(refused(text).empty());
}

TEST_CASE("a socket to listen on whose path the kernel cannot take is refused when it is read") {
    CHECK(parsed("listen:/" + std::string(106, 'a')).kind == PortAddress::Kind::UnixListen);
    CHECK(refused("listen:/" + std::string(107, 'a')).find("107") != std::string::npos);
    CHECK(refused(std::string(256, 'n')).find("longer") != std::string::npos);
}

TEST_CASE("a virtio port is found by its name in sysfs without udev's link") {
    const ScratchFolder root;
    write_file(root.path() / "sys/class/virtio-ports/vport0p1/name", "org.qemu.guest_agent.0\n");
    write_file(root.path() / "sys/class/virtio-ports/vport0p2/name", "cgcs.heartbeat\n");
    write_file(root.path() / "dev/vport0p1", "");
    write_file(root.path() / "dev/vport0p2", "");
    CHECK(find_virtio_port("cgcs.heartbeat", root.path()) == root.path() / "dev/vport0p2");
    CHECK_FALSE(find_virtio_port("cgcs.messaging", root.path()));
    CHECK_FALSE(find_virtio_port("cgcs.heart", root.path()));
    CHECK_FALSE(find_virtio_port("../vport0p1", root.path()));
}

TEST_CASE("a virtio port whose node is not there yet is not found yet") {
    const ScratchFolder root;
    write_file(root.path() / "sys/class/virtio-ports/vport0p2/name", "cgcs.heartbeat\n");
    CHECK_FALSE(find_virtio_port("cgcs.heartbeat", root.path()));
}

TEST_CASE("udev's link is taken where sysfs names nothing") {
    const ScratchFolder root;
    write_file(root.path() / "dev/virtio-ports/cgcs.heartbeat", "");
    CHECK(find_virtio_port("cgcs.heartbeat", root.path()) == root.path() / "dev/virtio-ports/cgcs.heartbeat");
}
