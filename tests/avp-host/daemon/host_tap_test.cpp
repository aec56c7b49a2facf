// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest, the switch, and a TAP of the kernel, in a network namespace of the test's own.
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "avp-host/ports/tap_port.hpp"
#include "tests/avp-host/daemon/host_under_test.hpp"
#include "tests/harness/own_network.hpp"

using namespace vnf::avp::test;
using vnf::avp::TapPort;
using vnf::runtime::FileDescriptor;

namespace {

constexpr std::uint16_t kType = 0x0800;

/// Up, made to stay, and nobody's.
void make_tap(const char* name) {
    const FileDescriptor tap = TapPort::open(name);
    REQUIRE(::ioctl(tap.get(), TUNSETPERSIST, 1) == 0);
    const FileDescriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::string(name).copy(request.ifr_name, sizeof request.ifr_name - 1);
    request.ifr_flags = IFF_UP | IFF_NOARP;
    REQUIRE(::ioctl(any.get(), SIOCSIFFLAGS, &request) == 0);
}

FileDescriptor packet_socket(const char* name) {
    FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(kType)));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(kType);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(name));
    REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval bound{20, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    return socket;
}

/// The next frame of this test: the kernel sends its own, of IPv6, as soon as the interface is up.
ReceivedFrame received(SocketGuest& guest) {
    for (;;) {
        ReceivedFrame frame = guest.receive();
        if (frame.bytes.at(12) == std::byte{kType >> 8} && frame.bytes.at(13) == std::byte{kType & 0xFF})
            return frame;
    }
}

}  // namespace

TEST_CASE(
    "a guest's frames reach the kernel's network by a TAP on its switch, and the kernel's reach the guest") {
    if (!vnf::harness::enter_own_network())
        return;
    make_tap("avptest0");
    HostUnderTest host(
        "switches: [{name: lan, ends: [{name: uplink, end: tap, interface: avptest0}]}]\n"
        "ports: [{name: vm1, mac: \"02:61:76:70:00:01\", buffers: 256}]\n");
    SocketGuest guest(host.socket("vm1"));
    guest.bring_up();
    const FileDescriptor kernel = packet_socket("avptest0");
    for (const std::size_t bytes : {60U, 64U, 590U, 1514U}) {
        const auto out = SocketGuest::frame(address_of(9), address_of(1), bytes);
        guest.send(out);
        std::vector<std::byte> got(2000);
        const ssize_t count = ::recv(kernel.get(), got.data(), got.size(), 0);
        REQUIRE(count == static_cast<ssize_t>(bytes));
        got.resize(bytes);
        CHECK(got == out);
        const auto in = SocketGuest::frame(address_of(1), address_of(9), bytes);
        REQUIRE(::send(kernel.get(), in.data(), in.size(), 0) == static_cast<ssize_t>(bytes));
        CHECK(received(guest).bytes == in);
    }
    host.await_number("uplink", "/counters/written", 4);
    CHECK(host.number("uplink", "/counters/dropped_full") == 0);
}

TEST_CASE("a TAP that is in use stops the start, and says which and what to do") {
    if (!vnf::harness::enter_own_network())
        return;
    const FileDescriptor taken = TapPort::open("avptest0");
    const vnf::harness::ScratchDirectory scratch;
    const std::string file =
        scratch.write("avp-host.yaml", "control: {socket: " + scratch / "control.sock" +
                                           "}\nswitches: [{name: lan, ends: [{name: up, end: tap, interface: "
                                           "avptest0}]}]\n");
    const auto done = run_avp_host(scratch, {"--config", file});
    CHECK(done.status == vnf::harness::ExitStatus{false, 1});
    CHECK_THAT(done.output, Catch::Contains("up: TAP avptest0") && Catch::Contains("ip tuntap add"));
}
