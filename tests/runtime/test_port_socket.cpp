// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Ports that connect to a Unix socket.
#include "tests/runtime/port_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

TEST_CASE("a connecting port comes up, carries bytes both ways and goes down with its peer") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory / "s");
    KeepingHandler handler;
    Port port(io, address(directory / "s"), {}, handler);
    CHECK(port.send("early") == SendOutcome::Down);
    port.start();
    CHECK(handler.ups == 0);  // never from inside start()
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    auto peer = accept_from(server);
    REQUIRE(peer);
    CHECK(port.describe() == directory / "s");

    CHECK(port.send("hello\n") == SendOutcome::Accepted);
    CHECK(read_available(peer) == "hello\n");
    write_all(peer, "welcome\n");
    REQUIRE(run_until(io, [&handler] { return handler.received == "welcome\n"; }));

    write_all(peer, "last words");
    peer.reset();
    REQUIRE(run_until(io, [&handler] { return handler.downs == 1; }));
    CHECK(handler.received == "welcome\nlast words");
    CHECK_FALSE(port.up());
    CHECK(port.counters().bytes_in == 18);
    CHECK(port.counters().bytes_out == 6);
    CHECK(port.counters().dropped_down == 1);
}

TEST_CASE("a connecting port waits for ever for a socket that is not there, and says so") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    // So long a pause that only the appearance of the file can be what ends it.
    PortOptions options;
    options.reopen_first = options.reopen_longest = std::chrono::hours(1);
    Port port(io, address(directory / "s"), options, handler);
    port.start();
    run_ready(io);
    CHECK(port.describe() == directory / "s" + ": No such file or directory");
    SocketFile server(directory / "s", {});
    CHECK(run_until(io, [&handler] { return handler.is_up(); }));
}

TEST_CASE("a server that is bound before it listens is found all the same") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    PortOptions options;
    options.reopen_longest = Milliseconds(5);
    Port port(io, address(directory / "s"), options, handler);
    port.start();
    FileDescriptor server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    REQUIRE(fill_address(name, directory / "s"));
    REQUIRE(::bind(server.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0);
    REQUIRE(run_until(io, [&port] { return port.describe().find("refused") != std::string::npos; }));
    REQUIRE(::listen(server.get(), 1) == 0);
    CHECK(run_until(io, [&handler] { return handler.is_up(); }));
}

TEST_CASE("a port that connects once does not come back after the first loss") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory / "s");
    KeepingHandler handler;
    PortOptions options;
    options.connect_once = true;
    Port port(io, address(directory / "s"), options, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    accept_from(server).reset();
    REQUIRE(run_until(io, [&handler] { return handler.downs == 1; }));
    io.restart();
    io.run();  // nothing is waited for any more, or this would not return
    CHECK(handler.ups == 1);
}

TEST_CASE("a path that is neither a socket nor a device is never opened") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address(directory.path().string()), {}, handler);
    port.start();
    run_ready(io);
    CHECK(port.describe() == directory.path().string() + ": neither a character device nor a socket");
}

TEST_CASE("a found path is a socket itself or nothing: no device, no link to another's socket") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory / "s");
    std::filesystem::create_symlink(directory / "s", directory / "link");
    std::filesystem::create_symlink("/dev/tty", directory / "device");
    KeepingHandler handler;
    PortOptions options;
    options.only_sockets = true;
    for (const char* name : {"link", "device"}) {
        Port port(io, address(directory / name), options, handler);
        port.start();
        run_ready(io);
        CHECK(port.describe() == directory / name + ": not a socket");
    }
    Port device(io, address("/dev/null"), options, handler);
    device.start();
    run_ready(io);
    CHECK(device.describe() == "/dev/null: not a socket");
    Port port(io, address(directory / "s"), options, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    CHECK(port.describe() == directory / "s");
}

TEST_CASE("a reconnect closes, reports the loss and opens again") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory / "s");
    KeepingHandler handler;
    Port port(io, address(directory / "s"), {}, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    const auto first = accept_from(server);
    port.reconnect(Milliseconds(0));
    CHECK_FALSE(port.up());
    CHECK(handler.downs == 0);  // never from inside reconnect()
    REQUIRE(run_until(io, [&handler] { return handler.ups == 2; }));
    CHECK(handler.downs == 1);
    char byte = 0;
    CHECK(::read(first.get(), &byte, 1) == 0);
    CHECK(accept_from(server));
}

TEST_CASE("a stopped port calls nobody, and can be started again") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory / "s");
    KeepingHandler handler;
    Port port(io, address(directory / "s"), {}, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    const auto peer = accept_from(server);
    write_all(peer, "too late");
    port.reconnect(Milliseconds(0));
    port.stop();
    run_ready(io);
    CHECK(handler.downs == 0);
    CHECK(handler.received.empty());
    port.start();
    CHECK(run_until(io, [&handler] { return handler.ups == 2; }));
}

TEST_CASE("a port may be destroyed by its own handler, whatever it is being told") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory / "s");
    KeepingHandler handler;
    auto port = std::make_unique<Port>(io, address(directory / "s"), PortOptions{}, handler);
    bool gone = false;
    const auto destroy = [&port, &gone] {
        port.reset();
        gone = true;
    };
    const std::string moment = GENERATE("up", "bytes", "down");
    (moment == "up" ? handler.on_up : moment == "bytes" ? handler.on_bytes : handler.on_down) = destroy;
    port->start();
    REQUIRE(run_until(io, [&handler] { return handler.ups == 1; }));
    auto peer = accept_from(server);
    if (!gone)
        write_all(peer, "x");
    peer.reset();
    CHECK(run_until(io, [&gone] { return gone; }));
    run_ready(io);
}
