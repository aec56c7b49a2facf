// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/avp-host/presentation/socket_guest.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "tests/harness/deadline.hpp"

namespace vnf::avp::test {
namespace {

template <typename Condition>
void await(Condition condition, const char* what) {
    const harness::Deadline deadline(harness::patience);
    while (!condition()) {
        if (deadline.passed())
            throw std::runtime_error(std::string("waited in vain for ") + what);
        std::this_thread::yield();
    }
}

}  // namespace

SocketGuest::SocketGuest(const std::string& socket)
    : client([&] {
          VfioUserClient made(idle_, socket);
          made.ask_version();
          return made;
      }()),
      memory(client, AVP_BAR_MEMORY),
      memory_map(client, AVP_BAR_MEMORY_MAP),
      device_info(client, AVP_BAR_DEVICE_INFO),
      driver({memory.bytes, memory_map.bytes, device_info.bytes}, [] { std::this_thread::yield(); }) {
    client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    driver.open();
}

void SocketGuest::bring_up(std::uint32_t features, std::uint16_t tx_queues, std::uint16_t rx_queues) {
    REQUIRE(driver.configure(features, tx_queues, rx_queues, true) == 0);
}

std::vector<std::byte> SocketGuest::frame(std::uint64_t destination, std::uint64_t source,
                                          std::size_t bytes) {
    std::vector<std::byte> all(bytes);
    for (std::size_t i = 0; i < 6; ++i) {
        all[i] = static_cast<std::byte>(destination >> (40 - 8 * i) & 0xFF);
        all[6 + i] = static_cast<std::byte>(source >> (40 - 8 * i) & 0xFF);
    }
    all[12] = std::byte{0x08};
    for (std::size_t i = 14; i < bytes; ++i)
        all[i] = static_cast<std::byte>((i * 7 + bytes) & 0xFF);
    return all;
}

void SocketGuest::send(std::span<const std::byte> bytes, std::optional<std::uint16_t> tci, std::size_t piece,
                       std::size_t queue) {
    await([&] { return driver.send(queue, bytes, tci, piece); }, "room for a frame");
}

ReceivedFrame SocketGuest::receive() {
    std::optional<ReceivedFrame> frame;
    await([&] { return (frame = driver.receive(0)).has_value(); }, "a frame");
    return *frame;
}

}  // namespace vnf::avp::test
