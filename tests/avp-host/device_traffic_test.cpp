// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Frames through a device with an honest guest: every size, chains, tags, queues, full rings, exact counters.
#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

TEST_CASE("every size from 14 bytes to the maximum arrives whole, both ways") {
    auto settings = small_settings();
    settings.buffer_bytes = 2048;
    settings.max_frame_bytes = AVP_MAX_FRAME_BYTES;
    DeviceStage stage(settings);
    stage.bring_up();
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;
    for (std::size_t size = 14; size <= AVP_MAX_FRAME_BYTES; size += size < 2200 ? 1 : 97, ++frames) {
        const auto sent = frame_bytes(size, static_cast<unsigned>(size));
        bytes += size;
        REQUIRE(stage.guest.send(0, sent));
        std::array<Frame, kBurst> received;
        REQUIRE(stage.device.receive(received) == 1);
        REQUIRE(received[0].bytes == size);
        REQUIRE(received[0].header().size() == std::min(size, kHeaderBytes));
        REQUIRE(bytes_of(received[0]) == sent);
        REQUIRE(stage.device.transmit({received.data(), 1}) == 1);
        stage.device.done_with_received();
        const auto back = stage.guest.receive(0);
        REQUIRE(back);
        REQUIRE(back->bytes == sent);
        REQUIRE(back->segments == (size + 2047) / 2048);
    }
    const auto& statistics = stage.device.statistics();
    CHECK(statistics.from_guest[0].frames == frames);
    CHECK(statistics.from_guest[0].bytes == bytes);
    CHECK(statistics.to_guest[0].frames == frames);
    CHECK(statistics.to_guest[0].bytes == bytes);
    CHECK(statistics.from_guest[0].dropped + statistics.to_guest[0].dropped == 0);
}
