// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Reads go through one buffer that all sessions share, since there is one thread and a record is decoded at once.
#include "guest-client/application_session.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace vnf::guest {
namespace {

/// Reads of one turn, so that a talkative application can't keep the others waiting.
constexpr int reads_a_turn = 4;
std::array<char, 4096> shared_buffer;

/// The peer's process. The kernel's own answer can't be about another process that got the same number; before Linux
/// 6.5 the number has to do.
runtime::FileDescriptor process_of(int socket, std::int32_t pid) {
    constexpr int so_peerpidfd = 77;
    int fd = -1;
    socklen_t size = sizeof fd;
    if (::getsockopt(socket, SOL_SOCKET, so_peerpidfd, &fd, &size) == 0) {
        return runtime::FileDescriptor(fd);
    }
    return runtime::FileDescriptor(pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1);
}

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

ApplicationSession::ApplicationSession(ApplicationKey key, Socket socket, Owner& owner)
    : key_(key), socket_(std::move(socket)), owner_(owner) {}

void ApplicationSession::start() {
    wait_readable();
}

void ApplicationSession::close() {
    open_ = false;
    process_.reset();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void ApplicationSession::wait_readable() {
    socket_.async_wait(Socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           if (error || !self->open_) {
                               return;
                           }
                           self->owner_.session_turn_begins();
                           for (int reads = 0; reads < reads_a_turn && self->read_once(); ++reads) {
                           }
                           self->owner_.session_turn_ends();
                           if (self->open_) {
                               self->wait_readable();
                           }
                       });
}

bool ApplicationSession::read_once() {
    if (!open_) {
        return false;
    }
    const ssize_t got =
        ::recv(socket_.native_handle(), shared_buffer.data(), shared_buffer.size(), MSG_DONTWAIT);
    if (got < 0 && would_block(errno)) {
        return false;
    }
    if (got <= 0) {
        end(Departure::Closed);
        return false;
    }
    const auto size = static_cast<std::size_t>(got);
    decoder_.feed(std::string_view(shared_buffer.data(), size));
    take_records();
    return open_ && size == shared_buffer.size();
}

void ApplicationSession::take_records() {
    while (open_) {
        const auto result = decoder_.next();
        if (!result) {
            break;
        }
        if (const auto* error = std::get_if<wire::ParseError>(&*result)) {
            owner_.session_rejected(key_, *error);
        } else {
            owner_.session_record(key_, std::get<0>(*result).record);
        }
    }
    if (open_ && decoder_.broken()) {
        end(Departure::BadFraming);
    }
}

void ApplicationSession::drain() {
    const auto self = shared_from_this();
    for (int reads = 0; reads < reads_a_turn && read_once(); ++reads) {
    }
}

void ApplicationSession::end(Departure departure) {
    const auto self = shared_from_this();
    close();
    owner_.session_ended(key_, departure);
}

/// Not from inside a call of the owner's, which may be going through all sessions.
void ApplicationSession::end_soon(Departure departure) {
    boost::asio::post(socket_.get_executor(), [self = shared_from_this(), departure] {
        if (self->open_) {
            self->owner_.session_turn_begins();
            self->end(departure);
            self->owner_.session_turn_ends();
        }
    });
}

void ApplicationSession::switch_to_version_3(std::int32_t pid) {
    decoder_.switch_to(wire::RecordVersion::V3);
    if (process_) {
        return;
    }
    if (runtime::FileDescriptor pidfd = process_of(socket_.native_handle(), pid)) {
        process_ =
            std::make_unique<boost::asio::posix::stream_descriptor>(socket_.get_executor(), pidfd.release());
        wait_process();
    }
}

void ApplicationSession::wait_process() {
    process_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const boost::system::error_code& error) {
                             if (error || !self->open_) {
                                 return;
                             }
                             self->owner_.session_turn_begins();
                             // What it said last comes before its end.
                             self->drain();
                             if (self->open_) {
                                 self->end(Departure::ProcessEnded);
                             }
                             self->owner_.session_turn_ends();
                         });
}

bool ApplicationSession::send(std::string_view record) {
    if (!open_) {
        return false;
    }
    if (unsent_.empty()) {
        const ssize_t sent =
            ::send(socket_.native_handle(), record.data(), record.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && !would_block(errno)) {
            return false;  // the read side sees the same end
        }
        record.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
    if (unsent_.size() + record.size() > write_queue_limit) {
        end_soon(Departure::NotReading);
        return false;
    }
    unsent_ += record;
    if (!unsent_.empty() && !writing_) {
        wait_writable();
    }
    return true;
}

void ApplicationSession::wait_writable() {
    writing_ = true;
    socket_.async_wait(Socket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->writing_ = false;
                           if (!error && self->open_) {
                               self->flush();
                           }
                       });
}

void ApplicationSession::flush() {
    const ssize_t sent =
        ::send(socket_.native_handle(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && !would_block(errno)) {
        return;
    }
    unsent_.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    if (unsent_.empty()) {
        unsent_.shrink_to_fit();
    } else {
        wait_writable();
    }
}

}  // namespace vnf::guest
