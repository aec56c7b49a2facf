// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "scripted_daemon.hpp"

#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace vnf::test {
namespace {

void require(bool condition, const char* what) {
    if (!condition)
        throw std::runtime_error(what);
}

}  // namespace

void Peer::poll() {
    std::array<char, 4096> buffer;
    while (!is_deaf_ && socket_ && !has_ended_) {
        const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EAGAIN)
            break;
        has_ended_ = count <= 0;
        if (has_ended_)
            break;
        bytes_read_ += static_cast<std::size_t>(count);
        decoder_.feed({buffer.data(), static_cast<std::size_t>(count)});
    }
    while (auto result = decoder_.next()) {
        if (auto* decoded = std::get_if<wire::DecodedRecord<wire::ApplicationRecord>>(&*result))
            keep(std::move(decoded->record));
        else
            ++errors_;
    }
}

void Peer::speak_version_3() {
    decoder_.switch_to(wire::RecordVersion::V3);
}

std::string Peer::encode(const wire::DaemonRecord& record) {
    return wire::encode(record, ++sequence_, decoder_.version());
}

void Peer::send(const wire::DaemonRecord& record) {
    send_bytes(encode(record));
}

void Peer::send_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EPIPE)
            return;
        require(count > 0, "send");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

ScriptedDaemon::ScriptedDaemon(std::string path, int backlog) : path_(std::move(path)), backlog_(backlog) {
    start();
}

void ScriptedDaemon::start() {
    listener_ = harness::listen_unix(path_, backlog_);
}

void ScriptedDaemon::stop() {
    listener_.reset();
    forget_socket();
}

void ScriptedDaemon::forget_socket() {
    ::unlink(path_.c_str());
}

std::unique_ptr<Peer> ScriptedDaemon::accept() {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    return fd < 0 ? nullptr : std::make_unique<Peer>(fd);
}

}  // namespace vnf::test
