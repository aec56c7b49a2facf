// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See generator_port.hpp.
#include "avp-host/ports/generator_port.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "avp-host/ports/test_frame.hpp"

namespace vnf::avp {
namespace {

constexpr std::uint64_t kBillion = 1'000'000'000;
constexpr std::size_t kLastOfSource = 2 * AVP_MAC_BYTES - 1;

void check(const GeneratorSettings& settings) {
    const auto is_size = [](std::uint16_t bytes) {
        return bytes >= GeneratorSettings::kLeastBytes && bytes <= AVP_MAX_FRAME_BYTES;
    };
    if (settings.sizes.empty() || settings.sizes.size() > GeneratorSettings::kMostSizes ||
        !std::all_of(settings.sizes.begin(), settings.sizes.end(), is_size))
        throw std::invalid_argument("sizes: must be 1 to " + std::to_string(GeneratorSettings::kMostSizes) +
                                    " numbers, each between " +
                                    std::to_string(GeneratorSettings::kLeastBytes) + " and " +
                                    std::to_string(AVP_MAX_FRAME_BYTES));
    if (settings.flows < 1 || settings.flows > GeneratorSettings::kMostFlows)
        throw std::invalid_argument("flows: must be between 1 and " +
                                    std::to_string(GeneratorSettings::kMostFlows));
    if (settings.frames_per_second > GeneratorSettings::kMostPerSecond)
        throw std::invalid_argument("frames_per_second: must be at most " +
                                    std::to_string(GeneratorSettings::kMostPerSecond));
}

}  // namespace

GeneratorPort::GeneratorPort(GeneratorSettings settings, Now now)
    : settings_((check(settings), std::move(settings))),
      now_(now),
      wanted_(settings_.frames),
      refilled_at_(now()),
      taken_(settings_.verifies) {
    for (FrameHeader& header : headers_) {
        std::memcpy(header.bytes.data(), settings_.destination.data(), AVP_MAC_BYTES);
        std::memcpy(header.bytes.data() + AVP_MAC_BYTES, settings_.source.data(), AVP_MAC_BYTES);
    }
}

void GeneratorPort::make_more(std::uint64_t frames) {
    std::uint64_t wanted = wanted_.load(std::memory_order_relaxed);
    while (wanted != GeneratorSettings::kForever &&
           !wanted_.compare_exchange_weak(
               wanted,
               frames > GeneratorSettings::kForever - wanted ? GeneratorSettings::kForever : wanted + frames,
               std::memory_order_relaxed)) {
    }
}

std::size_t GeneratorPort::allowed(std::size_t most) {
    if (settings_.frames_per_second == 0)
        return most;
    const runtime::TimePoint now = now_();
    const std::chrono::nanoseconds passed =
        std::min<std::chrono::nanoseconds>(now - refilled_at_, std::chrono::seconds(1));
    refilled_at_ = now;
    // As much as a burst, or what a millisecond gives: a worker that rested that long is not behind.
    const std::uint64_t most_credit =
        std::max<std::uint64_t>(kBurst, settings_.frames_per_second / 1000) * kBillion;
    credit_ = std::min(credit_ + static_cast<std::uint64_t>(passed.count()) * settings_.frames_per_second,
                       most_credit);
    const auto frames = static_cast<std::size_t>(std::min<std::uint64_t>(most, credit_ / kBillion));
    credit_ -= frames * kBillion;
    return frames;
}

void GeneratorPort::make(Frame& frame, FrameHeader& header) {
    const std::size_t bytes = settings_.sizes[next_size_];
    next_size_ = next_size_ + 1 == settings_.sizes.size() ? 0 : next_size_ + 1;
    if (settings_.flows > 1) {
        header.bytes[kLastOfSource] = std::byte(settings_.source.back() + next_flow_);
        next_flow_ = next_flow_ + 1 == settings_.flows ? 0 : next_flow_ + 1;
    }
    write_test_header(header.bytes, sequence_);
    std::memcpy(header.bytes.data() + kTestHeaderBytes,
                test_bytes(kTestHeaderBytes, kHeaderBytes - kTestHeaderBytes, sequence_).data(),
                kHeaderBytes - kTestHeaderBytes);
    make_frame(frame, std::span(header.bytes).first(std::min(bytes, kHeaderBytes)));
    if (bytes > kHeaderBytes) {
        frame.segments[1] = test_bytes(kHeaderBytes, bytes - kHeaderBytes, sequence_);
        frame.segment_count = 2;
        frame.bytes = static_cast<std::uint16_t>(bytes);
    }
    frame.vlan_tci = settings_.tci;
    ++sequence_;
}

std::size_t GeneratorPort::receive(std::span<Frame> frames) {
    std::uint64_t wanted = wanted_.load(std::memory_order_relaxed);
    if (wanted == 0)
        return 0;
    const std::size_t count =
        allowed(static_cast<std::size_t>(std::min<std::uint64_t>({frames.size(), kBurst, wanted})));
    for (std::size_t i = 0; i < count; ++i)
        make(frames[i], headers_[i]);
    made_.add(count);
    // The control thread may have asked for more meanwhile, or for none.
    while (wanted != GeneratorSettings::kForever && wanted != 0 &&
           !wanted_.compare_exchange_weak(wanted, wanted > count ? wanted - count : 0,
                                          std::memory_order_relaxed)) {
    }
    return count;
}

std::size_t GeneratorPort::transmit(std::span<const Frame> frames) {
    taken_.take(frames);
    return frames.size();
}

EndPort::Counters GeneratorPort::counters() const {
    Counters all = taken_.counters();
    all.insert(all.begin(), {"made", made_.value()});
    return all;
}

}  // namespace vnf::avp
