// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See echo_port.hpp.
#include "avp-host/ports/echo_port.hpp"

#include <algorithm>
#include <cstring>

namespace vnf::avp {

EndPort::Counters EchoPort::counters() const {
    return {
        {"echoed", echoed_.value()}, {"dropped_full", full_.value()}, {"dropped_length", refused_.value()}};
}

std::size_t EchoPort::receive(std::span<Frame> frames) {
    given_ = std::min({frames.size(), kBurst, count_});
    for (std::size_t i = 0; i < given_; ++i) {
        const std::size_t at = (first_ + i) % kStored;
        make_frame(frames[i], room_[at].first(stored_[at].bytes));
        frames[i].vlan_tci = stored_[at].tci;
    }
    return given_;
}

void EchoPort::done_with_received() {
    first_ = (first_ + given_) % kStored;
    count_ -= given_;
    echoed_.add(given_);
    given_ = 0;
}

std::size_t EchoPort::transmit(std::span<const Frame> frames) {
    return static_cast<std::size_t>(
        std::count_if(frames.begin(), frames.end(), [this](const Frame& frame) { return store(frame); }));
}

std::optional<std::size_t> EchoPort::reflect(std::span<Frame> frames) {
    std::size_t kept = 0;
    for (Frame& frame : frames) {
        if (!turn(frame, headers_[kept])) [[unlikely]] {
            refused_.add();
            continue;
        }
        if (&frame != &frames[kept]) [[unlikely]]
            frames[kept] = frame;
        ++kept;
    }
    echoed_.add(kept);
    return kept;
}

bool EchoPort::turn(Frame& frame, FrameHeader& header) const {
    const Frame::Segment first = frame.header();
    if (first.size() < 2 * AVP_MAC_BYTES) [[unlikely]]
        return false;
    if (!swaps_addresses_)
        return true;
    if (first.size() > kHeaderBytes) {
        if (frame.segment_count == kMaxFrameSegments)
            return false;
        const auto behind = frame.segments.begin() + 1;
        std::copy_backward(behind, frame.segments.end() - 1, frame.segments.end());
        *behind = first.subspan(kHeaderBytes);
        ++frame.segment_count;
    }
    const std::size_t bytes = std::min(first.size(), kHeaderBytes);
    std::byte* to = header.bytes.data();
    if (bytes == kHeaderBytes) [[likely]]
        std::memcpy(to, first.data(), kHeaderBytes);
    else
        std::memcpy(to, first.data(), bytes);
    std::memcpy(to, first.data() + AVP_MAC_BYTES, AVP_MAC_BYTES);
    std::memcpy(to + AVP_MAC_BYTES, first.data(), AVP_MAC_BYTES);
    frame.segments[0] = {to, bytes};
    return true;
}

bool EchoPort::store(const Frame& frame) {
    if (count_ == kStored) {
        full_.add();
        return false;
    }
    const std::size_t at = (first_ + count_) % kStored;
    const std::span<std::byte> room = room_[at];
    Frame plain = frame;
    plain.vlan_tci.reset();
    const auto bytes = copy_frame(plain, room);
    if (!bytes) {
        refused_.add();
        return false;
    }
    if (swaps_addresses_)
        std::swap_ranges(room.begin(), room.begin() + AVP_MAC_BYTES, room.begin() + AVP_MAC_BYTES);
    stored_[at] = {static_cast<std::uint16_t>(*bytes), frame.vlan_tci};
    ++count_;
    return true;
}

}  // namespace vnf::avp
