// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Ports that connect to a Unix socket, or listen on one as QEMU does.
#include "tests/runtime/port_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

TEST_CASE("a connecting port comes up, carries bytes both ways and goes down with its peer") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory.at("s"));
    KeepingHandler handler;
    Port port(io, address(directory.at("s")), {}, handler);
    CHECK(port.send("early") == SendOutcome::Down);
    port.start();
    CHECK(handler.ups == 0);  // never from inside start()
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    auto peer = accept_from(server);
    REQUIRE(peer);
    CHECK(port.describe() == directory.at("s"));

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
    const ScratchDirectory directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    // So long a pause that only the appearance of the file can be what ends it.
    PortOptions options;
    options.reopen_first = options.reopen_longest = std::chrono::hours(1);
    Port port(io, address(directory.at("s")), options, handler);
    port.start();
    run_ready(io);
    CHECK(port.describe() == directory.at("s") + ": No such file or directory");
    SocketFile server(directory.at("s"), {});
    CHECK(run_until(io, [&handler] { return handler.is_up(); }));
}

TEST_CASE("a server that is bound before it listens is found all the same") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    PortOptions options;
    options.reopen_longest = Milliseconds(5);
    Port port(io, address(directory.at("s")), options, handler);
    port.start();
    FileDescriptor server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    REQUIRE(fill_address(name, directory.at("s")));
    REQUIRE(::bind(server.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0);
    REQUIRE(run_until(io, [&port] { return port.describe().find("refused") != std::string::npos; }));
    REQUIRE(::listen(server.get(), 1) == 0);
    CHECK(run_until(io, [&handler] { return handler.is_up(); }));
}

TEST_CASE("a port that connects once does not come back after the first loss") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory.at("s"));
    KeepingHandler handler;
    PortOptions options;
    options.connect_once = true;
    Port port(io, address(directory.at("s")), options, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    accept_from(server).reset();
    REQUIRE(run_until(io, [&handler] { return handler.downs == 1; }));
    io.restart();
    io.run();  // nothing is waited for any more, or this would not return
    CHECK(handler.ups == 1);
}

TEST_CASE("a path that is neither a socket nor a device is never opened") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address(directory.path().string()), {}, handler);
    port.start();
    run_ready(io);
    CHECK(port.describe() == directory.path().string() + ": neither a character device nor a socket");
}

TEST_CASE("a found path is a socket itself or nothing: no device, no link to another's socket") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory.at("s"));
    std::filesystem::create_symlink(directory.at("s"), directory.at("link"));
    std::filesystem::create_symlink("/dev/tty", directory.at("device"));
    KeepingHandler handler;
    PortOptions options;
    options.only_sockets = true;
    for (const char* name : {"link", "device"}) {
        Port port(io, address(directory.at(name)), options, handler);
        port.start();
        run_ready(io);
        CHECK(port.describe() == directory.at(name) + ": not a socket");
    }
    Port device(io, address("/dev/null"), options, handler);
    device.start();
    run_ready(io);
    CHECK(device.describe() == "/dev/null: not a socket");
    Port port(io, address(directory.at("s")), options, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    CHECK(port.describe() == directory.at("s"));
}

TEST_CASE("a reconnect closes, reports the loss and opens again") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory.at("s"));
    KeepingHandler handler;
    Port port(io, address(directory.at("s")), {}, handler);
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
    const ScratchDirectory directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory.at("s"));
    KeepingHandler handler;
    Port port(io, address(directory.at("s")), {}, handler);
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
    const ScratchDirectory directory;
    boost::asio::io_context io;
    const auto server = serve_at(directory.at("s"));
    KeepingHandler handler;
    auto port = std::make_unique<Port>(io, address(directory.at("s")), PortOptions{}, handler);
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

TEST_CASE("a listening port serves one peer at a time; the second waits for the first to leave") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address("listen:" + directory.at("s")), {}, handler);
    port.start();
    run_ready(io);
    CHECK(port.describe() == directory.at("s") + ": nobody has connected");
    auto first = connect_to(directory.at("s"));
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    const auto second = connect_to(directory.at("s"));
    write_all(second, "second");
    write_all(first, "first");
    REQUIRE(run_until(io, [&handler] { return !handler.received.empty(); }));
    run_ready(io);
    CHECK(handler.received == "first");
    CHECK(handler.ups == 1);
    first.reset();
    REQUIRE(run_until(io, [&handler] { return handler.ups == 2 && !handler.received.empty(); }));
    CHECK(handler.received == "second");
    CHECK(port.send("to the second") == SendOutcome::Accepted);
    CHECK(read_available(second) == "to the second");
}

TEST_CASE("G-25: ten thousand rapid reconnects leave no port deaf") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address("listen:" + directory.at("s")), {}, handler);
    port.start();
    run_ready(io);
    const auto descriptors = open_descriptors();
    for (int i = 0; i < 10000; ++i) {
        const auto peer = connect_to(directory.at("s"));
        if (i % 3 == 0)
            write_all(peer, "half a mess");  // and gone, sometimes before the port has looked
        if (i % 7 == 0)
            REQUIRE(run_until(io, [&handler, i] { return handler.ups == i + 1; }));
        if (i % 5 == 0)
            port.send("for nobody");
        else
            run_ready(io);
    }
    const auto last = connect_to(directory.at("s"));
    REQUIRE(run_until(io, [&handler] { return handler.ups == 10001; }));
    write_all(last, "still here");
    REQUIRE(run_until(io, [&handler] { return handler.received == "still here"; }));
    CHECK(handler.downs == 10000);
    CHECK(open_descriptors() == descriptors + 2);
}

TEST_CASE("G-31: a listening port waits while another server has its path, and takes it when that one ends") {
    const ScratchDirectory directory;
    boost::asio::io_context io;
    KeepingHandler first_handler, second_handler;
    PortOptions options;
    options.reopen_first = options.reopen_longest = Milliseconds(5);
    Port first(io, address("listen:" + directory.at("s")), options, first_handler);
    Port second(io, address("listen:" + directory.at("s")), options, second_handler);
    first.start();
    run_ready(io);
    second.start();
    REQUIRE(
        run_until(io, [&second] { return second.describe().find("another server") != std::string::npos; }));
    first.stop();
    REQUIRE(run_until(
        io, [&second] { return second.describe().find("nobody has connected") != std::string::npos; }));
    const auto peer = connect_to(directory.at("s"));
    CHECK(run_until(io, [&second_handler] { return second_handler.is_up(); }));
}

TEST_CASE("a port on vsock says when the kernel has none, or comes to wait for a peer") {
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address("listen:vsock:5000"), {}, handler);
    port.start();
    run_ready(io);
    const auto said = port.describe();
    INFO(said);
    CHECK((said == "this kernel has no vsock" || said == "listen:vsock:5000: nobody has connected" ||
           said.starts_with("listen:vsock:5000: ") || said.starts_with("vsock: ")));
}
