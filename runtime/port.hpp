// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A byte stream that comes and goes: a virtio-serial port, a pty, a Unix or vsock socket. The port is
// reopened, reconnected or listened on for ever; every arrival of a peer is one port_up, and its going one
// port_down. Bytes that were waiting before a peer arrived are discarded before port_up, since nothing a host
// of this protocol says can precede our first message. Framing is the caller's.
//
// Policy. Reopening waits 100 ms, doubling to 2 s, and no longer than until the missing file appears. A virtio
// port is watched edge-triggered on IN and OUT (testbed facts: HUP is level and would spin), so its host's
// arrival costs no wait; an OUT edge while up may be a reconnect too fast to show a HUP, and is reported as
// port_maybe_new_session. What is unread when a virtio host goes is discarded, since it may be the next one's;
// a socket's bytes belong to its connection and are all delivered.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/clock.hpp"
#include "runtime/port_address.hpp"

namespace vnf::runtime {

/// Called on the loop's thread, never from inside send(), start() or stop().
class PortHandler {
  public:
    virtual ~PortHandler() = default;
    virtual void port_up() = 0;
    virtual void port_down(std::string_view why) = 0;
    /// As read, any cut; valid during the call.
    virtual void port_bytes(std::string_view bytes) = 0;
    /// The peer may have been replaced without a visible gap (virtio-serial only).
    virtual void port_maybe_new_session() {}
    /// What had to be queued has been written, all of it: a sender that waits for room may go on.
    virtual void port_drained() {}
};

struct PortOptions {
    std::size_t write_queue_limit = 256 * 1024;  ///< bytes queued while the peer does not read
    Milliseconds reopen_first{100}, reopen_longest{2000};
    bool connect_once = false;  ///< do not reconnect after the first loss (host side of a guest socket)
    /// Of a path, take only a socket that lies there itself: no device, no symbolic link. For paths that were found,
    /// not configured: whoever may write to the directory could point one at a device of ours.
    bool only_sockets = false;
};

enum class SendOutcome : std::uint8_t {
    Accepted,   ///< written or queued whole; says nothing about delivery
    QueueFull,  ///< dropped whole, counted
    Down,       ///< dropped, no peer
};

struct PortCounters {
    std::uint64_t ups = 0, downs = 0, bytes_in = 0, bytes_out = 0, dropped_full = 0, dropped_down = 0,
                  stale_bytes = 0;
};

class Port {
  public:
    /// `handler` outlives the port.
    Port(boost::asio::io_context& io, PortAddress address, PortOptions options, PortHandler& handler);
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    void start();
    /// Closes; no call to the handler afterwards. Queued bytes get at most one more non-blocking write.
    void stop();
    /// Closes the present connection, opens again after `pause`: what un-sticks an old guest (section 8.2, 9).
    void reconnect(Milliseconds pause);
    /// A whole message: either written completely, in order, or dropped whole (a loss of the peer cuts it).
    SendOutcome send(std::string_view message);
    bool up() const;
    std::size_t queued() const;
    const PortCounters& counters() const;
    /// What is open now, "/dev/vport1p1"; or why nothing is, "no virtio port named cgcs.heartbeat".
    std::string describe() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace vnf::runtime
