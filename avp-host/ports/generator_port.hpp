// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Makes frames (test_frame.hpp) of the sizes in its list, one after the other and around, from as many addresses, at a
// rate and as many as it is told; and counts what it is sent. A rate is kept on average: what was missed is made up
// for, up to a burst.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "avp-host/ports/counter_port.hpp"
#include "avp-host/ports/ethernet.hpp"
#include "avp-host/ports/frame_room.hpp"
#include "runtime/clock.hpp"

namespace vnf::avp {

struct GeneratorSettings {
    static constexpr std::uint64_t kForever = ~std::uint64_t{0};
    static constexpr std::uint16_t kLeastBytes = 60;
    static constexpr std::size_t kMostSizes = 16384;
    static constexpr unsigned kMostFlows = 256;
    static constexpr std::uint64_t kMostPerSecond = 100'000'000;

    std::vector<std::uint16_t> sizes{64};  ///< kLeastBytes to AVP_MAX_FRAME_BYTES, without tag
    std::uint64_t frames_per_second = 0;   ///< 0: as fast as they are taken
    std::uint64_t frames = kForever;       ///< before it rests, until more are asked for
    MacAddress source{0x02, 0, 0, 0, 0, 0xFE};
    unsigned flows = 1;  ///< addresses from which frames come in turn: the source's last byte counts up
    MacAddress destination{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    std::optional<std::uint16_t> tci{};  ///< beside each frame
    bool verifies = false;               ///< what it is sent, as a counter does

    friend bool operator==(const GeneratorSettings&, const GeneratorSettings&) = default;
};

class GeneratorPort final : public EndPort {
  public:
    using Now = runtime::TimePoint (*)();

    /// Throws std::invalid_argument for sizes or a number of flows that are none, or a rate above the highest.
    explicit GeneratorPort(GeneratorSettings settings, Now now = runtime::Clock::now);

    std::string_view kind() const override { return "generator"; }
    Counters counters() const override;
    std::size_t receive(std::span<Frame> frames) override;
    std::size_t transmit(std::span<const Frame> frames) override;

    /// Any thread: that many more frames, and with kForever no end.
    void make_more(std::uint64_t frames);
    void rest() { wanted_.store(0, std::memory_order_relaxed); }

  private:
    std::size_t allowed(std::size_t most);
    void make(Frame& frame, FrameHeader& header);

    const GeneratorSettings settings_;
    const Now now_;
    std::array<FrameHeader, kBurst>
        headers_;  ///< the bytes that are a frame's own; what is behind them is shared
    std::atomic<std::uint64_t> wanted_;
    std::uint64_t sequence_ = 0;
    std::size_t next_size_ = 0;
    unsigned next_flow_ = 0;
    runtime::TimePoint refilled_at_{};
    std::uint64_t credit_ = 0;  ///< in frames and billionths
    Tally made_;
    FrameCount taken_;
};

}  // namespace vnf::avp
