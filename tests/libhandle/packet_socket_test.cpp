// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A packet socket in the set that is waited on, against a real listener.
#include "libhandle/packet_socket.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/harness/scratch_directory.hpp"
#include "tests/harness/unix_socket.hpp"

using namespace vnf;
using libhandle::PacketRead;
using Kind = PacketRead::Kind;

namespace {

struct Stage {
    Stage() { REQUIRE(waiting.create()); }
    void connect() {
        REQUIRE(socket.connect(path) == 0);
        peer = harness::accept_one(listener);
        REQUIRE(peer);
    }
    void say(std::string_view packet) const {
        REQUIRE(::send(peer.get(), packet.data(), packet.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(packet.size()));
    }
    bool is_readable() const {
        pollfd descriptor{waiting.descriptor(), POLLIN, 0};
        return ::poll(&descriptor, 1, 0) == 1;
    }

    harness::ScratchDirectory directory;
    std::string path = directory / "s";
    harness::FileDescriptor listener = harness::listen_unix(path, 8, SOCK_SEQPACKET), peer;
    libhandle::WaitSet waiting;
    libhandle::PacketSocket socket{waiting, 8};
};

}  // namespace

TEST_CASE("a packet comes whole up to the limit, and one that is longer is told as such") {
    Stage stage;
    stage.connect();
    CHECK(stage.socket.read().kind == Kind::Drained);
    CHECK_FALSE(stage.is_readable());
    for (const std::string_view packet : {"12345678", "123456789", "a"})
        stage.say(packet);
    CHECK(stage.is_readable());
    CHECK(stage.socket.read().packet == "12345678");
    CHECK(stage.socket.read().kind == Kind::TooLong);
    CHECK(stage.socket.read().packet == "a");
    CHECK(stage.socket.read().kind == Kind::Drained);
}

TEST_CASE("what an agent said before it left is read before the end, also if it left packets unread") {
    Stage stage;
    stage.connect();
    CHECK(stage.socket.send("unread") == 0);
    stage.say("last");
    stage.peer.reset();
    CHECK(stage.socket.read().kind == Kind::Reset);
    CHECK(stage.socket.read().packet == "last");
    const PacketRead end = stage.socket.read();
    CHECK(end.kind == Kind::Ended);
    CHECK(end.system_error == 0);
    CHECK(stage.socket.send("more") == EPIPE);
}

TEST_CASE("a packet that an agent does not take yet is to be sent later, and the set says when") {
    Stage stage;
    stage.connect();
    int error = 0;
    for (int count = 0; error == 0 && count < 100000; ++count)
        error = stage.socket.send("packet");
    CHECK(libhandle::is_sent_later(error));
    CHECK_FALSE(libhandle::is_sent_later(EPIPE));
    stage.socket.watch_output(true);
    CHECK_FALSE(stage.is_readable());
    char byte = 0;
    while (::recv(stage.peer.get(), &byte, 1, MSG_DONTWAIT) > 0) {
    }
    CHECK(stage.is_readable());
    stage.socket.watch_output(false);
    CHECK_FALSE(stage.is_readable());
}

TEST_CASE("nobody there is an errno, and a socket that was closed is connected again") {
    Stage stage;
    stage.connect();
    stage.say("unread");
    stage.socket.close();
    CHECK_FALSE(stage.socket.is_open());
    CHECK_FALSE(stage.is_readable());
    stage.connect();
    stage.say("new");
    CHECK(stage.socket.read().packet == "new");
    stage.socket.close();
    stage.listener.reset();
    CHECK(stage.socket.connect(stage.path) == ECONNREFUSED);
    CHECK_FALSE(stage.socket.is_open());
    CHECK(stage.socket.connect(stage.directory / "absent") == ENOENT);
}

TEST_CASE("a socket that a forked child still holds wakes nobody once it is closed") {
    Stage stage;
    stage.connect();
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[1]);
        char byte = 0;
        ::_exit(::read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    stage.socket.close();
    stage.say("late");
    CHECK_FALSE(stage.is_readable());
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(::waitpid(child, nullptr, 0) == child);
}
