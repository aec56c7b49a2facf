// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The sockets of a daemon that goes on without them: what is read in a turn, and that they are bound once they can be.
#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

#include "runtime/datagram_server.hpp"
#include "runtime/packet_server.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

namespace {

std::string unique_name(const std::string& what) {
    return "vnf-test-" + what + "-" + std::to_string(::getpid());
}

struct Recorder final : DatagramServer::Handler {
    void socket_bound(int socket) override { bound_at = socket; }
    void datagram_came(const LocalDatagram& datagram) override {
        datagrams.emplace_back(datagram.bytes);
        cut.push_back(datagram.truncated);
    }
    void datagram_turn_ends() override { turns.push_back(datagrams.size()); }

    int bound_at = -1;
    std::vector<std::string> datagrams;
    std::vector<bool> cut;
    std::vector<std::size_t> turns;
};

void send_to(const std::string& name, std::string_view bytes) {
    const FileDescriptor sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const AbstractAddress to(name);
    REQUIRE(::sendto(sender.get(), bytes.data(), bytes.size(), 0, to.get(), to.size) ==
            static_cast<ssize_t>(bytes.size()));
}

}  // namespace

TEST_CASE("datagrams are read in turns of so many, each up to the longest") {
    boost::asio::io_context io;
    Recorder recorder;
    const std::string name = unique_name("turns");
    DatagramServer server(io, {name, "nothing can be read", 4, 3}, recorder);
    CHECK_FALSE(server.bound());
    server.start();
    REQUIRE(server.bound());
    CHECK(recorder.bound_at == server.native_handle());
    for (const char* text : {"1", "2", "4444", "55555", "5"}) {
        send_to(name, text);
    }
    CHECK(run_until(io, [&recorder] { return recorder.datagrams.size() == 5; }));
    CHECK(recorder.datagrams == std::vector<std::string>{"1", "2", "4444", "5555", "5"});
    CHECK(recorder.cut == std::vector{false, false, false, true, false});
    CHECK(recorder.turns == std::vector<std::size_t>{3, 5});
}

TEST_CASE("a name that is taken and a path that can't be are bound once they are free") {
    boost::asio::io_context io;
    const ScratchFolder folder;
    const std::string name = unique_name("taken");
    std::error_code error;
    FileDescriptor other = bind_datagram_socket(name, error);
    REQUIRE(other);

    Recorder recorder;
    DatagramServer datagrams(io, {name, "nothing can be read", 4, 3}, recorder);
    datagrams.start();
    SocketSettings settings;
    settings.path = folder / "later/s";
    PacketServer packets(io, settings, {"nobody", "clients"}, [](FileDescriptor, PeerCredentials) {});
    packets.start();
    CHECK_FALSE(datagrams.bound());
    CHECK(datagrams.problem() == "Address already in use");
    CHECK(recorder.bound_at == -1);
    CHECK_FALSE(packets.listening());

    other = {};
    std::filesystem::create_directory(folder / "later");
    CHECK(run_until(io, [&] { return datagrams.bound() && packets.listening(); }));
    CHECK(datagrams.problem().empty());
    CHECK(recorder.bound_at == datagrams.native_handle());
    CHECK(std::filesystem::is_socket(folder / "later/s"));
}
