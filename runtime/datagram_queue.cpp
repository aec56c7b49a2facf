// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Send, and wait for room.
#include "runtime/datagram_queue.hpp"

#include <cerrno>
#include <utility>

#include "runtime/clock.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::runtime {
namespace {

constexpr Milliseconds retry_after{20};

}  // namespace

DatagramQueue::DatagramQueue(boost::asio::io_context& io, int sender, const std::string& receiver,
                             DatagramCounters& counters)
    : sender_(sender), address_(receiver), counters_(counters), probe_(io), timer_(io) {}

void DatagramQueue::close() {
    open_ = false;
    waiting_.clear();
    boost::system::error_code ignored;
    probe_.close(ignored);
    timer_.cancel();
}

void DatagramQueue::push(std::string datagram) {
    if (waiting_.size() >= limit) {
        ++counters_.overflow;
        return;
    }
    waiting_.push_back(std::move(datagram));
    if (waiting_.size() == 1) {
        flush();
    }
}

DatagramQueue::Sent DatagramQueue::send(const std::string& datagram) const {
    ssize_t sent = 0;
    do {
        sent = ::sendto(sender_, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                        address_.get(), address_.size);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) {
        return Sent::Delivered;
    }
    if (errno == EAGAIN || errno == ENOBUFS) {
        return Sent::Busy;
    }
    return errno == ECONNREFUSED ? Sent::Absent : Sent::Failed;
}

void DatagramQueue::flush() {
    bool in_vain = true;
    while (!waiting_.empty()) {
        switch (send(waiting_.front())) {
            case Sent::Delivered:
                ++counters_.delivered;
                break;
            case Sent::Busy:
                return wait(in_vain && probe_.is_open());
            case Sent::Absent:
                counters_.absent += waiting_.size();
                waiting_.clear();
                continue;
            case Sent::Failed:
                ++counters_.failed;
                break;
        }
        in_vain = false;
        waiting_.pop_front();
    }
    boost::system::error_code ignored;
    probe_.close(ignored);
}

void DatagramQueue::wait(bool in_vain) {
    if (in_vain || !watch()) {
        retry();
    }
}

bool DatagramQueue::watch() {
    if (!probe_.is_open()) {
        FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!socket || ::connect(socket.get(), address_.get(), address_.size) != 0) {
            return false;
        }
        boost::system::error_code error;
        probe_.assign(socket.get(), error);
        if (error) {
            return false;
        }
        socket.release();
    }
    probe_.async_wait(boost::asio::posix::stream_descriptor::wait_write,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                          if (!error && self->open_) {
                              self->flush();
                          }
                      });
    return true;
}

/// With a probe of its own time: the receiver's socket may be another one by now.
void DatagramQueue::retry() {
    boost::system::error_code ignored;
    probe_.close(ignored);
    timer_.expires_after(retry_after);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error && self->open_) {
            self->flush();
        }
    });
}

}  // namespace vnf::runtime
