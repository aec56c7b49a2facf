// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Turns and shares.
#include "guest-client/fair_queue.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace vnf::guest {
namespace {

using Queue = FairQueue<int, std::string>;

std::string take_all(Queue& queue) {
    std::string all;
    while (const auto next = queue.take()) {
        all += next->second;
    }
    return all;
}

TEST_CASE("senders take turns, and each keeps its own order") {
    Queue queue(10);
    for (const char* item : {"a", "b", "c", "d"}) {
        queue.push(1, item);
    }
    queue.push(2, "x");
    queue.push(3, "1");
    queue.push(3, "2");
    CHECK(take_all(queue) == "ax1b2cd");
    CHECK(queue.empty());
}

TEST_CASE("a share takes exactly its size, and nobody else's is touched") {
    Queue queue(256);
    for (int i = 0; i < 256; ++i) {
        CHECK_FALSE(queue.full(1));
        REQUIRE(queue.push(1, "a"));
    }
    CHECK(queue.full(1));
    CHECK_FALSE(queue.push(1, "b"));
    CHECK(queue.size(1) == 256);
    CHECK(queue.push(2, "c"));
    queue.take();
    CHECK(queue.push(1, "b"));
}

TEST_CASE("what one sender has waiting can be taken out, and the others' turns go on") {
    Queue queue(10);
    queue.push(1, "a");
    queue.push(2, "x");
    queue.push(1, "b");
    queue.push(3, "1");
    CHECK(queue.remove(1) == Queue::Items{"a", "b"});
    CHECK(queue.remove(1).empty());
    CHECK(queue.senders() == 2);
    CHECK(take_all(queue) == "x1");
}

TEST_CASE("everything can be taken out at once") {
    Queue queue(10);
    queue.push(1, "a");
    queue.push(2, "x");
    CHECK(queue.clear() == std::map<int, Queue::Items>{{1, {"a"}}, {2, {"x"}}});
    CHECK(queue.empty());
    CHECK_FALSE(queue.take());
    CHECK(queue.push(1, "b"));
}

}  // namespace
}  // namespace vnf::guest
