// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Guests' frames through the shipped avp-host: from guest to guest, to and from each end, and past a guest that breaks
// every rule.
#include <sys/eventfd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>

#include "avp-host/ports/test_frame.hpp"
#include "tests/avp-host/daemon/host_under_test.hpp"

using namespace vnf::avp::test;
using Bytes = std::vector<std::byte>;

namespace {

/// Both ways, one frame at a time.
void check_talk(SocketGuest& one, SocketGuest& two, std::uint64_t address_1, std::uint64_t address_2,
                std::size_t bytes) {
    const Bytes there = SocketGuest::frame(address_2, address_1, bytes);
    one.send(there);
    REQUIRE(two.receive().bytes == there);
    const Bytes back = SocketGuest::frame(address_1, address_2, bytes);
    two.send(back);
    REQUIRE(one.receive().bytes == back);
}

const char* const three_ports =
    "switches: [{name: lan}]\n"
    "ports:\n"
    "- {name: vm1, mac: \"02:61:76:70:00:01\", buffers: 512, max_frame_bytes: 9238}\n"
    "- {name: vm2, mac: \"02:61:76:70:00:02\", buffers: 512, max_frame_bytes: 9238}\n"
    "- {name: vm3, mac: \"02:61:76:70:00:03\", buffers: 512, max_frame_bytes: 9238}\n";

/// What the host says of MSI-X, the one kind of interrupt there may be.
std::uint32_t vectors_of(SocketGuest& guest) {
    avp_vfio_user_irq_info asked{sizeof asked, 0, AVP_VFIO_USER_IRQ_MSIX, 0};
    return guest.client.ask(AVP_VFIO_USER_GET_IRQ_INFO, as_payload(asked)).as<avp_vfio_user_irq_info>().count;
}

/// What a guest can write, it writes: rings, descriptors, requests, registers.
void misbehave(SocketGuest& guest, std::mt19937& random) {
    const auto write = [&](void* where, std::size_t bytes) {
        auto* at = static_cast<std::byte*>(where);
        for (std::size_t i = 0; i < bytes; ++i)
            at[i] = static_cast<std::byte>(random());
    };
    switch (random() % 6) {
        case 0:
            write(guest.driver.tx_fifo(0), sizeof(avp_fifo) + 256);
            break;
        case 1:
            write(guest.driver.free_fifo(0), sizeof(avp_fifo) + 256);
            break;
        case 2:
            write(guest.driver.sync(), sizeof(avp_request));
            guest.driver.request_fifo()->write = random() % 8;
            break;
        case 3:
            write(guest.memory.bytes.data() + random() % (guest.memory.bytes.size() - 4096), 4096);
            break;
        case 4:
            guest.client.write_register(4 * (random() % 1024), static_cast<std::uint32_t>(random()));
            break;
        default:
            guest.client.ask(AVP_VFIO_USER_RESET, {});
            break;
    }
}

}  // namespace

TEST_CASE("two guests of a host without settings talk, and every frame is counted once at each place") {
    HostUnderTest host;
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    one.bring_up();
    two.bring_up();
    for (const std::size_t bytes : {60U, 64U, 65U, 590U, 1518U})
        check_talk(one, two, address_of(1), address_of(2), bytes);
    const std::uint64_t sum = 60 + 64 + 65 + 590 + 1518;
    for (const char* port : {"vm1", "vm2"}) {
        host.await_number(port, "/frames_to", 5);
        CHECK(host.number(port, "/frames_from") == 5);
        CHECK(host.number(port, "/bytes_from") == sum);
        CHECK(host.number(port, "/device/from_guest/0/frames") == 5);
        CHECK(host.number(port, "/device/from_guest/0/bytes") == sum);
        CHECK(host.number(port, "/device/to_guest/0/frames") == 5);
        CHECK(host.number(port, "/device/to_guest/0/bytes") == sum);
        CHECK(host.word(port, "/state") == "up");
    }
    const std::string macs = host.avpctl({"macs", "lan"}).output;
    CHECK_THAT(macs, Catch::Contains("02:61:76:70:00:01  vm1") && Catch::Contains("02:61:76:70:00:02  vm2"));
}

