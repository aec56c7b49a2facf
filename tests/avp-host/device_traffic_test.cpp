// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Frames through a device with an honest guest: every size, chains, tags, queues, full rings, exact counters.
#include <algorithm>
#include <cstring>
#include <map>
#include <set>

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

TEST_CASE("a frame cut into pieces of any size arrives whole, its first bytes in one piece") {
    auto settings = small_settings();
    settings.max_frame_bytes = 5 * 512;
    DeviceStage stage(settings);
    stage.bring_up();
    for (const std::size_t size : {14U, 63U, 64U, 65U, 100U, 320U, 1500U, 2560U})
        for (std::size_t piece = (size + 4) / 5; piece <= std::min<std::size_t>(size, 512); ++piece) {
            const auto sent = frame_bytes(size, static_cast<unsigned>(piece));
            REQUIRE(stage.guest.send(0, sent, std::nullopt, piece));
            std::array<Frame, kBurst> frames;
            REQUIRE(stage.device.receive(frames) == 1);
            REQUIRE(frames[0].header().size() == std::min(size, kHeaderBytes));
            REQUIRE(frames[0].bytes == size);
            REQUIRE(bytes_of(frames[0]) == sent);
            stage.device.done_with_received();
        }
}

TEST_CASE("a frame in any number of segments is put together for the guest") {
    auto settings = small_settings();
    settings.max_frame_bytes = 5 * 512;
    DeviceStage stage(settings);
    stage.bring_up();
    const auto bytes = frame_bytes(2500);
    for (std::size_t count = 1; count <= kMaxFrameSegments; ++count) {
        Frame frame;
        const std::size_t each = bytes.size() / count;
        for (std::size_t i = 0; i < count; ++i)
            frame.segments[i] =
                std::span(bytes).subspan(i * each, i + 1 < count ? each : bytes.size() - i * each);
        frame.segment_count = static_cast<std::uint8_t>(count);
        frame.bytes = static_cast<std::uint16_t>(bytes.size());
        REQUIRE(stage.device.transmit({&frame, 1}) == 1);
        const auto received = stage.guest.receive(0);
        REQUIRE(received);
        CHECK(received->bytes == bytes);
        CHECK(received->segments == 5);
    }
}

TEST_CASE("what is copied is what the segments hold, whatever the frame counts") {
    DeviceStage stage;
    stage.bring_up();
    const auto bytes = frame_bytes(1200);
    Frame frame = frame_of(bytes);
    frame.bytes = GENERATE(std::uint16_t{0}, std::uint16_t{60}, std::uint16_t{65535});
    REQUIRE(stage.device.transmit({&frame, 1}) == 1);
    CHECK(stage.guest.receive(0)->bytes == bytes);
}

TEST_CASE("a tag of the guest's comes beside the frame, and goes to a guest beside the frame") {
    DeviceStage stage;
    stage.bring_up_with(AVP_FEATURE_VLAN_OFFLOAD);
    const auto bytes = frame_bytes(100);
    REQUIRE(stage.guest.send(0, bytes, std::uint16_t{0xE123}));
    std::array<Frame, kBurst> frames;
    REQUIRE(stage.device.receive(frames) == 1);
    CHECK(frames[0].vlan_tci == 0xE123);
    CHECK(bytes_of(frames[0]) == bytes);
    REQUIRE(stage.device.transmit({frames.data(), 1}) == 1);
    const auto back = stage.guest.receive(0);
    REQUIRE(back);
    CHECK(back->vlan_tci == 0xE123);
    CHECK(back->bytes == bytes);
    // The element is used again: a tag of the frame before must not stay.
    stage.device.done_with_received();
    REQUIRE(stage.guest.send(0, bytes));
    REQUIRE(stage.device.receive(frames) == 1);
    CHECK_FALSE(frames[0].vlan_tci);
}

TEST_CASE("a tag beside the frame is put inside for a guest without the feature") {
    DeviceStage stage;
    stage.bring_up_with(0);
    for (const std::size_t size : {60U, 64U, 512U, 1000U}) {
        const auto bytes = frame_bytes(size);
        REQUIRE(stage.transmit(bytes, std::uint16_t{0x0123}) == 1);
        auto expected = bytes;
        const std::array tag{std::byte{0x81}, std::byte{0}, std::byte{0x01}, std::byte{0x23}};
        expected.insert(expected.begin() + 12, tag.begin(), tag.end());
        const auto received = stage.guest.receive(0);
        REQUIRE(received);
        CHECK_FALSE(received->vlan_tci);
        CHECK(received->bytes == expected);
        // And taken out for one with it, wherever the frame came from.
        REQUIRE(stage.guest.configure(AVP_FEATURE_VLAN_OFFLOAD, 1, 1, true) == 0);
        REQUIRE(stage.transmit(expected) == 1);
        const auto stripped = stage.guest.receive(0);
        REQUIRE(stripped);
        CHECK(stripped->vlan_tci == 0x0123);
        CHECK(stripped->bytes == bytes);
        REQUIRE(stage.guest.configure(0, 1, 1, true) == 0);
    }
}

