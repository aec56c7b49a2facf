// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/avp-host/stress_guest.hpp"

#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>

namespace vnf::avp::test {
namespace {

constexpr int kPatience = 30000;  // ms without a frame, of a host that owes some
constexpr std::size_t kSequenceAt = 14;
constexpr std::size_t kLeast = kSequenceAt + sizeof(std::uint32_t);

void require(bool holds, const std::string& what) {
    if (!holds)
        throw std::runtime_error(what);
}

std::uint32_t mixed(std::uint32_t value) {
    value = (value ^ (value >> 16U)) * 0x45D9F3BU;
    return value ^ (value >> 15U);
}

/// Everything about a frame follows from its number.
std::vector<std::byte> bytes_of_frame(std::uint32_t number, std::uint32_t most) {
    const std::uint32_t random = mixed(number + 1);
    const std::uint32_t limit = random % 4 == 0 ? most - 4 : 300;
    const std::size_t size = kLeast + (random >> 3U) % (limit - static_cast<std::uint32_t>(kLeast) + 1);
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = std::byte(((random >> (i % 4 * 8)) + i * 5) & 0xFFU);
    const std::uint8_t head[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, std::uint8_t(number % 16), 0x88, 0xB5};
    std::memcpy(bytes.data(), head, sizeof head);
    std::memcpy(bytes.data() + kSequenceAt, &number, sizeof number);
    return bytes;
}

std::optional<std::uint16_t> tag_of_frame(std::uint32_t number) {
    if (mixed(number) % 3 != 0)
        return std::nullopt;
    return static_cast<std::uint16_t>(number & 0xFFFU);
}

class StressGuest {
  public:
    StressGuest(GuestRegions regions, const StressPlan& plan)
        : guest_(regions, [] { ::sched_yield(); }), plan_(plan) {}

    void run() {
        require(guest_.configure(guest_.features(), plan_.queues, plan_.queues, true) == 0,
                "configuration refused");
        while (!plan_.shuts_down || received_ < plan_.frames) {
            const bool sent = send_some();
            const bool received = receive_some();
            if (!sent && !received)
                wait();
        }
        require(guest_.shut_down() == 0, "shutdown refused");
    }

  private:
    bool send_some() {
        bool any = false;
        while ((!plan_.shuts_down || sent_ < plan_.frames) && sent_ - received_ < plan_.window) {
            const auto bytes = bytes_of_frame(sent_, guest_.info().max_frame_bytes);
            // At most five pieces, at least one byte each.
            const std::size_t piece = bytes.size() / 5 + 1 + sent_ % 700;
            if (!guest_.send(sent_ % plan_.queues, bytes, tag_of_frame(sent_),
                             std::min<std::size_t>(piece, guest_.info().buffer_bytes)))
                break;
            ++sent_;
            any = true;
        }
        return any;
    }

    bool receive_some() {
        bool any = false;
        for (std::size_t queue = 0; queue < plan_.queues; ++queue) {
            while (const auto frame = guest_.receive(queue)) {
                check(*frame, queue);
                ++received_;
                any = true;
            }
        }
        return any;
    }

    void check(const ReceivedFrame& frame, std::size_t queue) {
        require(frame.bytes.size() >= kLeast, "a frame is too short");
        std::uint32_t number = 0;
        std::memcpy(&number, frame.bytes.data() + kSequenceAt, sizeof number);
        require(number < sent_, "a frame that was never sent");
        require(frame.bytes == bytes_of_frame(number, guest_.info().max_frame_bytes),
                "a frame's bytes changed");
        require(frame.vlan_tci == tag_of_frame(number), "a frame's tag changed");
        // Of the same addresses and the same queue sent: in order, on one queue.
        const auto flow = std::pair(number % 16, number % plan_.queues);
        const auto [last, is_new] = last_.try_emplace(flow, number, queue);
        require(is_new || (number > last->second.first && queue == last->second.second),
                "a frame twice, out of order, or on another queue");
        last->second = {number, queue};
    }

    void wait() {
        if (sent_ == received_) {
            ::sched_yield();
            return;
        }
        for (std::size_t queue = 0; queue < plan_.queues; ++queue)
            __atomic_store_n(guest_.arm_word(queue), 1U, __ATOMIC_SEQ_CST);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        for (std::size_t queue = 0; queue < plan_.queues; ++queue) {
            auto* fifo = guest_.rx_fifo(queue);
            if (__atomic_load_n(&fifo->write, __ATOMIC_ACQUIRE) != fifo->read)
                return;
        }
        pollfd waited{plan_.wakeup, POLLIN, 0};
        require(::poll(&waited, 1, kPatience) == 1, "frames or the interrupt for them are lost");
        std::uint64_t count = 0;
        require(::read(plan_.wakeup, &count, sizeof count) == sizeof count, "the eventfd cannot be read");
    }

    TestGuest guest_;
    StressPlan plan_;
    std::uint32_t sent_ = 0;
    std::uint32_t received_ = 0;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<std::uint32_t, std::size_t>> last_;
};

}  // namespace

std::string run_stress_guest(GuestRegions regions, const StressPlan& plan) {
    try {
        StressGuest(regions, plan).run();
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace vnf::avp::test
