// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Datagrams between abstract names: whose, how long, and what comes along.
#include <fcntl.h>
#include <array>
#include <catch2/catch.hpp>

#include "runtime/local_datagram.hpp"
#include "tests/runtime/loop_fixture.hpp"

namespace vnf::runtime {
namespace {

std::string unique_name(const std::string& what) {
    return "vnf-test-" + what + "-" + std::to_string(::getpid());
}

struct Pair {
    std::error_code error;
    const std::string receiver_name = unique_name("receiver"), sender_name = unique_name("sender");
    FileDescriptor receiver = bind_datagram_socket(receiver_name, error);
    FileDescriptor sender = bind_datagram_socket(sender_name, error);
    std::array<char, 8> buffer{};

    void send(int from, std::string_view bytes) {
        const AbstractAddress to(receiver_name);
        REQUIRE(::sendto(from, bytes.data(), bytes.size(), 0, to.get(), to.size) ==
                static_cast<ssize_t>(bytes.size()));
    }
    LocalDatagram receive() {
        auto datagram = receive_datagram(receiver.get(), buffer, error);
        REQUIRE(datagram);
        return *datagram;
    }
};

TEST_CASE("A datagram says its bytes, its sender's name and its sender's user") {
    Pair at;
    at.send(at.sender.get(), "hello");
    const LocalDatagram datagram = at.receive();
    CHECK(datagram.bytes == "hello");
    CHECK_FALSE(datagram.truncated);
    CHECK(abstract_name(datagram.from, datagram.from_size) == at.sender_name);
    REQUIRE(datagram.who);
    CHECK(datagram.who->uid == ::geteuid());
    CHECK(datagram.who->pid == ::getpid());
}

TEST_CASE("B-07: a sender without an address has no name, and one bound to a file none either") {
    Pair at;
    const FileDescriptor unbound(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    at.send(unbound.get(), "x");
    const LocalDatagram anonymous = at.receive();
    CHECK(abstract_name(anonymous.from, anonymous.from_size) == "");

    const test::ScratchFolder folder;
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    const std::string file = folder.path() / "socket";
    file.copy(&path.sun_path[0], sizeof path.sun_path - 1);
    const FileDescriptor bound(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(bound.get(), reinterpret_cast<const sockaddr*>(&path), sizeof path) == 0);
    at.send(bound.get(), "x");
    const LocalDatagram of_path = at.receive();
    CHECK_FALSE(abstract_name(of_path.from, of_path.from_size));
}

TEST_CASE("B-06: what is longer than the buffer says so, and an empty datagram is one") {
    Pair at;
    at.send(at.sender.get(), "12345678");
    CHECK_FALSE(at.receive().truncated);
    at.send(at.sender.get(), "123456789");
    const LocalDatagram cut = at.receive();
    CHECK(cut.truncated);
    CHECK(cut.bytes == "12345678");
    at.send(at.sender.get(), "");
    CHECK(at.receive().bytes.empty());
    CHECK_FALSE(receive_datagram(at.receiver.get(), at.buffer, at.error));
    CHECK(at.error == std::errc::operation_would_block);
}

TEST_CASE("A name that is taken is an error, and names of every length up to 107 bytes are bound") {
    std::error_code error;
    const FileDescriptor first = bind_datagram_socket(unique_name("taken"), error);
    CHECK(first);
    CHECK_FALSE(bind_datagram_socket(unique_name("taken"), error));
    CHECK(error == std::errc::address_in_use);
    const std::string longest = unique_name("long") + std::string(107 - unique_name("long").size(), 'x');
    for (const std::size_t size : {106, 107}) {
        INFO(size);
        CHECK(bind_datagram_socket(longest.substr(0, size), error));
    }
}

}  // namespace
}  // namespace vnf::runtime