TEST_CASE("a second tag stays inside, and a frame too short for its tag stays as it is") {
    DeviceStage stage;
    stage.bring_up_with(AVP_FEATURE_VLAN_OFFLOAD);
    auto bytes = frame_bytes(100);
    bytes[12] = std::byte{0x81};
    bytes[13] = std::byte{0};
    REQUIRE(stage.transmit(bytes, std::uint16_t{7}) == 1);
    const auto received = stage.guest.receive(0);
    REQUIRE(received);
    CHECK((received->vlan_tci == 7 && received->bytes == bytes));
    bytes.resize(17);
    REQUIRE(stage.transmit(bytes) == 1);
    const auto runt = stage.guest.receive(0);
    REQUIRE(runt);
    CHECK((!runt->vlan_tci && runt->bytes == bytes));
}

TEST_CASE(
    "a frame for the guest is dropped above its maximum, its tag counted, and below an Ethernet header") {
    DeviceStage stage;
    stage.bring_up_with(GENERATE(0U, AVP_FEATURE_VLAN_OFFLOAD));
    CHECK(stage.transmit(frame_bytes(1522)) == 1);
    CHECK(stage.transmit(frame_bytes(1523)) == 0);
    CHECK(stage.transmit(frame_bytes(1518), std::uint16_t{1}) == 1);
    CHECK(stage.transmit(frame_bytes(1519), std::uint16_t{1}) == 0);
    CHECK(stage.transmit(frame_bytes(13)) == 0);
    CHECK(stage.transmit(frame_bytes(14)) == 1);
    CHECK(stage.drops(Drop::TooLong) == 3);
    CHECK(stage.device.statistics().to_guest[0].dropped == 3);
}

TEST_CASE("frames are spread over the guest's queues by their addresses, each pair in order on one queue") {
    DeviceStage stage;
    stage.bring_up(1, 4);
    std::array<std::set<unsigned>, 4> seen;
    for (unsigned round = 0; round < 20; ++round)
        for (unsigned pair = 0; pair < 64; ++pair) {
            auto bytes = frame_bytes(100, pair);
            bytes[50] = std::byte(round);
            REQUIRE(stage.transmit(bytes) == 1);
            std::size_t found = 0;
            for (std::size_t queue = 0; queue < 4; ++queue)
                while (const auto received = stage.guest.receive(queue)) {
                    ++found;
                    seen[queue].insert(pair);
                    REQUIRE(received->bytes == bytes);
                }
            REQUIRE(found == 1);
        }
    std::size_t all = 0;
    for (const auto& pairs : seen) {
        CHECK(pairs.size() >= 4);
        all += pairs.size();
    }
    CHECK(all == 64);
}

TEST_CASE("frames of IP between the same two machines are spread by their IP addresses") {
    DeviceStage stage;
    stage.bring_up(1, 4);
    const auto type = GENERATE(0x0800U, 0x86DDU);
    for (unsigned address = 0; address < 40; ++address) {
        auto bytes = frame_bytes(100);
        bytes[12] = std::byte(type >> 8U);
        bytes[13] = std::byte(type & 0xFFU);
        bytes[type == 0x0800 ? 33 : 53] = std::byte(address);
        REQUIRE(stage.transmit(bytes) == 1);
    }
    for (std::size_t queue = 0; queue < 4; ++queue)
        CHECK(stage.device.statistics().to_guest[queue].frames >= 2);
}

TEST_CASE("all of the guest's queues are heard in turn, even if one always has more than a burst") {
    auto settings = small_settings();
    settings.ring_slots = 256;
    settings.buffers = 2048;
    DeviceStage stage(settings);
    stage.bring_up(2, 1);
    for (unsigned i = 0; i < 200; ++i)
        REQUIRE(stage.guest.send(0, frame_bytes(100, i)));
    REQUIRE(stage.guest.send(1, frame_bytes(200)));
    std::array<Frame, kBurst> frames;
    std::size_t calls = 0;
    for (bool heard = false; !heard; ++calls) {
        const auto count = stage.device.receive(frames);
        heard = std::any_of(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(count),
                            [](const Frame& frame) { return frame.bytes == 200; });
        stage.device.done_with_received();
    }
    CHECK(calls <= 2);
    CHECK(stage.receive_all().size() + 64 + (calls == 2 ? 64 : 0) >= 200);
}

