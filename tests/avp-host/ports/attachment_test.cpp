// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How long a worker waits for a port that the control thread has, on a clock of the test's.
#include "avp-host/ports/attachment.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/avp-host/ports/frame_box.hpp"

using namespace vnf::avp;
using namespace std::chrono_literals;
using vnf::runtime::TimePoint;

namespace {

/// Goes on by a microsecond each time that somebody looks, and lets the gate go when it is time.
struct TestClock {
    TimePoint now{1h};
    TimePoint lets_go_at = TimePoint::max();
    PortGate::Hold held;
};
TestClock test_clock;

TimePoint look() {
    test_clock.now += 1us;
    if (test_clock.now >= test_clock.lets_go_at)
        test_clock.held = {};
    return test_clock.now;
}

struct Waiting {
    Waiting() : attachment("port", box, gate, look) {
        test_clock = {};
        test_clock.held = gate.hold();
    }
    ~Waiting() { test_clock = {}; }
    FrameBox box;
    PortGate gate;
    Attachment attachment;
};

}  // namespace

TEST_CASE("a port that the control thread lets go within a millisecond is there for the round") {
    Waiting port;
    test_clock.lets_go_at = test_clock.now + 900us;
    CHECK(port.attachment.enter(test_clock.now));
    CHECK(port.attachment.is_held());
    port.attachment.leave();
    CHECK(port.gate.hold().owns_lock());
}

TEST_CASE(
    "a port that the control thread keeps costs a millisecond at once, and one in a hundred after that") {
    Waiting port;
    const TimePoint begin = test_clock.now;
    CHECK_FALSE(port.attachment.enter(test_clock.now));
    const auto first = test_clock.now - begin;
    CHECK(first >= 900us);
    CHECK(first <= 1100us);
    std::chrono::nanoseconds waited{0};
    for (int round = 0; round < 10000; ++round) {
        const TimePoint before = test_clock.now;
        CHECK_FALSE(port.attachment.enter(test_clock.now));
        waited += test_clock.now - before;
        test_clock.now += 100us;
    }
    CHECK(waited <= 11ms);  // of a second
    CHECK(waited >= 9ms);
}

TEST_CASE("a worker keeps its port from round to round, until somebody waits for it or it rests") {
    PortGate gate;
    GateHold worker(gate);
    REQUIRE(worker.take());
    REQUIRE(worker.take());
    CHECK_FALSE(gate.try_hold().owns_lock());
    std::atomic<bool> was_held{false};
    std::thread control([&] {
        const auto held = gate.hold();
        was_held = true;
    });
    while (!was_held)
        worker.take();  // in some round it finds that it is waited for, and lets go
    control.join();
    REQUIRE(worker.take());
    worker.let_go();
    CHECK_FALSE(worker.is_held());
    CHECK(gate.try_hold().owns_lock());
}
