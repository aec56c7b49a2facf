// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The guest's control requests: the ring that announces them, the sync area in which each lies, and the ring that the
// answers go into. A request is copied once; of the sync area only the result is written. Specification 1.9.
#pragma once

#include <cstdint>
#include <optional>

#include "avp-abi/avp_ring.h"
#include "avp-host/device_statistics.hpp"

namespace vnf::avp {

class ControlChannel {
  public:
    /// `sync_address` is what the guest knows `sync` by.
    ControlChannel(avp_fifo* request, avp_fifo* response, std::byte* sync, std::uint64_t sync_address);

    void clear();

    /// The next request, if there is one and room for its answer.
    std::optional<avp_request> next(DeviceStatistics& statistics) {
        const int ready = avp_ring_ready(&request_, 1);
        return ready == 0 ? std::nullopt : take(ready, statistics);
    }
    /// Something is there for next().
    bool is_asked() { return avp_ring_ready(&request_, 1) != 0; }
    void answer(std::int32_t result);
    bool is_broken() const { return is_broken_; }

  private:
    std::optional<avp_request> take(int ready, DeviceStatistics& statistics);

    avp_ring request_{};
    avp_ring response_{};
    std::byte* sync_;
    std::uint64_t sync_address_;
    bool is_broken_ = false;
};

}  // namespace vnf::avp
