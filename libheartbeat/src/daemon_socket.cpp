// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "daemon_socket.hpp"

#include <cerrno>
#include <utility>

namespace vnf::libheartbeat {

int DaemonSocket::connect(const std::string& path) {
    close();
    Descriptor fresh;
    if (const int error = connect_stream(path, fresh); error != 0)
        return error;
    if (!waiting_.add(fresh.get()))
        return errno;
    socket_ = std::move(fresh);
    return 0;
}

void DaemonSocket::close() {
    if (socket_.is_open())
        waiting_.remove(socket_.get());
    socket_.reset();
}

void DaemonSocket::abandon() {
    socket_.reset();
    waiting_.abandon();
}

int DaemonSocket::write(Outbox& outbox) {
    const int error = write_stream(socket_.get(), outbox);
    waiting_.watch_output(socket_.get(), error == 0 && !outbox.empty());
    return error;
}

}  // namespace vnf::libheartbeat