TEST_CASE("a burst is never longer than the caller's or the port's limit") {
    auto settings = small_settings();
    settings.ring_slots = 256;
    settings.buffers = 2048;
    DeviceStage stage(settings);
    stage.bring_up(2, 1);
    for (unsigned i = 0; i < 200; ++i)
        REQUIRE(stage.guest.send(i % 2, frame_bytes(100, i)));
    std::array<Frame, 200> frames;
    CHECK(stage.device.receive(std::span(frames).first(7)) == 7);
    CHECK(stage.device.receive(frames) == kBurst);
    CHECK(stage.device.receive(frames) == kBurst);
    CHECK(stage.device.receive({}) == 0);
    CHECK(stage.receive_all().size() == 200 - 7 - 2 * kBurst);
}

TEST_CASE("buffers go around for ever: nothing is lost in many times a pool of frames") {
    DeviceStage stage;
    stage.bring_up(2, 2);
    const auto queue = GENERATE(0U, 1U);
    for (unsigned i = 0; i < 2000; ++i) {
        const auto bytes = frame_bytes(14 + i % 1500, i);
        REQUIRE(stage.guest.send(queue, bytes));
        const auto received = stage.receive_all();
        REQUIRE(received.size() == 1);
        REQUIRE(stage.transmit(received[0]) == 1);
        REQUIRE((stage.guest.receive(0) || stage.guest.receive(1)));
        stage.device.poll();
    }
}

TEST_CASE("an empty descriptor comes back as the guest left it if that was agreed, and else as a new one") {
    const bool is_kept = GENERATE(false, true);
    DeviceStage stage;
    stage.bring_up_with(is_kept ? AVP_FEATURE_KEPT_DESCRIPTORS : 0);
    std::set<std::uint64_t> sent;
    const auto bytes = frame_bytes(90);
    for (int i = 0; i < 63; ++i) {
        const auto handle = stage.guest.take_empty(0);
        avp_descriptor* descriptor = stage.guest.descriptor(handle);
        // The first time it is clean in either case.
        CHECK((descriptor->length == 0 && descriptor->segments == 1 && descriptor->next == 0));
        std::memcpy(stage.guest.bytes_at(descriptor->data), bytes.data(), bytes.size());
        descriptor->length = descriptor->frame_bytes = 90;
        sent.insert(handle);
        REQUIRE(stage.guest.put_tx(0, handle));
        if (i % 32 == 31)
            CHECK(stage.receive_all().size() == 32);
    }
    stage.receive_all();
    int again = 0;
    while (const auto handle = stage.guest.take_empty(0)) {
        CHECK(stage.guest.descriptor(handle)->length == (is_kept && sent.contains(handle) ? 90 : 0));
        again += sent.contains(handle) ? 1 : 0;
    }
    CHECK(again > 0);
}

TEST_CASE("a descriptor that says already what the next frame needs is not written again") {
    DeviceStage stage;
    stage.bring_up();
    const auto receive_one = [&](std::size_t size) {
        REQUIRE(stage.transmit(frame_bytes(size)) == 1);
        const auto handle = stage.guest.take_received(0);
        REQUIRE(handle != 0);
        return handle;
    };
    const auto give_back = [&](std::uint64_t handle) {
        REQUIRE(stage.guest.give_back(0, handle));
    };
    // The pool gives the buffer that came back last; hosts look for those when a share of the ring is out.
    std::map<std::uint64_t, int> seen;
    for (int i = 0; i < 64; ++i) {
        const auto handle = receive_one(90);
        avp_descriptor* descriptor = stage.guest.descriptor(handle);
        CHECK((descriptor->length == 90 && descriptor->frame_bytes == 90 && descriptor->segments == 1));
        if (++seen[handle] == 2)
            CHECK(descriptor->host_private_tail[0] ==
                  0x77);  // what we left there: nothing else was written either
        descriptor->host_private_tail[0] = 0x77;
        give_back(handle);
    }
    // Another size is.
    for (int i = 0; i < 64; ++i) {
        const auto handle = receive_one(i % 2 == 0 ? 91 : 90);
        CHECK(stage.guest.descriptor(handle)->length == (i % 2 == 0 ? 91 : 90));
        give_back(handle);
    }
}

TEST_CASE("a guest that wrote over its descriptors finds them right after the device was reset") {
    DeviceStage stage;
    stage.bring_up();
    for (int i = 0; i < 20; ++i) {
        REQUIRE(stage.transmit(frame_bytes(90)) == 1);
        const auto handle = stage.guest.take_received(0);
        stage.guest.descriptor(handle)->length = 17;
        REQUIRE(stage.guest.give_back(0, handle));
    }
    REQUIRE(stage.guest.shut_down() == 0);
    stage.bring_up();
    for (int i = 0; i < 20; ++i) {
        REQUIRE(stage.transmit(frame_bytes(90)) == 1);
        const auto frame = stage.guest.receive(0);
        REQUIRE(frame);
        CHECK(frame->bytes == frame_bytes(90));
    }
}
