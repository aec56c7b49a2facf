// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The life of a port: open, up, away, lost, opened again. What is opened and how is port_opening's.
//
// Policy. Whatever waits carries the epoch in which it began; closing anything begins a new one, so nothing
// late is believed. An opening that fails is tried again after a pause that doubles; when a file appears that
// may be the one missing, at once and then from 2 ms on (a node is there before its name and mode are). A
// virtio port that finds its host present when it is opened drops what comes until nothing has come for 30
// ms, at most ten times that: the host's bytes for our predecessor are handed over only after the opening.
#include "runtime/port.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>

#include "runtime/directory_watch.hpp"
#include "runtime/edge_watch.hpp"
#include "runtime/port_opening.hpp"

namespace vnf::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr Milliseconds pause_after_appearance{2};
constexpr Milliseconds settling_quiet{30};
constexpr int settling_rounds = 10;
constexpr int reads_a_turn = 16;  // of 4 KiB from virtio: then the loop's other work has its turn
constexpr std::size_t queue_kept = 4096;

/// What is read lives for the call of the handler only, so all ports of a thread share one buffer.
std::array<char, 65536>& read_buffer() {
    static thread_local std::array<char, 65536> buffer;
    return buffer;
}

}  // namespace

class Port::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, PortAddress address, PortOptions options, PortHandler& handler)
        : io_(io),
          address_(std::move(address)),
          options_(options),
          handler_(handler),
          stream_(io),
          timer_(io),
          pause_(options.reopen_first) {}

    void start() {
        if (state_ != State::Stopped)
            return;
        state_ = State::Closed;
        later([](Impl& self) { self.try_open(); });
    }

    void stop() {
        if (state_ == State::Up && !broken_)
            write_some(queue_view());
        close();
        listener_.reset();
        arrival_.reset();
        unreported_down_ = false;
        state_ = State::Stopped;
        why_not_ = "stopped";
    }

    void reconnect(Milliseconds pause) {
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

    SendOutcome send(std::string_view message) {
        if (!up()) {
            ++counters_.dropped_down;
            return SendOutcome::Down;
        }
        if (queued() + message.size() > options_.write_queue_limit) {
            ++counters_.dropped_full;
            return SendOutcome::QueueFull;
        }
        if (queued() == 0)
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

    bool up() const { return state_ == State::Up && !broken_; }
    std::size_t queued() const { return queue_.size() - queue_head_; }
    const PortCounters& counters() const { return counters_; }

    std::string describe() const {
        switch (state_) {
            case State::Up:
                return where_;
            case State::PeerAway:
                return where_ + ": the host is away";
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

  private:
    enum class State : std::uint8_t {
        Stopped,     ///< not started, or stopped: the handler is not called
        Closed,      ///< nothing is open; the timer, or a file that appears, leads to the next attempt
        Listening,   ///< the listener is watched, nobody is connected
        Connecting,  ///< a socket's connect is under way
        PeerAway,    ///< a virtio port is open, its host is not there
        Settling,    ///< its host is there, and what it left for our predecessor is being discarded
        Up,          ///< a peer is there
        Finished,    ///< connect_once has had its connection
    };
    enum class Reading : std::uint8_t { Blocked, More, Ended, Failed };
    struct Virtio {
        explicit Virtio(asio::io_context& io) : watch(io) {}
        FileDescriptor fd;
        EdgeWatch watch;          ///< declared last: closed before the descriptor
        bool fresh = true;        ///< no edge taken since it was opened
        bool reading_on = false;  ///< a long read goes on in the loop's next turn; no edge is taken before
        bool wrote = false;       ///< the host's taking of what we wrote will come as an edge, too
        int settling_rounds_left = settling_rounds;
        std::uint64_t stale_before = 0;
    };
    struct Listener {
        explicit Listener(asio::io_context& io) : socket(io) {}
        asio::posix::stream_descriptor socket;
        SocketFile file;
    };

    // --- waiting
    // -------------------------------------------------------------------------------------------------

    /// A completion that does nothing once this epoch is over.
    template <typename Step>
    auto step(Step what) {
        return [self = shared_from_this(), epoch = epoch_, what](const error_code& error) {
            if (error != asio::error::operation_aborted && epoch == self->epoch_)
                what(*self);
        };
    }

    template <typename Step>
    void later(Step what) {
        asio::post(io_, [done = step(what)] { done(error_code()); });
    }

    template <typename Step>
    void after(Milliseconds pause, Step what) {
        timer_.expires_after(pause);
        timer_.async_wait(step(what));
    }

    // --- opening
    // -------------------------------------------------------------------------------------------------

    void try_open() {
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
        auto opening = open_port(address_);
        if (auto* why = std::get_if<std::string>(&opening))
            return try_again(std::move(*why));
        begin(std::get<OpenedPort>(std::move(opening)));
    }

    void try_listen() {
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
        wait_for_peer();
    }

    static error_code assign(asio::posix::stream_descriptor& descriptor, FileDescriptor& fd) {
        error_code error;
        descriptor.assign(fd.get(), error);
        if (!error)
            fd.release();
        return error;
    }

    void begin(OpenedPort opened) {
        arrival_.reset();
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

    void begin_virtio(FileDescriptor fd) {
        virtio_ = std::make_unique<Virtio>(io_);
        virtio_->fd = std::move(fd);
        if (const auto error = virtio_->watch.open(virtio_->fd.get()))
            return try_again(where_ + ": " + error.message());
        state_ = State::PeerAway;
        wait_for_edge();
    }

    void connected() {
        int error = 0;
        socklen_t size = sizeof(error);
        if (::getsockopt(stream_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
            return try_again(where_ + ": " + std::error_code(error, std::generic_category()).message());
        come_up();
    }

    void wait_for_peer() {
        state_ = State::Listening;
        listener_->socket.async_wait(asio::posix::stream_descriptor::wait_read,
                                     step([](Impl& self) { self.accept_peer(); }));
    }

    void accept_peer() {
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
    void try_again(std::string why) {
        close();
        state_ = State::Closed;
        why_not_ = std::move(why);
        if (!arrival_ && !listener_ && subscribe())
            return later([](Impl& self) { self.try_open(); });
        wait_and_open();
    }

    void wait_and_open() {
        after(pause_, [](Impl& self) { self.try_open(); });
        pause_ = std::min(pause_ * 2, options_.reopen_longest);
    }

    bool subscribe() {
        const auto appearance = appearance_of(address_);
        if (appearance.directory.empty())
            return false;
        arrival_ = DirectorySubscription(io_, appearance.directory, appearance.name,
                                         [this](std::string_view name) { something_appeared(name); });
        return static_cast<bool>(arrival_);
    }

    void something_appeared(std::string_view name) {
        if (address_.kind == PortAddress::Kind::VirtioName && !name.starts_with("vport") &&
            name != "virtio-ports")
            return;
        pause_ = std::min(pause_after_appearance, options_.reopen_first);
        later([](Impl& self) { self.try_open(); });
    }

    // --- up and down
    // ---------------------------------------------------------------------------------------------

    void come_up() {
        report_down("reconnecting");
        state_ = State::Up;
        pause_ = options_.reopen_first;
        ++counters_.ups;
        const auto epoch = epoch_;
        handler_.port_up();
        if (epoch == epoch_ && !virtio_)
            wait_readable();
    }

    /// The stream has ended: whatever comes next is another one.
    void lose(const std::string& why) {
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

    void report_down(const std::string& why) {
        if (std::exchange(unreported_down_, false)) {
            ++counters_.downs;
            handler_.port_down(why);
        }
    }

    void forget_queue() {
        queue_ = std::string();
        queue_head_ = 0;
        broken_ = false;
    }

    void close() {
        ++epoch_;
        forget_queue();
        waiting_writable_ = false;
        timer_.cancel();
        error_code ignored;
        stream_.close(ignored);
        virtio_.reset();
    }

    // --- reading
    // -------------------------------------------------------------------------------------------------

    int fd() { return virtio_ ? virtio_->fd.get() : stream_.native_handle(); }

    /// One read into the shared buffer; `got` is what came.
    Reading read_once(std::string_view& got) {
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
    Reading discard() {
        std::string_view got;
        Reading reading = Reading::More;
        for (int i = 0; i < 1024 && (reading = read_once(got)) == Reading::More; ++i)
            counters_.stale_bytes += got.size();
        return reading == Reading::More ? Reading::Blocked : reading;
    }

    void deliver(std::string_view got) {
        counters_.bytes_in += got.size();
        handler_.port_bytes(got);
    }

    void wait_readable() {
        stream_.async_wait(asio::posix::stream_descriptor::wait_read,
                           step([](Impl& self) { self.readable(); }));
    }

    void readable() {
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

    // --- writing
    // -------------------------------------------------------------------------------------------------

    std::string_view queue_view() const { return std::string_view(queue_).substr(queue_head_); }

    ssize_t write_once(std::string_view bytes) {
        return is_socket_ && !virtio_ ? ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                                      : ::write(fd(), bytes.data(), bytes.size());
    }

    /// Writes what the kernel takes now. A failure breaks the stream; the loss is reported from the loop.
    std::size_t write_some(std::string_view bytes) {
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
        if (virtio_)
            virtio_->wrote = virtio_->wrote || done > 0;
        return done;
    }

    /// What the peer said before it went is still delivered: the reading side finds the end.
    std::size_t break_stream(std::error_code error) {
        broken_ = true;
        later([error](Impl& self) { self.read_rest(error); });
        return 0;
    }

    void read_rest(std::error_code error) {
        std::string_view got;
        const auto epoch = epoch_;
        for (int i = 0; i < reads_a_turn && read_once(got) == Reading::More; ++i) {
            deliver(got);
            if (epoch != epoch_)
                return;
        }
        lose(error.message());
    }

    void wait_writable() {
        if (virtio_ || waiting_writable_)
            return;  // a virtio port's edges come by themselves
        waiting_writable_ = true;
        stream_.async_wait(asio::posix::stream_descriptor::wait_write, step([](Impl& self) {
                               self.waiting_writable_ = false;
                               self.flush();
                           }));
    }

    void flush() {
        if (broken_)
            return;
        queue_head_ += write_some(queue_view());
        if (broken_)
            return;
        if (queued() == 0) {
            queue_.clear();
            queue_head_ = 0;
            if (queue_.capacity() > queue_kept)
                queue_.shrink_to_fit();
            return;
        }
        if (queue_head_ > queue_.size() / 2) {
            queue_.erase(0, queue_head_);
            queue_head_ = 0;
        }
        wait_writable();
    }

    // --- virtio-serial
    // -------------------------------------------------------------------------------------------

    void wait_for_edge() {
        virtio_->watch.async_wait(step([](Impl& self) { self.take_edge(); }));
    }

    void take_edge() {
        const auto edges = virtio_->watch.take();
        const auto epoch = epoch_;
        if (edges.in || edges.out || edges.hang_up)
            handle(edges);
        next_edge(epoch);
    }

    void next_edge(std::uint64_t epoch) {
        if (epoch == epoch_ && !virtio_->reading_on)
            wait_for_edge();
    }

    void handle(EdgeWatch::Edges edges) {
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
    void edge_while_away(EdgeWatch::Edges edges) {
        const bool found_present = std::exchange(virtio_->fresh, false) && !edges.hang_up;
        const Reading reading = discard();
        if (reading == Reading::Failed)
            return lose(last_error().message());
        if (reading == Reading::Ended || edges.hang_up || !edges.out)
            return;
        if (found_present)
            settle();
        else
            come_up();
    }

    void settle() {
        state_ = State::Settling;
        virtio_->stale_before = counters_.stale_bytes;
        after(settling_quiet, [](Impl& self) { self.settled(); });
    }

    void edge_while_settling(EdgeWatch::Edges edges) {
        const Reading reading = discard();
        if (reading == Reading::Failed)
            return lose(last_error().message());
        if (reading == Reading::Ended || edges.hang_up) {
            timer_.cancel();
            state_ = State::PeerAway;
        }
    }

    void settled() {
        if (state_ != State::Settling)
            return;
        if (counters_.stale_bytes != virtio_->stale_before && --virtio_->settling_rounds_left > 0)
            return settle();
        come_up();
    }

    void edge_while_up(EdgeWatch::Edges edges) {
        if (edges.in || edges.hang_up)
            return read_on(edges);
        const bool explained = std::exchange(virtio_->wrote, false);
        if (queued() != 0)
            flush();
        else if (!explained)
            handler_.port_maybe_new_session();
    }

    /// Edge-triggered: read until it blocks, if need be in several turns.
    void read_on(EdgeWatch::Edges edges) {
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
        if (edges.hang_up)
            host_away("the host closed the port and opened it again");
        else if (edges.out && queued() != 0)
            flush();
    }

    void continue_reading(EdgeWatch::Edges edges) {
        const auto epoch = epoch_;
        virtio_->reading_on = false;
        read_on(edges);
        next_edge(epoch);
    }

    void host_away(const std::string& why) {
        virtio_->wrote = false;
        state_ = State::PeerAway;
        forget_queue();
        unreported_down_ = true;
        report_down(why);
    }

    asio::io_context& io_;
    PortAddress address_;
    PortOptions options_;
    PortHandler& handler_;
    PortCounters counters_;
    asio::posix::stream_descriptor stream_;  ///< a socket or a terminal
    std::unique_ptr<Virtio> virtio_;         ///< or a virtio port
    std::unique_ptr<Listener> listener_;
    asio::steady_timer timer_;
    DirectorySubscription arrival_;
    std::string where_, why_not_ = "not started";
    std::string queue_;
    std::size_t queue_head_ = 0;
    std::uint64_t epoch_ = 0;
    Milliseconds pause_;
    State state_ = State::Stopped;
    bool is_socket_ = false;
    bool broken_ = false;  ///< writing failed; the loss is about to be reported
    bool waiting_writable_ = false;
    bool unreported_down_ = false;
};

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
