// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Ports that listen, as QEMU does: one peer at a time.
#include "tests/runtime/port_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

TEST_CASE("a listening port serves one peer at a time; the second waits for the first to leave") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address("listen:" + directory / "s"), {}, handler);
    port.start();
    run_ready(io);
    CHECK(port.describe() == directory / "s" + ": nobody has connected");
    auto first = connect_to(directory / "s");
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    const auto second = connect_to(directory / "s");
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
    const ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address("listen:" + directory / "s"), {}, handler);
    port.start();
    run_ready(io);
    const auto descriptors = open_descriptors();
    for (int i = 0; i < 10000; ++i) {
        const auto peer = connect_to(directory / "s");
        if (i % 3 == 0)
            write_all(peer, "half a mess");  // and gone, sometimes before the port has looked
        if (i % 7 == 0)
            REQUIRE(run_until(io, [&handler, i] { return handler.ups == i + 1; }));
        if (i % 5 == 0)
            port.send("for nobody");
        else
            run_ready(io);
    }
    const auto last = connect_to(directory / "s");
    REQUIRE(run_until(io, [&handler] { return handler.ups == 10001; }));
    write_all(last, "still here");
    REQUIRE(run_until(io, [&handler] { return handler.received == "still here"; }));
    CHECK(handler.downs == 10000);
    CHECK(open_descriptors() == descriptors + 2);
}

TEST_CASE("G-31: a listening port waits while another server has its path, and takes it when that one ends") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler first_handler, second_handler;
    PortOptions options;
    options.reopen_first = options.reopen_longest = Milliseconds(5);
    Port first(io, address("listen:" + directory / "s"), options, first_handler);
    Port second(io, address("listen:" + directory / "s"), options, second_handler);
    first.start();
    run_ready(io);
    second.start();
    REQUIRE(
        run_until(io, [&second] { return second.describe().find("another server") != std::string::npos; }));
    first.stop();
    REQUIRE(run_until(
        io, [&second] { return second.describe().find("nobody has connected") != std::string::npos; }));
    const auto peer = connect_to(directory / "s");
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

TEST_CASE("a listening port makes our own run directory, private, and nobody else's") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    KeepingHandler handler;
    const ScopedVariable ours("VNF_RUN_DIR", directory / "run");
    Port mine(io, address("listen:" + directory / "run/guests/s"), {}, handler);
    mine.start();
    run_ready(io);
    CHECK(mine.describe().find("nobody has connected") != std::string::npos);
    CHECK(std::filesystem::status(directory / "run/guests").permissions() == std::filesystem::perms(0700));

    PortOptions options;
    options.reopen_longest = Milliseconds(5);
    Port other(io, address("listen:" + directory / "elsewhere/s"), options, handler);
    other.start();
    run_ready(io);
    CHECK(other.describe().find("No such file or directory") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(directory / "elsewhere"));
    std::filesystem::create_directory(directory / "elsewhere");
    CHECK(run_until(io, [&other] { return other.describe().find("nobody") != std::string::npos; }));
}
