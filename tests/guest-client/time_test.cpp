// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Standstills and ids.
#include <catch2/catch.hpp>
#include <set>

#include "guest-client/random_id.hpp"
#include "guest-client/stall_watch.hpp"

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using runtime::TimePoint;

const TimePoint start{std::chrono::hours(1)};

}  // namespace

TEST_CASE("sleeping longer than asked is a stall, and from 100 ms on all of the sleep is") {
    StallWatch watch;
    const auto late = [&](Milliseconds asked, Milliseconds woken) {
        watch.sleeping(start, start + asked);
        return watch.awake(start + woken);
    };
    CHECK(late(Milliseconds(1000), Milliseconds(500)).count() == 0);
    CHECK(late(Milliseconds(1000), Milliseconds(1010)).count() == 0);
    CHECK(late(Milliseconds(1000), Milliseconds(1050)) == Milliseconds(50));
    CHECK(watch.gaps() == 0);
    CHECK(late(Milliseconds(1000), Milliseconds(9000)) == Milliseconds(9000));
    CHECK(watch.gaps() == 1);
}

TEST_CASE("without a deadline nobody can be late") {
    StallWatch watch;
    watch.sleeping(start, runtime::never);
    CHECK(watch.awake(start + std::chrono::hours(10)).count() == 0);
}

TEST_CASE("G-46: ids are positive and differ from one process's start to the next") {
    const RandomId one = kernel_random_ids();
    const RandomId other = kernel_random_ids();
    std::set<std::int32_t> seen;
    for (int i = 0; i < 200; ++i) {
        seen.insert(one());
        seen.insert(other());
    }
    CHECK(seen.size() >= 399);
    CHECK(*seen.begin() > 0);
}

}  // namespace vnf::guest
