// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest on the socket of a host that has threads or a process of its own: a whole driver in the test's process, over the
// socket and the memory that it was handed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "tests/avp-host/presentation/mapped_region.hpp"
#include "tests/avp-host/presentation/vfio_user_client.hpp"
#include "tests/avp-host/test_guest.hpp"

namespace vnf::avp::test {

class SocketGuest {
  public:
    explicit SocketGuest(const std::string& socket);

    /// Configured and up, with that many queues.
    void bring_up(std::uint32_t features = 0, std::uint16_t tx_queues = 1, std::uint16_t rx_queues = 1);
    /// From one address to another, with `bytes` all in all.
    static std::vector<std::byte> frame(std::uint64_t destination, std::uint64_t source, std::size_t bytes);
    /// Waits for room, then for as long as a test may.
    void send(std::span<const std::byte> bytes, std::optional<std::uint16_t> tci = {}, std::size_t piece = 0,
              std::size_t queue = 0);
    ReceivedFrame receive();

  private:
    boost::asio::io_context idle_;

  public:
    VfioUserClient client;
    MappedRegion memory, memory_map, device_info;
    TestGuest driver;
};

}  // namespace vnf::avp::test
