// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/avp-host/test_guest.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace vnf::avp::test {
namespace {

void require(bool holds, const char* what) {
    if (!holds)
        throw std::runtime_error(what);
}

std::uint32_t length_of(avp_fifo* fifo) {
    require(fifo != nullptr, "a ring lies outside the memory");
    const std::uint32_t length = avp_fifo_length(fifo, ~std::uint64_t{0});
    require(length != 0, "a ring has no length");
    return length;
}

void open_producer(avp_ring& ring, avp_fifo* fifo) {
    require(avp_ring_open_producer(&ring, fifo, length_of(fifo)) != 0, "a ring's index is outside");
}

void open_consumer(avp_ring& ring, avp_fifo* fifo) {
    require(avp_ring_open_consumer(&ring, fifo, length_of(fifo)) != 0, "a ring's index is outside");
}

bool put(avp_ring& ring, std::uint64_t value) {
    const int room = avp_ring_room(&ring, 1);
    require(room >= 0, "the host's index is outside the ring");
    if (room == 0)
        return false;
    avp_ring_fill(&ring, 0, value);
    avp_ring_publish(&ring, 1);
    return true;
}

std::uint64_t get(avp_ring& ring) {
    const int ready = avp_ring_ready(&ring, 1);
    require(ready >= 0, "the host's index is outside the ring");
    if (ready == 0)
        return 0;
    const std::uint64_t value = avp_ring_peek(&ring, 0);
    avp_ring_take(&ring, 1);
    avp_ring_give_back(&ring);
    return value;
}

}  // namespace

TestGuest::TestGuest(GuestRegions regions, std::function<void()> run_host)
    : regions_(regions), run_host_(std::move(run_host)) {
    open();
}

void TestGuest::open() {
    const auto* magic = reinterpret_cast<const std::uint32_t*>(regions_.device_info.data());
    require(AVP_LOAD_ACQUIRE(magic) == AVP_DEVICE_INFO_MAGIC, "no device information");
    std::memcpy(&info_, regions_.device_info.data(), sizeof info_);
    std::memcpy(&map_, regions_.memory_map.data(), sizeof map_);
    require(map_.magic == AVP_MEMORY_MAP_MAGIC && map_.version == AVP_MEMORY_MAP_VERSION, "no memory map");
    require(map_.count <= AVP_MAX_MAP_ENTRIES, "the memory map is too long");
    open_producer(request_, request_fifo());
    open_consumer(response_, response_fifo());
}

std::byte* TestGuest::physical(std::uint64_t address) const {
    std::uint64_t offset = 0;
    for (std::uint32_t i = 0; i < map_.count; ++i) {
        const auto& entry = map_.entries[i];
        if (address - entry.physical < entry.length)
            return regions_.memory.data() + offset + (address - entry.physical);
        offset += entry.length;
    }
    return nullptr;
}

std::byte* TestGuest::bytes_at(std::uint64_t address) const {
    require(address - info_.pools[0].address < info_.pools[0].length, "an address outside the pool");
    return physical(info_.pools[0].physical) + (address - info_.pools[0].address);
}

avp_descriptor* TestGuest::descriptor(std::uint64_t handle) const {
    return reinterpret_cast<avp_descriptor*>(bytes_at(handle));
}

std::uint32_t* TestGuest::arm_word(std::size_t queue) const {
    return reinterpret_cast<std::uint32_t*>(reinterpret_cast<std::byte*>(rx_fifo(queue)) + info_.rx_stride -
                                            AVP_ARM_BYTES);
}

std::int32_t TestGuest::ask(const avp_request& request) {
    while (get(response_) != 0) {
    }
    avp_request asked = request;
    asked.result = AVP_RESULT_PRESET;
    std::memcpy(sync(), &asked, sizeof asked);
    require(put(request_, info_.sync_address), "no room for a request");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
        run_host_();
        if (const auto answered = get(response_); answered != 0) {
            require(answered == info_.sync_address, "an answer to something else");
            std::memcpy(&asked, sync(), sizeof asked);
            return asked.result;
        }
        require(std::chrono::steady_clock::now() < deadline, "no answer");
    }
}

