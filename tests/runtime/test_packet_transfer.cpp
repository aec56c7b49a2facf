// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What one receive and one send of a packet say, on real socket pairs.
#include "runtime/packet_transfer.hpp"

#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "runtime/file_descriptor.hpp"

using namespace vnf::runtime;
using Kind = ReceivedPacket::Kind;

namespace {

struct Pair {
    Pair() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
        own = FileDescriptor(ends[0]);
        peer = FileDescriptor(ends[1]);
    }
    ReceivedPacket receive() { return receive_packet(own.get(), buffer); }

    FileDescriptor own, peer;
    std::array<char, 8> buffer{};
};

}  // namespace

TEST_CASE("a packet comes whole up to the buffer's length, and beyond it is lost, not cut") {
    Pair at;
    CHECK(at.receive().kind == Kind::None);
    for (const std::string packet : {"a", "12345678", "123456789", "b"}) {
        CHECK(send_packet(at.peer.get(), packet) == PacketSent::Taken);
    }
    CHECK(at.receive().bytes == "a");
    CHECK(at.receive().bytes == "12345678");
    CHECK(at.receive().kind == Kind::TooLong);
    CHECK(at.receive().bytes == "b");
    CHECK(at.receive().kind == Kind::None);
}

TEST_CASE("what a peer said before it left is received before its end") {
    Pair at;
    CHECK(send_packet(at.own.get(), "unread") == PacketSent::Taken);
    CHECK(send_packet(at.peer.get(), "last") == PacketSent::Taken);
    at.peer = {};
    CHECK(at.receive().kind == Kind::Reset);
    CHECK(at.receive().bytes == "last");
    CHECK(at.receive().kind == Kind::Ended);
}

TEST_CASE("a packet for a peer that does not read is for later, one for a peer that has left is for never") {
    Pair at;
    const std::string packet(1024, 'x');
    PacketSent sent = PacketSent::Taken;
    for (int count = 0; sent == PacketSent::Taken && count < 100000; ++count) {
        sent = send_packet(at.own.get(), packet);
    }
    CHECK(sent == PacketSent::Later);
    at.peer = {};
    CHECK(send_packet(at.own.get(), packet) == PacketSent::Never);
}
