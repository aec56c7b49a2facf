// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Ports on a pty: what the old daemon's --device could also be given.
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "tests/runtime/port_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

namespace {

struct Pty {
    Pty() : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
        char path[128] = {};
        REQUIRE(::grantpt(master.get()) == 0);
        REQUIRE(::unlockpt(master.get()) == 0);
        REQUIRE(::ptsname_r(master.get(), path, sizeof(path)) == 0);
        name = path;
    }
    void write(std::string_view bytes) const {
        REQUIRE(::write(master.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    FileDescriptor master;
    std::string name;
};

}  // namespace

TEST_CASE("a pty carries bytes as they are: no echo, no line editing, no newline translation") {
    boost::asio::io_context io;
    const Pty pty;
    KeepingHandler handler;
    Port port(io, address(pty.name), {}, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    const std::string awkward = "a\r\n\x03\x04\x11\x13\x7f{}\n";
    pty.write(awkward);
    REQUIRE(run_until(io, [&] { return handler.received.size() >= awkward.size(); }));
    CHECK(handler.received == awkward);
    CHECK(port.send(awkward) == SendOutcome::Accepted);
    CHECK(read_available(pty.master) == awkward);
}

TEST_CASE("what waited on a pty before it was opened is discarded and counted") {
    boost::asio::io_context io;
    const Pty pty;
    // Raw already, or the line discipline would keep the bytes from being seen.
    FileDescriptor other(::open(pty.name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios mode{};
    REQUIRE(::tcgetattr(other.get(), &mode) == 0);
    ::cfmakeraw(&mode);
    REQUIRE(::tcsetattr(other.get(), TCSANOW, &mode) == 0);
    pty.write("a whole stale line\nand a half");
    int waiting = 0;
    REQUIRE(run_until(io, [&] { return ::ioctl(other.get(), FIONREAD, &waiting) == 0 && waiting == 29; }));
    KeepingHandler handler;
    Port port(io, address(pty.name), {}, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    CHECK(port.counters().stale_bytes == 29);
    pty.write("fresh");
    REQUIRE(run_until(io, [&handler] { return !handler.received.empty(); }));
    CHECK(handler.received == "fresh");
}

TEST_CASE("the end of a pty's master takes the port down; a new pty under the same name brings it up") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    auto first = std::make_unique<Pty>();
    std::filesystem::create_symlink(first->name, directory / "tty");
    KeepingHandler handler;
    PortOptions options;
    options.reopen_first = options.reopen_longest = Milliseconds(5);
    Port port(io, address(directory / "tty"), options, handler);
    port.start();
    REQUIRE(run_until(io, [&handler] { return handler.is_up(); }));
    const Pty second;
    first.reset();
    REQUIRE(run_until(io, [&handler] { return handler.downs == 1; }));
    std::filesystem::remove(directory / "tty");
    std::filesystem::create_symlink(second.name, directory / "tty");
    REQUIRE(run_until(io, [&handler] { return handler.ups == 2; }));
    second.write("hello");
    CHECK(run_until(io, [&handler] { return handler.received == "hello"; }));
}

TEST_CASE("a device with nobody behind it is not taken for a peer, and does not keep the loop busy") {
    boost::asio::io_context io;
    KeepingHandler handler;
    Port port(io, address("/dev/null"), {}, handler);
    port.start();
    run_ready(io);  // would not return if each attempt led to the next at once
    CHECK(handler.ups == 0);
    CHECK(port.describe() == "/dev/null: nobody has the other end open");
}