std::int32_t TestGuest::configure(std::uint32_t features, std::uint16_t tx_queues, std::uint16_t rx_queues,
                                  bool up) {
    avp_request request{};
    request.id = AVP_REQUEST_CONFIGURE_DEVICE;
    request.payload.device = {
        info_.device_id, AVP_DRIVER_DPDK, AVP_GUEST_VERSION, features, tx_queues, rx_queues, up};
    const std::int32_t result = ask(request);
    if (result == 0)
        open_rings(tx_queues, rx_queues);
    return result;
}

std::int32_t TestGuest::set_interface(bool up) {
    avp_request request{};
    request.id = AVP_REQUEST_CONFIGURE_INTERFACE;
    request.payload.is_up = up;
    return ask(request);
}

std::int32_t TestGuest::change_mtu(std::uint32_t mtu) {
    avp_request request{};
    request.id = AVP_REQUEST_CHANGE_MTU;
    request.payload.mtu = mtu;
    return ask(request);
}

std::int32_t TestGuest::shut_down() {
    avp_request request{};
    request.id = AVP_REQUEST_SHUTDOWN_DEVICE;
    return ask(request);
}

void TestGuest::open_rings(std::size_t tx_queues, std::size_t rx_queues) {
    for (std::size_t queue = 0; queue < tx_queues; ++queue) {
        open_producer(queues_[queue].tx, tx_fifo(queue));
        open_consumer(queues_[queue].alloc, alloc_fifo(queue));
    }
    for (std::size_t queue = 0; queue < rx_queues; ++queue) {
        open_consumer(queues_[queue].rx, rx_fifo(queue));
        open_producer(queues_[queue].free, free_fifo(queue));
    }
}

bool TestGuest::send(std::size_t queue, std::span<const std::byte> bytes,
                     std::optional<std::uint16_t> vlan_tci, std::size_t piece) {
    auto& rings = queues_[queue];
    if (piece == 0)
        piece = info_.buffer_bytes;
    const std::size_t segments = std::max<std::size_t>((bytes.size() + piece - 1) / piece, 1);
    if (avp_ring_ready(&rings.alloc, static_cast<std::uint32_t>(segments)) < static_cast<int>(segments) ||
        avp_ring_room(&rings.tx, 1) < 1)
        return false;
    avp_descriptor* last = nullptr;
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < segments; ++i) {
        const std::uint64_t handle = take_empty(queue);
        avp_descriptor* here = descriptor(handle);
        const auto part = bytes.subspan(i * piece, std::min(piece, bytes.size() - i * piece));
        std::memcpy(bytes_at(here->data), part.data(), part.size());
        here->length = static_cast<std::uint16_t>(part.size());
        if (last == nullptr)
            first = handle;
        else
            last->next = handle;
        last = here;
    }
    avp_descriptor* head = descriptor(first);
    head->segments = static_cast<std::uint8_t>(segments);
    head->frame_bytes = static_cast<std::uint16_t>(bytes.size());
    if (vlan_tci) {
        head->flags = AVP_DESCRIPTOR_TX_VLAN;
        head->vlan_tci = *vlan_tci;
    }
    return put_tx(queue, first);
}

std::optional<ReceivedFrame> TestGuest::receive(std::size_t queue) {
    const std::uint64_t first = take_received(queue);
    if (first == 0)
        return std::nullopt;
    ReceivedFrame frame;
    const avp_descriptor head = *descriptor(first);
    for (std::uint64_t handle = first; handle != 0; handle = descriptor(handle)->next) {
        const avp_descriptor* here = descriptor(handle);
        const std::byte* data = bytes_at(here->data);
        frame.bytes.insert(frame.bytes.end(), data, data + here->length);
        ++frame.segments;
    }
    require(frame.segments == head.segments && frame.bytes.size() == head.frame_bytes,
            "the host's chain is not as long as it says");
    if ((head.flags & AVP_DESCRIPTOR_RX_VLAN) != 0)
        frame.vlan_tci = head.vlan_tci;
    require(give_back(queue, first), "no room to give a buffer back");
    return frame;
}

std::uint64_t TestGuest::take_empty(std::size_t queue) {
    return get(queues_[queue].alloc);
}

bool TestGuest::put_tx(std::size_t queue, std::uint64_t handle) {
    return put(queues_[queue].tx, handle);
}

std::uint64_t TestGuest::take_received(std::size_t queue) {
    return get(queues_[queue].rx);
}

bool TestGuest::give_back(std::size_t queue, std::uint64_t handle) {
    return put(queues_[queue].free, handle);
}

}  // namespace vnf::avp::test
