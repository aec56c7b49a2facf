// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest under load, in a thread or a process of its own: frames of all sizes, in pieces, with tags, over several
// queues, to a host that sends each back; each is checked to the byte. It sleeps as the wire provides for: arms its
// queue, looks again, and waits for the interrupt.
#pragma once

#include <cstdint>
#include <string>

#include "tests/avp-host/test_guest.hpp"

namespace vnf::avp::test {

struct StressPlan {
    std::uint32_t frames = 10000;
    std::uint16_t queues = 2;
    std::uint32_t window = 64;  ///< frames on their way at most
    int wakeup = -1;            ///< an eventfd that the host writes for any RX vector
    bool shuts_down = true;     ///< at the end; else it goes on until it is killed
};

/// Empty, or what went wrong.
std::string run_stress_guest(GuestRegions regions, const StressPlan& plan);

}  // namespace vnf::avp::test
