// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Gives every frame back, with its addresses exchanged unless it is told to leave them: in place, where it is wired to
// one port; else out of its store, which holds two bursts, and what finds that full is dropped.
#pragma once

#include <array>
#include <optional>

#include "avp-host/ports/end_port.hpp"
#include "avp-host/ports/frame_room.hpp"

namespace vnf::avp {

class EchoPort final : public EndPort {
  public:
    static constexpr std::size_t kStored = 2 * kBurst;

    explicit EchoPort(bool swaps_addresses) : swaps_addresses_(swaps_addresses) {}

    std::string_view kind() const override { return "echo"; }
    Counters counters() const override;
    std::size_t receive(std::span<Frame> frames) override;
    void done_with_received() override;
    std::size_t transmit(std::span<const Frame> frames) override;
    std::optional<std::size_t> reflect(std::span<Frame> frames) override;

  private:
    struct Stored {
        std::uint16_t bytes = 0;
        std::optional<std::uint16_t> tci{};
    };

    bool store(const Frame& frame);
    bool turn(Frame& frame, FrameHeader& header) const;

    const bool swaps_addresses_;
    std::array<FrameHeader, kBurst> headers_;  ///< of the frames turned around
    FrameRoom room_{kStored};
    std::array<Stored, kStored> stored_{};
    std::size_t first_ = 0, count_ = 0, given_ = 0;
    Tally echoed_, full_, refused_;
};

}  // namespace vnf::avp
