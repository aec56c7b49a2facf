// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One timer for a whole daemon, on the real loop. What must not happen is shown by what comes after it.
#include <catch2/catch.hpp>

#include "runtime/wakeup.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;
using namespace std::chrono_literals;

namespace {

struct Woken {
    boost::asio::io_context io;
    int times = 0;
    TimePoint next = never;  ///< set from within the wake-up
    Wakeup wakeup{io, [this] {
                      ++times;
                      wakeup.set(std::exchange(next, never));
                  }};
};

}  // namespace

TEST_CASE("a wake-up comes once, and not before its time") {
    Woken at;
    const TimePoint when = Clock::now() + 5ms;
    at.wakeup.set(when);
    REQUIRE(run_until(at.io, [&at] { return at.times == 1; }));
    CHECK(Clock::now() >= when);
    run_ready(at.io);
    CHECK(at.times == 1);
    CHECK(at.wakeup.count() == 1);
}

TEST_CASE("an earlier time takes the place of a later one, and a later one that of an earlier") {
    Woken at;
    at.wakeup.set(Clock::now() + 1h);
    at.wakeup.set(Clock::now());
    REQUIRE(run_until(at.io, [&at] { return at.times == 1; }));
    const TimePoint soon = Clock::now() + 1ms;
    at.wakeup.set(soon);
    at.wakeup.set(soon + 1h);
    bool later = false;
    boost::asio::steady_timer after(at.io, soon + 1ms);
    after.async_wait([&later](const boost::system::error_code&) { later = true; });
    REQUIRE(run_until(at.io, [&later] { return later; }));
    CHECK(at.times == 1);
}

TEST_CASE("with nothing set the loop has nothing to wait for") {
    Woken at;
    at.wakeup.set(Clock::now() + 1h);
    at.wakeup.set(never);
    at.io.run();
    CHECK(at.times == 0);
    CHECK(at.wakeup.count() == 0);
}

TEST_CASE("a wake-up sets the next, of the same time too") {
    Woken at;
    at.next = Clock::now();
    at.wakeup.set(at.next);
    REQUIRE(run_until(at.io, [&at] { return at.times == 2; }));
    at.io.restart();
    at.io.run();
    CHECK(at.wakeup.count() == 2);
}

TEST_CASE("setting the time that is set already changes nothing") {
    Woken at;
    const TimePoint now = Clock::now();
    at.wakeup.set(now);
    at.wakeup.set(now);
    at.io.run();
    CHECK(at.times == 1);
}

TEST_CASE("a wait that has ended is not a wake-up once another time is set") {
    Woken at;
    at.wakeup.set(Clock::now());
    // The one run of the reactor that finds the timer expired also runs this, before the timer's handler.
    boost::asio::steady_timer first(at.io, Clock::now() - 1s);
    first.async_wait([&at](const boost::system::error_code&) { at.wakeup.set(never); });
    at.io.run();
    CHECK(at.times == 0);
}

TEST_CASE("a destroyed one calls nobody") {
    boost::asio::io_context io;
    int times = 0;
    {
        Wakeup wakeup(io, [&times] { ++times; });
        wakeup.set(Clock::now());
    }
    io.run();
    CHECK(times == 0);
}
