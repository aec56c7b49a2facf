// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What moves while a port is open: reading, writing, and the edges of a virtio-serial port.
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "runtime/port_impl.hpp"

namespace vnf::runtime {
namespace {

constexpr Milliseconds settling_quiet{30};
// A host that connects this soon after the one before may be gone in a moment. Nothing is written to it until it has
// settled: QEMU (7.2, measured) loses one of the port's 128 buffers for good whenever a write meets a host that has
// just closed, and a port without buffers is dead until it is unplugged or the guest resets.
constexpr Milliseconds too_soon{1000};
// A host that takes what we wrote makes an edge like that of a new host. Measured: one for each burst, in 3
// ms. What comes later, or again, may be a new host; to suspect one wrongly costs less than to miss one.
constexpr Milliseconds taken_within{20};
constexpr int reads_a_turn = 16;  // of 4 KiB from virtio: then the loop's other work has its turn

/// What is read lives for the call of the handler only, so all ports of a thread share one buffer.
std::array<char, 65536>& read_buffer() {
    static thread_local std::array<char, 65536> buffer;
    return buffer;
}

}  // namespace

int Port::Impl::fd() {
    return virtio_ ? virtio_->fd.get() : stream_.native_handle();
}

/// One read into the shared buffer; `got` is what came.
Port::Impl::Reading Port::Impl::read_once(std::string_view& got) {
    auto& buffer = read_buffer();
    ssize_t count = 0;
    do {
        count = ::read(fd(), buffer.data(), buffer.size());
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
        got = {buffer.data(), static_cast<std::size_t>(count)};
        return Reading::More;
    }
    if (count == 0)
        return Reading::Ended;
    return errno == EAGAIN ? Reading::Blocked : Reading::Failed;
}

/// Reads away what was waiting before this session.
Port::Impl::Reading Port::Impl::discard() {
    std::string_view got;
    Reading reading = Reading::More;
    for (int i = 0; i < 1024 && (reading = read_once(got)) == Reading::More; ++i)
        counters_.stale_bytes += got.size();
    return reading == Reading::More ? Reading::Blocked : reading;
}

void Port::Impl::deliver(std::string_view got) {
    counters_.bytes_in += got.size();
    handler_.port_bytes(got);
}

void Port::Impl::wait_readable() {
    stream_.async_wait(asio::posix::stream_descriptor::wait_read, step([](Impl& self) { self.readable(); }));
}

void Port::Impl::readable() {
    std::string_view got;
    const auto epoch = epoch_;
    switch (read_once(got)) {
        case Reading::More:
            deliver(got);
            break;
        case Reading::Blocked:
            break;
        case Reading::Ended:
            return lose("closed by the peer");
        case Reading::Failed:
            return lose(last_error().message());
    }
    if (epoch == epoch_)
        wait_readable();
}

ssize_t Port::Impl::write_once(std::string_view bytes) {
    return is_socket_ && !virtio_ ? ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                                  : ::write(fd(), bytes.data(), bytes.size());
}

/// Writes what the kernel takes now. A failure breaks the stream; the loss is reported from the loop.
std::size_t Port::Impl::write_some(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = write_once(bytes.substr(done));
        if (count > 0)
            done += static_cast<std::size_t>(count);
        else if (count < 0 && errno == EINTR)
            continue;
        else if (count == 0 || errno == EAGAIN)
            break;
        else
            return break_stream(last_error());
    }
    counters_.bytes_out += done;
    if (virtio_ && done > 0) {
        virtio_->wrote = true;
        virtio_->wrote_at = Clock::now();
    }
    return done;
}

/// What the peer said before it went is still delivered: the reading side finds the end.
std::size_t Port::Impl::break_stream(std::error_code error) {
    broken_ = true;
    later([error](Impl& self) { self.read_rest(error); });
    return 0;
}

void Port::Impl::read_rest(std::error_code error) {
    std::string_view got;
    const auto epoch = epoch_;
    for (int i = 0; i < reads_a_turn && read_once(got) == Reading::More; ++i) {
        deliver(got);
        if (epoch != epoch_)
            return;
    }
    lose(error.message());
}

void Port::Impl::wait_writable() {
    if (virtio_ || waiting_writable_)
        return;  // a virtio port's edges come by themselves
    waiting_writable_ = true;
    stream_.async_wait(asio::posix::stream_descriptor::wait_write, step([](Impl& self) {
                           self.waiting_writable_ = false;
                           self.flush();
                       }));
}

