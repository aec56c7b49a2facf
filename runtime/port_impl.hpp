// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The inside of a port, for port.cpp (its life) and port_transfer.cpp (its bytes) only.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/directory_watch.hpp"
#include "runtime/edge_watch.hpp"
#include "runtime/port.hpp"
#include "runtime/port_opening.hpp"
#include "runtime/write_queue.hpp"

namespace vnf::runtime {

namespace asio = boost::asio;
using boost::system::error_code;

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

    void start();
    void stop();
    void reconnect(Milliseconds pause);
    SendOutcome send(std::string_view message);
    std::string describe() const;
    bool up() const { return state_ == State::Up && !broken_; }
    std::size_t queued() const { return queue_.size(); }
    const PortCounters& counters() const { return counters_; }

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
        bool wrote = false;       ///< no edge for the host's taking it has come yet
        TimePoint wrote_at{};
        TimePoint arrived_at{};  ///< the last host, if any
        int settling_rounds_left = 10;
        std::uint64_t stale_before = 0;
    };
    struct Listener {
        explicit Listener(asio::io_context& io) : socket(io) {}
        asio::posix::stream_descriptor socket;
        SocketFile file;
    };

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

    // Its life.
    bool host_connected() const;
    void try_open();
    void try_listen();
    static error_code assign(asio::posix::stream_descriptor& descriptor, FileDescriptor& fd);
    void begin(OpenedPort opened);
    void begin_virtio(FileDescriptor fd);
    void connected();
    void wait_for_peer();
    void accept_peer();
    void try_again(std::string why);
    void wait_and_open();
    bool subscribe();
    void something_appeared(std::string_view name);
    void come_up();
    void lose(const std::string& why);
    void report_down(const std::string& why);
    void forget_queue();
    void close();

    // Its bytes.
    int fd();
    Reading read_once(std::string_view& got);
    Reading discard();
    void deliver(std::string_view got);
    void wait_readable();
    void readable();
    ssize_t write_once(std::string_view bytes);
    std::size_t write_some(std::string_view bytes);
    std::size_t break_stream(std::error_code error);
    void read_rest(std::error_code error);
    void wait_writable();
    void flush();
    void wait_for_edge();
    void take_edge();
    void next_edge(std::uint64_t epoch);
    void handle(EdgeWatch::Edges edges);
    void edge_while_away(EdgeWatch::Edges edges);
    bool comes_again_too_soon();
    void settle();
    void edge_while_settling(EdgeWatch::Edges edges);
    void settled();
    void edge_while_up(EdgeWatch::Edges edges);
    void read_on(EdgeWatch::Edges edges);
    void continue_reading(EdgeWatch::Edges edges);
    void hung_up();
    void host_away(const std::string& why);

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
    WriteQueue queue_;
    std::uint64_t epoch_ = 0;
    Milliseconds pause_;
    State state_ = State::Stopped;
    bool is_socket_ = false;
    bool broken_ = false;  ///< writing failed; the loss is about to be reported
    bool waiting_writable_ = false;
    bool unreported_down_ = false;
};

}  // namespace vnf::runtime
