// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The rate budget on a virtual clock.
#include <catch2/catch.hpp>

#include "runtime/rate_budget.hpp"

using namespace vnf::runtime;
using namespace std::chrono_literals;

TEST_CASE("A budget gives its burst at once, then one for each period, and never more than the burst") {
    RateBudget budget(3, 100ms);
    TimePoint now(1000s);
    for (int i = 0; i < 3; ++i)
        CHECK(budget.take(now));
    CHECK_FALSE(budget.take(now));
    CHECK(budget.next() == now + 100ms);
    CHECK_FALSE(budget.take(now + 99ms));
    CHECK(budget.take(now + 100ms));
    CHECK_FALSE(budget.take(now + 100ms));
    now += 3600s;
    for (int i = 0; i < 3; ++i)
        CHECK(budget.take(now));
    CHECK_FALSE(budget.take(now));
}

TEST_CASE("An amount is taken whole or not at all") {
    RateBudget budget(1000, std::chrono::nanoseconds(1000));
    const TimePoint now(1000s);
    CHECK_FALSE(budget.take(now, 1001));
    CHECK(budget.take(now, 900));
    CHECK_FALSE(budget.take(now, 101));
    CHECK(budget.take(now, 100));
}
