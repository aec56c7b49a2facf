// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/control_channel.hpp"

#include <array>
#include <bit>

#include "avp-host/model/layout.hpp"

namespace vnf::avp {

ControlChannel::ControlChannel(avp_fifo* request, avp_fifo* response, std::byte* sync,
                               std::uint64_t sync_address)
    : sync_(sync), sync_address_(sync_address) {
    request_.fifo = request;
    response_.fifo = response;
    clear();
}

void ControlChannel::clear() {
    avp_fifo_clear(request_.fifo, kControlSlots);
    avp_fifo_clear(response_.fifo, kControlSlots);
    // Not what stands in the rings: a guest may have written there already.
    avp_ring_open(&request_, request_.fifo, kControlSlots, 0, 0);
    avp_ring_open(&response_, response_.fifo, kControlSlots, 0, 0);
    is_broken_ = false;
}

std::optional<avp_request> ControlChannel::take(int ready, DeviceStatistics& statistics) {
    const int room = avp_ring_room(&response_, 1);
    if (ready < 0 || room < 0) {
        is_broken_ = true;
        return std::nullopt;
    }
    if (room == 0)
        return std::nullopt;
    const std::uint64_t address = avp_ring_peek(&request_, 0);
    avp_ring_take(&request_, 1);
    avp_ring_give_back(&request_);
    if (address != sync_address_) {
        ++statistics.faults[static_cast<std::size_t>(Fault::RequestAddress)];
        return std::nullopt;
    }
    std::array<std::uint32_t, sizeof(avp_request) / sizeof(std::uint32_t)> words;
    const auto* shared = reinterpret_cast<const std::uint32_t*>(sync_);
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = AVP_LOAD_ONCE(shared + i);
    return std::bit_cast<avp_request>(words);
}

void ControlChannel::answer(std::int32_t result) {
    AVP_STORE_ONCE(reinterpret_cast<std::int32_t*>(sync_ + offsetof(avp_request, result)), result);
    avp_ring_fill(&response_, 0, sync_address_);
    avp_ring_publish(&response_, 1);
}

}  // namespace vnf::avp
