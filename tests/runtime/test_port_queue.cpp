// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a port does with messages that its peer does not take.
#include <boost/asio/post.hpp>
#include <csignal>

#include "tests/runtime/port_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

namespace {

/// A port that is up over a listening socket, and its peer.
struct Connected {
    explicit Connected(PortOptions options = {})
        : port(io, address("listen:" + directory / "s"), options, handler) {
        port.start();
        run_ready(io);
        connect();
    }
    void connect() {
        peer = connect_to(directory / "s");
        const int before = handler.ups;
        REQUIRE(run_until(io, [this, before] { return handler.ups == before + 1; }));
    }
    /// Sends until the kernel takes no more and exactly `bytes` are queued.
    void fill_queue(std::size_t bytes) {
        while (port.queued() == 0)
            REQUIRE(port.send(std::string(1000, 'k')) == SendOutcome::Accepted);
        REQUIRE(port.queued() <= bytes);
        if (port.queued() < bytes)
            REQUIRE(port.send(std::string(bytes - port.queued(), 'q')) == SendOutcome::Accepted);
    }
    std::string read_everything(std::size_t expected) {
        std::string all;
        CHECK(run_until(io, [&] { return (all += read_available(peer)).size() >= expected; }));
        return all;
    }

    ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port;
    FileDescriptor peer;
};

}  // namespace

TEST_CASE("the write queue takes exactly its limit, and drops the next message whole") {
    PortOptions options;
    options.write_queue_limit = 5000;
    Connected pair(options);
    pair.fill_queue(4999);
    CHECK(pair.port.send("ab") == SendOutcome::QueueFull);
    CHECK(pair.port.queued() == 4999);
    CHECK(pair.port.send("a") == SendOutcome::Accepted);
    CHECK(pair.port.queued() == 5000);
    CHECK(pair.port.send("b") == SendOutcome::QueueFull);
    CHECK(pair.port.send("") == SendOutcome::Accepted);
    CHECK(pair.port.counters().dropped_full == 2);
}

TEST_CASE("a message longer than the whole queue is dropped even when nothing is queued") {
    PortOptions options;
    options.write_queue_limit = 100;
    Connected pair(options);
    CHECK(pair.port.send(std::string(101, 'x')) == SendOutcome::QueueFull);
    CHECK(pair.port.send(std::string(100, 'y')) == SendOutcome::Accepted);
    CHECK(pair.read_everything(100) == std::string(100, 'y'));
}

TEST_CASE("G-29: what the kernel did not take at once follows complete and in order") {
    PortOptions options;
    options.write_queue_limit = 4 * 1024 * 1024;
    Connected pair(options);
    std::string sent;
    for (int i = 0; sent.size() < 3 * 1024 * 1024; ++i) {
        const std::string message =
            std::to_string(i) + std::string(static_cast<std::size_t>(i % 7919), '.') + "\n";
        REQUIRE(pair.port.send(message) == SendOutcome::Accepted);
        sent += message;
    }
    CHECK(pair.port.queued() > 0);
    CHECK(pair.read_everything(sent.size()) == sent);
    CHECK(pair.port.queued() == 0);
    CHECK(pair.port.counters().bytes_out == sent.size());
}

TEST_CASE(
    "a sender that waits for room is told once when all that was queued is written, and not when nothing "
    "was") {
    Connected pair;
    REQUIRE(pair.port.send("at once") == SendOutcome::Accepted);
    run_ready(pair.io);
    CHECK(pair.handler.drained == 0);
    pair.fill_queue(20000);
    REQUIRE(run_until(pair.io, [&pair] {
        read_available(pair.peer);
        return pair.handler.drained != 0;
    }));
    run_ready(pair.io);
    CHECK(pair.handler.drained == 1);
    CHECK(pair.port.queued() == 0);
}

TEST_CASE("G-24: a message cut by the loss of the peer does not go on in the next session") {
    Connected pair;
    pair.fill_queue(20000);
    read_available(pair.peer);  // a part of it
    pair.peer.reset();
    REQUIRE(run_until(pair.io, [&pair] { return pair.handler.downs == 1; }));
    CHECK(pair.port.queued() == 0);
    pair.connect();
    CHECK(pair.port.send("clean\n") == SendOutcome::Accepted);
    CHECK(read_available(pair.peer) == "clean\n");
}

TEST_CASE("writing to a peer that has gone raises no signal and loses none of its last words") {
    std::signal(SIGPIPE, SIG_DFL);  // the default ends this test, too
    Connected pair;
    write_all(pair.peer, "good bye");
    pair.peer.reset();
    CHECK(pair.port.send("are you there?") == SendOutcome::Down);
    CHECK_FALSE(pair.port.up());
    CHECK(pair.handler.downs == 0);  // never from inside send()
    CHECK(pair.port.send("hello?") == SendOutcome::Down);
    REQUIRE(run_until(pair.io, [&pair] { return pair.handler.downs == 1; }));
    CHECK(pair.handler.received == "good bye");
    CHECK(pair.port.counters().dropped_down == 2);
}

TEST_CASE("what is queued when a port stops gets one more write") {
    Connected pair;
    pair.fill_queue(20000);
    const auto taken = read_available(pair.peer).size();
    pair.port.stop();
    const auto rest = read_available(pair.peer).size();
    CHECK(taken + rest == pair.port.counters().bytes_out);
    CHECK(rest >= 20000);
}

TEST_CASE("a peer that floods is read in pieces, with the loop's other work in between") {
    Connected pair;
    int turns = 0, pieces = 0;
    pair.handler.on_bytes = [&pieces] {
        ++pieces;
    };
    std::function<void()> other = [&] {
        ++turns;
        boost::asio::post(pair.io, other);
    };
    boost::asio::post(pair.io, other);
    const std::string chunk(100000, 'f');
    for (int i = 0; i < 50; ++i) {
        ::send(pair.peer.get(), chunk.data(), chunk.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        const int before = pieces;
        REQUIRE(run_until(pair.io, [&pieces, before] { return pieces > before; }));
    }
    CHECK(turns >= pieces / 2);
}
