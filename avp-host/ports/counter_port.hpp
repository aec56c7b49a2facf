// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Takes every frame, and counts frames and bytes. Told to verify, it also looks at the bytes of a generator's frames:
// which arrived as they were sent, and which numbers are missing.
#pragma once

#include "avp-host/ports/end_port.hpp"

namespace vnf::avp {

/// The counting itself; a generator has one too.
class FrameCount {
  public:
    explicit FrameCount(bool verifies) : verifies_(verifies) {}
    void take(std::span<const Frame> frames);
    EndPort::Counters counters() const;

  private:
    void verify(const Frame& frame);

    const bool verifies_;
    std::uint64_t next_ = 0;
    Tally frames_, bytes_;
    Tally intact_, damaged_, foreign_;
    Tally skipped_;  ///< numbers that were passed over
    Tally late_;     ///< numbers that had been passed over, or were seen before
};

class CounterPort final : public EndPort {
  public:
    explicit CounterPort(bool verifies) : count_(verifies) {}
    std::string_view kind() const override { return "counter"; }
    Counters counters() const override { return count_.counters(); }
    std::size_t transmit(std::span<const Frame> frames) override {
        count_.take(frames);
        return frames.size();
    }

  private:
    FrameCount count_;
};

}  // namespace vnf::avp
