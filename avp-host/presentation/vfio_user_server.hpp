// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Presents one device to vfio-user clients on a Unix socket: a stock QEMU (10.1 and later) or the DPDK driver's virtual
// device. Everything runs on the control thread's loop.
//
// Policy. One client at a time; another one is told EBUSY and let go, and of those at most a few at once. When the
// client ends, however it does, the device is reset: all it held is the host's again, and the next client finds the
// device as at the start. A client that breaks the protocol's framing or lets a deadline pass is let go; a message that
// can't be served is answered with an error and the field is logged, within limits.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "avp-host/presentation/vfio_user_dialogue.hpp"
#include "runtime/clock.hpp"
#include "runtime/local_server.hpp"

namespace vnf::avp {

struct VfioUserServerOptions {
    std::string name;  ///< of the port, for the log
    runtime::LocalServerOptions socket;
    runtime::Milliseconds message_deadline{5000};  ///< as long as QEMU waits for us
    std::size_t most_maps = VfioUserDialogue::kMostMaps;
    bool has_msix =
        true;  ///< without: a card that no interrupt comes from, whose driver looks at its registers
};

struct VfioUserCounters {
    std::uint64_t clients = 0;
    std::uint64_t refused_clients = 0;   ///< while there was one
    std::uint64_t messages = 0;          ///< of clients
    std::uint64_t refused_messages = 0;  ///< answered with an error
    std::uint64_t broken_clients = 0;    ///< let go: framing, a deadline, no version
};

/// What another process needs to go on with a client: see hand_over() and adopt().
struct HandedClient {
    int socket = -1;
    std::array<int, InterruptEvents::kMostVectors> eventfds{};  ///< -1: none
    std::vector<std::byte> config;                              ///< PCI configuration
};

class VfioUserServer {
  public:
    /// Binds the socket; throws std::system_error whose text names its path. Of a device whose gate nobody holds.
    VfioUserServer(boost::asio::io_context& io, VfioUserServerOptions options, PresentedDevice presented);
    ~VfioUserServer();
    VfioUserServer(const VfioUserServer&) = delete;
    VfioUserServer& operator=(const VfioUserServer&) = delete;

    void start();
    /// The client is let go, and the socket file removed.
    void stop();

    /// The client as it is, for a successor; its descriptors stay ours, and nothing changes here. Nothing if there is no
    /// client, or amid one of its messages.
    std::optional<HandedClient> hand_over() const;
    /// Goes on with a predecessor's client, and owns its descriptors from here on. False, and they are closed, if they are
    /// not what they should be. After start(), before another client.
    bool adopt(const HandedClient& client);

    std::optional<runtime::PeerCredentials> client() const;
    const VfioUserCounters& counters() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace vnf::avp
