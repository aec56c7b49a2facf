// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handler that keeps what a port tells it, and plain sockets for its peers.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <variant>

#include "runtime/port.hpp"
#include "runtime/socket_file.hpp"
#include "tests/runtime/loop_fixture.hpp"

namespace vnf::test {

struct KeepingHandler : runtime::PortHandler {
    void port_up() override {
        ++ups;
        received.clear();
        if (on_up)
            on_up();
    }
    void port_down(std::string_view why) override {
        ++downs;
        last_why = why;
        if (on_down)
            on_down();
    }
    void port_bytes(std::string_view bytes) override {
        received += bytes;
        if (on_bytes)
            on_bytes();
    }
    void port_drained() override { ++drained; }
    bool is_up() const { return ups > downs; }

    int ups = 0, downs = 0, drained = 0;
    std::string received;  ///< in this session
    std::string last_why;
    std::function<void()> on_up, on_down, on_bytes;
};

inline runtime::PortAddress address(const std::string& text) {
    auto parsed = runtime::parse_port_address(text);
    REQUIRE(std::holds_alternative<runtime::PortAddress>(parsed));
    return std::get<runtime::PortAddress>(parsed);
}

/// A peer's end: non-blocking, so that no test hangs.
inline runtime::FileDescriptor connect_to(const std::string& path) {
    std::error_code error;
    auto fd = runtime::connect_unix(path, error);
    INFO(path << ": " << error.message());
    REQUIRE(fd);
    return fd;
}

inline void write_all(const runtime::FileDescriptor& fd, std::string_view bytes) {
    REQUIRE(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

/// What is there now; nothing if nothing is.
inline std::string read_available(const runtime::FileDescriptor& fd) {
    std::string all;
    char buffer[65536];
    ssize_t got = 0;
    while ((got = ::read(fd.get(), buffer, sizeof(buffer))) > 0)
        all.append(buffer, static_cast<std::size_t>(got));
    return all;
}

/// A plain server's socket at `path`, bound the plain way.
inline runtime::FileDescriptor serve_at(const std::string& path) {
    runtime::FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    REQUIRE(runtime::fill_address(name, path));
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0);
    REQUIRE(::listen(fd.get(), 16) == 0);
    return fd;
}

inline runtime::FileDescriptor accept_from(const runtime::FileDescriptor& server) {
    return runtime::FileDescriptor(::accept4(server.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

}  // namespace vnf::test