TEST_CASE("a card without MSI-X tells of no vector and takes no eventfd, and its frames go as ever") {
    HostUnderTest host(
        "switches: [{name: lan}]\nports:\n- {name: vm1, mac: \"02:61:76:70:00:01\", msix: false}\n"
        "- {name: vm2, mac: \"02:61:76:70:00:02\"}\n");
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    CHECK(vectors_of(one) == 0);
    CHECK(vectors_of(two) != 0);
    const vnf::runtime::FileDescriptor event(::eventfd(0, EFD_CLOEXEC));
    const auto refused = one.client.set_irqs(AVP_VFIO_USER_IRQ_SET_EVENTFD | AVP_VFIO_USER_IRQ_SET_TRIGGER,
                                             AVP_VFIO_USER_IRQ_MSIX, 0, 1, std::array{event.get()});
    CHECK(refused.header.error == EINVAL);
    one.bring_up();
    two.bring_up();
    check_talk(one, two, address_of(1), address_of(2), 64);
    CHECK((one.driver.info().features & AVP_FEATURE_RX_INTERRUPT) == 0);
    CHECK((two.driver.info().features & AVP_FEATURE_RX_INTERRUPT) != 0);
}

TEST_CASE("jumbo frames in pieces, tags beside and inside frames go from guest to guest as they are") {
    HostUnderTest host(three_ports);
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    one.bring_up(AVP_FEATURE_VLAN_OFFLOAD);
    two.bring_up(AVP_FEATURE_VLAN_OFFLOAD);
    for (const std::size_t piece : {0U, 1848U, 2000U}) {
        const Bytes frame = SocketGuest::frame(address_of(2), address_of(1), 9234);
        one.send(frame, std::nullopt, piece);
        CHECK(two.receive().bytes == frame);
        one.send(frame, 0x600A, piece);
        const ReceivedFrame tagged = two.receive();
        CHECK(tagged.bytes == frame);
        CHECK(tagged.vlan_tci == 0x600A);
    }
    Bytes inside = SocketGuest::frame(address_of(2), address_of(1), 300);
    const std::byte tag[] = {std::byte{0x81}, std::byte{0}, std::byte{0x60}, std::byte{0x0A}};
    inside.insert(inside.begin() + 12, std::begin(tag), std::end(tag));
    one.send(inside);
    const ReceivedFrame beside = two.receive();
    CHECK(beside.vlan_tci == 0x600A);
    CHECK(beside.bytes == SocketGuest::frame(address_of(2), address_of(1), 300));
    // Who did not ask for tags beside frames gets them inside.
    two.driver.shut_down();
    two.bring_up();
    one.send(beside.bytes, 0x600A);
    CHECK(two.receive().bytes == inside);
}

TEST_CASE("guests in two VLANs of one switch do not hear each other, and the trunk hears both") {
    HostUnderTest host(
        "switches: [{name: lan}]\n"
        "ports:\n"
        "- {name: vm1, mac: \"02:61:76:70:00:01\", buffers: 256, behind: {switch: lan, vlan: 10}}\n"
        "- {name: vm2, mac: \"02:61:76:70:00:02\", buffers: 256, behind: {switch: lan, vlan: 20}}\n"
        "- {name: vm3, mac: \"02:61:76:70:00:03\", buffers: 256, behind: {switch: lan, trunk: [10-20]}}\n");
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    SocketGuest three(host.socket("vm3"));
    for (SocketGuest* guest : {&one, &two, &three})
        guest->bring_up(AVP_FEATURE_VLAN_OFFLOAD);
    const Bytes first = SocketGuest::frame(kEverybody, address_of(1), 100);
    const Bytes second = SocketGuest::frame(kEverybody, address_of(2), 101);
    one.send(first);
    CHECK(three.receive().vlan_tci == 10);
    two.send(second);
    const ReceivedFrame heard = three.receive();
    CHECK(heard.bytes == second);
    CHECK(heard.vlan_tci == 20);
    three.send(SocketGuest::frame(kEverybody, address_of(3), 102), 20);
    CHECK(two.receive().bytes.size() == 102);
    CHECK_FALSE(one.driver.receive(0));
    CHECK(host.number("vm1", "/frames_to") == 0);
}

TEST_CASE("a guest that breaks every rule does not disturb two others, and its port serves the next one") {
    HostUnderTest host(three_ports);
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    one.bring_up();
    two.bring_up();
    std::mt19937 random(20260101);
    for (int round = 0; round < 40; ++round) {
        SocketGuest hostile(host.socket("vm3"));
        hostile.bring_up();
        for (int i = 0; i < 20; ++i)
            misbehave(hostile, random);
        check_talk(one, two, address_of(1), address_of(2), 64 + static_cast<std::size_t>(round));
        hostile.client.close();
        host.await_word("vm3", "/state", "waiting");
    }
    CHECK(host.word("vm1", "/state") == "up");
    CHECK(host.word("vm2", "/state") == "up");
    CHECK(host.number("vm1", "/dropped/unavailable") == 0);
    SocketGuest honest(host.socket("vm3"));
    honest.bring_up();
    check_talk(honest, one, address_of(3), address_of(1), 500);
}