void Port::Impl::flush() {
    if (broken_ || queue_.empty())
        return;
    queue_.take(write_some(queue_.view()));
    if (broken_)
        return;
    if (!queue_.empty())
        return wait_writable();
    later([](Impl& self) {
        if (self.up() && self.queue_.empty())
            self.handler_.port_drained();
    });
}

void Port::Impl::wait_for_edge() {
    virtio_->watch.async_wait(step([](Impl& self) { self.take_edge(); }));
}

void Port::Impl::take_edge() {
    const auto edges = virtio_->watch.take();
    const auto epoch = epoch_;
    if (edges.in || edges.out || edges.hang_up)
        handle(edges);
    next_edge(epoch);
}

void Port::Impl::next_edge(std::uint64_t epoch) {
    if (epoch == epoch_ && !virtio_->reading_on)
        wait_for_edge();
}

void Port::Impl::handle(EdgeWatch::Edges edges) {
    switch (state_) {
        case State::PeerAway:
            return edge_while_away(edges);
        case State::Settling:
            return edge_while_settling(edges);
        case State::Up:
            return edge_while_up(edges);
        case State::Stopped:
        case State::Closed:
        case State::Listening:
        case State::Connecting:
        case State::Finished:
            break;
    }
}

/// A host that comes back after the edge was taken makes another edge: none is missed (G-25).
void Port::Impl::edge_while_away(EdgeWatch::Edges edges) {
    const bool found_present = std::exchange(virtio_->fresh, false) && !edges.hang_up;
    const Reading reading = discard();
    if (reading == Reading::Failed)
        return lose(last_error().message());
    if (reading == Reading::Ended || edges.hang_up || !edges.out)
        return;
    if (comes_again_too_soon() || found_present)
        settle();
    else
        come_up();
}

bool Port::Impl::comes_again_too_soon() {
    const TimePoint now = Clock::now();
    const TimePoint before = std::exchange(virtio_->arrived_at, now);
    return before != TimePoint{} && now - before < too_soon;
}

void Port::Impl::settle() {
    state_ = State::Settling;
    virtio_->stale_before = counters_.stale_bytes;
    after(settling_quiet, [](Impl& self) { self.settled(); });
}

void Port::Impl::edge_while_settling(EdgeWatch::Edges edges) {
    const Reading reading = discard();
    if (reading == Reading::Failed)
        return lose(last_error().message());
    if (reading == Reading::Ended || edges.hang_up) {
        timer_.cancel();
        state_ = State::PeerAway;
    }
}

void Port::Impl::settled() {
    if (state_ != State::Settling)
        return;
    if (counters_.stale_bytes != virtio_->stale_before && --virtio_->settling_rounds_left > 0)
        return settle();
    come_up();
}

void Port::Impl::edge_while_up(EdgeWatch::Edges edges) {
    if (edges.hang_up)
        return hung_up();
    if (edges.in)
        return read_on(edges);
    const bool explained =
        std::exchange(virtio_->wrote, false) && Clock::now() - virtio_->wrote_at < taken_within;
    if (!queue_.empty())
        flush();
    else if (!explained)
        handler_.port_maybe_new_session();
}

/// Edge-triggered: read until it blocks, if need be in several turns.
void Port::Impl::read_on(EdgeWatch::Edges edges) {
    std::string_view got;
    Reading reading = Reading::More;
    const auto epoch = epoch_;
    for (int i = 0; i < reads_a_turn && (reading = read_once(got)) == Reading::More; ++i) {
        deliver(got);
        if (epoch != epoch_)
            return;
    }
    switch (reading) {
        case Reading::More:
            virtio_->reading_on = true;
            return later([edges](Impl& self) { self.continue_reading(edges); });
        case Reading::Failed:
            return lose(last_error().message());
        case Reading::Ended:
            return host_away("the host closed the port");
        case Reading::Blocked:
            break;
    }
    if (edges.out && !queue_.empty())
        flush();
}

void Port::Impl::continue_reading(EdgeWatch::Edges edges) {
    const auto epoch = epoch_;
    virtio_->reading_on = false;
    read_on(edges);
    next_edge(epoch);
}

/// What there is to read may be the last of one host or the first of the next. Answering it could tell the next
/// something it never asked for, and no host of this protocol has last words that need us.
void Port::Impl::hung_up() {
    if (discard() == Reading::Failed)
        return lose(last_error().message());
    host_away("the host closed the port");
}

void Port::Impl::host_away(const std::string& why) {
    virtio_->wrote = false;
    state_ = State::PeerAway;
    forget_queue();
    unreported_down_ = true;
    report_down(why);
}

}  // namespace vnf::runtime
