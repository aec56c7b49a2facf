// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The life of a port: open, up, away, lost, opened again. What is opened and how is port_opening's.
//
// Policy. Whatever waits carries the epoch in which it began; closing anything begins a new one, so nothing
// late is believed. An opening that fails is tried again after a pause that doubles; when a file appears that
// may be the one missing, at once and then from 2 ms on (a node is there before its name and mode are). A
// virtio port that finds its host present when it is opened drops what comes until nothing has come for 30 ms,
// at most ten times that: the host's bytes for our predecessor are handed over only after the opening. So does one
// whose host has come for the second time within a second.
#include "runtime/port.hpp"

#include <poll.h>
#include <sys/socket.h>

#include "runtime/port_impl.hpp"

namespace vnf::runtime {
namespace {

constexpr Milliseconds pause_after_appearance{2};

}  // namespace

void Port::Impl::start() {
    if (state_ != State::Stopped)
        return;
    state_ = State::Closed;
    later([](Impl& self) { self.try_open(); });
}

void Port::Impl::stop() {
    if (state_ == State::Up && !broken_)
        write_some(queue_.view());
    close();
    listener_.reset();
    arrival_.reset();
    unreported_down_ = false;
    state_ = State::Stopped;
    why_not_ = "stopped";
}

void Port::Impl::reconnect(Milliseconds pause) {
    if (state_ == State::Stopped)
        return;
    unreported_down_ = unreported_down_ || state_ == State::Up;
    close();
    arrival_.reset();
    state_ = State::Closed;
    why_not_ = "reconnecting";
    asio::post(io_, [self = shared_from_this()] { self->report_down("reconnecting"); });
    after(pause, [](Impl& self) { self.try_open(); });
}

SendOutcome Port::Impl::send(std::string_view message) {
    if (!up()) {
        ++counters_.dropped_down;
        return SendOutcome::Down;
    }
    if (queue_.size() + message.size() > options_.write_queue_limit) {
        ++counters_.dropped_full;
        return SendOutcome::QueueFull;
    }
    if (queue_.empty())
        message.remove_prefix(write_some(message));
    if (broken_) {
        ++counters_.dropped_down;
        return SendOutcome::Down;
    }
    if (!message.empty()) {
        queue_.append(message);
        wait_writable();
    }
    return SendOutcome::Accepted;
}

bool Port::Impl::host_connected() const {
    pollfd now{virtio_->fd.get(), 0, 0};
    return ::poll(&now, 1, 0) == 0;
}

std::string Port::Impl::describe() const {
    switch (state_) {
        case State::Up:
            return where_;
        case State::PeerAway:
            return where_ +
                   (host_connected() ? ": the host is connected, but takes nothing" : ": the host is away");
        case State::Settling:
            return where_ + ": discarding what was left from before";
        case State::Listening:
            return where_ + ": nobody has connected";
        case State::Connecting:
            return where_ + ": connecting";
        case State::Stopped:
        case State::Closed:
        case State::Finished:
            return why_not_;
    }
    return {};
}

void Port::Impl::try_open() {
    close();
    state_ = State::Closed;
    switch (address_.kind) {
        case PortAddress::Kind::UnixListen:
        case PortAddress::Kind::VsockListen:
            return listener_ ? wait_for_peer() : try_listen();
        case PortAddress::Kind::VirtioName:
        case PortAddress::Kind::Path:
        case PortAddress::Kind::VsockConnect:
            break;
    }
    auto opening = open_port(address_, options_.only_sockets);
    if (auto* why = std::get_if<std::string>(&opening))
        return try_again(std::move(*why));
    begin(std::get<OpenedPort>(std::move(opening)));
}

void Port::Impl::try_listen() {
    auto opening = open_listener(address_);
    if (auto* why = std::get_if<std::string>(&opening))
        return try_again(std::move(*why));
    auto& opened = std::get<OpenedListener>(opening);
    auto listener = std::make_unique<Listener>(io_);
    if (const auto error = assign(listener->socket, opened.fd))
        return try_again(opened.where + ": " + error.message());
    listener->file = std::move(opened.file);
    listener_ = std::move(listener);
    where_ = opened.where;
    arrival_.reset();
    wait_for_peer();
}

error_code Port::Impl::assign(asio::posix::stream_descriptor& descriptor, FileDescriptor& fd) {
    error_code error;
    descriptor.assign(fd.get(), error);
    if (!error)
        fd.release();
    return error;
}

void Port::Impl::begin(OpenedPort opened) {
    where_ = std::move(opened.where);
    if (opened.kind == OpenedPort::Kind::VirtioSerial)
        return begin_virtio(std::move(opened.fd));
    if (const auto error = assign(stream_, opened.fd))
        return try_again(where_ + ": " + error.message());
    is_socket_ = opened.kind != OpenedPort::Kind::Terminal;
    if (opened.kind == OpenedPort::Kind::ConnectingSocket) {
        state_ = State::Connecting;
        stream_.async_wait(asio::posix::stream_descriptor::wait_write,
                           step([](Impl& self) { self.connected(); }));
        return;
    }
    if (opened.kind == OpenedPort::Kind::Terminal && discard() != Reading::Blocked)
        return try_again(where_ + ": nobody has the other end open");
    come_up();
}

void Port::Impl::begin_virtio(FileDescriptor fd) {
    virtio_ = std::make_unique<Virtio>(io_);
    virtio_->fd = std::move(fd);
    if (const auto error = virtio_->watch.open(virtio_->fd.get()))
        return try_again(where_ + ": " + error.message());
    state_ = State::PeerAway;
    arrival_.reset();
    wait_for_edge();
}

void Port::Impl::connected() {
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(stream_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
        return try_again(where_ + ": " + std::error_code(error, std::generic_category()).message());
    come_up();
}

void Port::Impl::wait_for_peer() {
    state_ = State::Listening;
    listener_->socket.async_wait(asio::posix::stream_descriptor::wait_read,
                                 step([](Impl& self) { self.accept_peer(); }));
}

void Port::Impl::accept_peer() {
    FileDescriptor peer(
        ::accept4(listener_->socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!peer && errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
        return try_again(where_ + ": cannot accept: " + last_error().message());
    if (!peer)
        return wait_for_peer();
    if (const auto error = assign(stream_, peer))
        return try_again(where_ + ": " + error.message());
    is_socket_ = true;
    come_up();
}

/// The file may have come between the attempt and the subscription: one more attempt follows a new one.
void Port::Impl::try_again(std::string why) {
    close();
    state_ = State::Closed;
    why_not_ = std::move(why);
    if (!arrival_ && !listener_ && subscribe())
        return later([](Impl& self) { self.try_open(); });
    wait_and_open();
}

void Port::Impl::wait_and_open() {
    after(pause_, [](Impl& self) { self.try_open(); });
    pause_ = std::min(pause_ * 2, options_.reopen_longest);
}

bool Port::Impl::subscribe() {
    const auto appearance = appearance_of(address_);
    if (appearance.directory.empty())
        return false;
    arrival_ = DirectorySubscription(io_, appearance.directory, appearance.name,
                                     [this](std::string_view name) { something_appeared(name); });
    return static_cast<bool>(arrival_);
}

void Port::Impl::something_appeared(std::string_view name) {
    const bool any_name = address_.kind == PortAddress::Kind::VirtioName;
    if (state_ != State::Closed || (any_name && !name.starts_with("vport") && name != "virtio-ports"))
        return;
    pause_ = std::min(pause_after_appearance, options_.reopen_first);
    later([](Impl& self) { self.try_open(); });
}

void Port::Impl::come_up() {
    report_down("reconnecting");
    arrival_.reset();
    state_ = State::Up;
    pause_ = options_.reopen_first;
    ++counters_.ups;
    const auto epoch = epoch_;
    handler_.port_up();
    if (epoch == epoch_ && !virtio_)
        wait_readable();
}

/// The stream has ended: whatever comes next is another one.
void Port::Impl::lose(const std::string& why) {
    unreported_down_ = state_ == State::Up;
    const bool done = options_.connect_once && unreported_down_;
    close();
    state_ = done ? State::Finished : State::Closed;
    why_not_ = where_ + ": " + why;
    const auto epoch = epoch_;
    report_down(why);
    if (epoch != epoch_ || done)
        return;
    if (listener_)
        return wait_for_peer();
    subscribe();
    wait_and_open();
}

void Port::Impl::report_down(const std::string& why) {
    if (std::exchange(unreported_down_, false)) {
        ++counters_.downs;
        handler_.port_down(why);
    }
}

void Port::Impl::forget_queue() {
    queue_.clear();
    broken_ = false;
}

void Port::Impl::close() {
    ++epoch_;
    forget_queue();
    waiting_writable_ = false;
    timer_.cancel();
    error_code ignored;
    stream_.close(ignored);
    virtio_.reset();
}

Port::Port(asio::io_context& io, PortAddress address, PortOptions options, PortHandler& handler)
    : impl_(std::make_shared<Impl>(io, std::move(address), options, handler)) {}
Port::~Port() {
    impl_->stop();
}
void Port::start() {
    impl_->start();
}
void Port::stop() {
    impl_->stop();
}
void Port::reconnect(Milliseconds pause) {
    impl_->reconnect(pause);
}
SendOutcome Port::send(std::string_view message) {
    return impl_->send(message);
}
bool Port::up() const {
    return impl_->up();
}
std::size_t Port::queued() const {
    return impl_->queued();
}
const PortCounters& Port::counters() const {
    return impl_->counters();
}
std::string Port::describe() const {
    return impl_->describe();
}

}  // namespace vnf::runtime
