// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The deadline queue.
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <random>

#include "host-agent/deadline_queue.hpp"

using namespace vnf;
using namespace vnf::host;
using namespace std::chrono_literals;

namespace {

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): final, and its base's destructor is protected
struct Entry final : DeadlineEntry {
    void due(TimePoint) override {}
};

}  // namespace

TEST_CASE("Deadlines come in their order, and only when they are due") {
    DeadlineQueue queue;
    Entry a;
    Entry b;
    Entry c;
    queue.set(a, TimePoint(3s));
    queue.set(b, TimePoint(1s));
    queue.set(c, TimePoint(2s));
    CHECK(queue.next() == TimePoint(1s));
    CHECK(queue.take_due(TimePoint(500ms)) == nullptr);
    CHECK(queue.take_due(TimePoint(5s)) == &b);
    queue.set(a, TimePoint(1500ms));
    CHECK(queue.take_due(TimePoint(5s)) == &a);
    queue.set(c, runtime::never);
    CHECK(queue.take_due(TimePoint(5s)) == nullptr);
    CHECK(queue.next() == runtime::never);
}

TEST_CASE("A queue of a thousand entries agrees with a sorted map after many random changes") {
    DeadlineQueue queue;
    std::deque<Entry> entries(1000);
    std::map<std::size_t, TimePoint> expected;
    std::mt19937 random(1);
    for (int step = 0; step < 20000; ++step) {
        const std::size_t which = random() % entries.size();
        if (random() % 5 == 0) {
            queue.set(entries[which], runtime::never);
            expected.erase(which);
        } else {
            const TimePoint at(std::chrono::milliseconds(random() % 100000));
            queue.set(entries[which], at);
            expected[which] = at;
        }
        TimePoint earliest = runtime::never;
        if (step % 100 == 0) {
            for (const auto& [index, at] : expected)
                earliest = std::min(earliest, at);
            REQUIRE(queue.next() == earliest);
        }
    }
    REQUIRE(queue.size() == expected.size());
    TimePoint last{};
    while (!expected.empty()) {
        const TimePoint at = queue.next();
        DeadlineEntry* entry = queue.take_due(at);
        REQUIRE(entry != nullptr);
        REQUIRE(at >= last);
        last = at;
        std::size_t which = 0;
        while (&entries[which] != entry)
            ++which;
        REQUIRE(expected.at(which) == at);
        expected.erase(which);
    }
    CHECK(queue.size() == 0);
}
