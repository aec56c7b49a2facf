// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/connection.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "tests/harness/unix_socket.hpp"

namespace vnf::harness {

Connection::Connection(Stage& stage, OnBytes on_bytes, OnEnd on_end)
    : Actor(stage), on_bytes_(std::move(on_bytes)), on_end_(std::move(on_end)) {
    // A pty has no MSG_NOSIGNAL; a test that writes to a killed daemon must see EPIPE, not die.
    std::signal(SIGPIPE, SIG_IGN);
}

void Connection::adopt(FileDescriptor fd) {
    fd_ = std::move(fd);
    out_.clear();
}

void Connection::close() {
    fd_.reset();
    out_.clear();
}

void Connection::send(std::string_view bytes) {
    if (!open())
        return;
    out_.append(bytes);
    writable();
}

void Connection::writable() {
    while (!out_.empty()) {
        const ssize_t written = ::write(fd_.get(), out_.data(), out_.size());
        if (written < 0) {
            if (errno != EAGAIN && errno != EINTR)
                out_.clear();  // the end is seen by reading, which may still have bytes to give
            return;
        }
        out_.erase(0, static_cast<std::size_t>(written));
    }
}

void Connection::readable() {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    const ssize_t got = ::read(fd_.get(), buffer.data(), buffer.size());
    if (got > 0)
        on_bytes_({buffer.data(), static_cast<std::size_t>(got)});
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        peer_left();
}

void Connection::peer_left() {
    close();
    if (on_end_)
        on_end_();
}

Listener::Listener(Stage& stage, std::string path, OnArrival on_arrival)
    : Actor(stage), path_(std::move(path)), fd_(listen_unix(path_)), on_arrival_(std::move(on_arrival)) {}

Listener::~Listener() {
    ::unlink(path_.c_str());
}

void Listener::readable() {
    if (FileDescriptor fd = accept_one(fd_))
        on_arrival_(std::move(fd));
}

}  // namespace vnf::harness