TEST_CASE("a guest that sends from another one's address is not believed") {
    HostUnderTest host(three_ports);
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    SocketGuest thief(host.socket("vm3"));
    for (SocketGuest* guest : {&one, &two, &thief})
        guest->bring_up();
    thief.send(SocketGuest::frame(kEverybody, address_of(2), 100));
    host.await_number("vm3", "/dropped/spoofed", 1);
    check_talk(one, two, address_of(1), address_of(2), 200);
    CHECK_FALSE(thief.driver.receive(0));
}

TEST_CASE("an echo behind a port gives a guest its frames back, and a counter finds a generator's intact") {
    HostUnderTest host(
        "ports:\n"
        "- {name: vm1, mac: \"02:61:76:70:00:01\", buffers: 256, behind: {end: echo}}\n"
        "- name: vm2\n"
        "  mac: \"02:61:76:70:00:02\"\n"
        "  buffers: 512\n"
        "  behind: {end: generator, name: source, sizes: [64, 1000], frames: 0, verify: true}\n");
    SocketGuest one(host.socket("vm1"));
    one.bring_up();
    one.send(SocketGuest::frame(address_of(9), address_of(1), 700));
    CHECK(one.receive().bytes == SocketGuest::frame(address_of(1), address_of(9), 700));
    host.await_number("vm1.echo", "/counters/echoed", 1);

    SocketGuest two(host.socket("vm2"));
    two.bring_up();
    CHECK(host.avpctl({"send", "source", "100"}).status.code == 0);
    for (std::uint64_t number = 0; number < 100; ++number) {
        const ReceivedFrame got = two.receive();
        vnf::avp::Frame frame;
        frame.segments[0] = got.bytes;
        frame.segment_count = 1;
        frame.bytes = static_cast<std::uint16_t>(got.bytes.size());
        const auto found = vnf::avp::check_test_frame(frame);
        REQUIRE(found);
        REQUIRE(found->is_intact);
        REQUIRE(found->sequence == number);
        REQUIRE(got.bytes.size() == (number % 2 == 0 ? 64 : 1000));
        two.send(got.bytes);
    }
    host.await_number("source", "/counters/frames", 100);
    CHECK(host.number("source", "/counters/intact") == 100);
    CHECK(host.number("source", "/counters/skipped") == 0);
}

TEST_CASE("a pcap on a switch has every frame that went through it, once avp-host has ended") {
    HostUnderTest host(
        "switches: [{name: lan, ends: [{name: trace, end: pcap, file: @/lan.pcap}]}]\n"
        "ports:\n"
        "- {name: vm1, mac: \"02:61:76:70:00:01\", buffers: 256}\n"
        "- {name: vm2, mac: \"02:61:76:70:00:02\", buffers: 256}\n");
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    one.bring_up();
    two.bring_up();
    for (int i = 0; i < 10; ++i)
        check_talk(one, two, address_of(1), address_of(2), 100);
    host.process().signal(SIGTERM);
    CHECK(host.process().wait() == vnf::harness::ExitStatus{false, 0});
    CHECK(vnf::harness::read_file(host.scratch / "lan.pcap").size() == 24 + 20 * (16 + 100));
}

TEST_CASE("a generator at full speed into a guest that does not read stops nobody else") {
    HostUnderTest host(
        "switches:\n"
        "- name: lan\n"
        "  ends:\n"
        "  - {name: flood, end: generator, sizes: [64], destination: \"02:61:76:70:00:03\"}\n"
        "ports:\n"
        "- {name: vm1, mac: \"02:61:76:70:00:01\", buffers: 256}\n"
        "- {name: vm2, mac: \"02:61:76:70:00:02\", buffers: 256}\n"
        "- {name: vm3, mac: \"02:61:76:70:00:03\", buffers: 256}\n");
    SocketGuest one(host.socket("vm1"));
    SocketGuest two(host.socket("vm2"));
    SocketGuest deaf(host.socket("vm3"));
    for (SocketGuest* guest : {&one, &two, &deaf})
        guest->bring_up();
    for (int i = 0; i < 200; ++i)
        check_talk(one, two, address_of(1), address_of(2), 300);
    CHECK(host.number("vm3", "/dropped/no_room") > 0);
    CHECK(host.number("vm1", "/dropped/no_room") == 0);
    CHECK(host.number("vm2", "/dropped/no_room") == 0);
}
