// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The ring's own rules: order, capacity, what is refused of a peer. The stress across processes is in tests/avp-host.
#include "avp-abi/avp_ring.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

extern "C" int avp_ring_round_trip_in_c();

namespace {

/// A ring's memory and both sides of it.
struct RingPair {
    explicit RingPair(std::uint32_t length) : memory(AVP_FIFO_BYTES(length) / 8) {
        avp_fifo_clear(fifo(), length);
        REQUIRE(avp_ring_open_producer(&producer, fifo(), length));
        REQUIRE(avp_ring_open_consumer(&consumer, fifo(), length));
    }
    avp_fifo* fifo() { return reinterpret_cast<avp_fifo*>(memory.data()); }
    void put(std::uint64_t value) {
        avp_ring_fill(&producer, 0, value);
        avp_ring_publish(&producer, 1);
    }
    std::uint64_t get() {
        const std::uint64_t value = avp_ring_peek(&consumer, 0);
        avp_ring_take(&consumer, 1);
        avp_ring_give_back(&consumer);
        return value;
    }

    std::vector<std::uint64_t> memory;
    avp_ring producer{};
    avp_ring consumer{};
};

}  // namespace

TEST_CASE("a ring holds one entry less than its length, and gives them in order, many times around") {
    const auto length = GENERATE(2U, 4U, 64U, std::uint32_t{AVP_MAX_RING_SLOTS});
    RingPair ring(length);
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    for (int round = 0; round < 5; ++round) {
        REQUIRE(avp_ring_room(&ring.producer, length) == static_cast<int>(length - 1));
        while (avp_ring_room(&ring.producer, 1) == 1)
            ring.put(in++);
        REQUIRE(avp_ring_ready(&ring.consumer, length) == static_cast<int>(length - 1));
        for (std::uint32_t i = 0; i + 1 < length; ++i)
            REQUIRE(ring.get() == out++);
        REQUIRE(avp_ring_ready(&ring.consumer, 1) == 0);
    }
    CHECK(in == out);
}

TEST_CASE("slots that were taken are the producer's again only once they are given back") {
    RingPair ring(4);
    ring.put(1);
    ring.put(2);
    ring.put(3);
    REQUIRE(avp_ring_ready(&ring.consumer, 2) == 2);
    avp_ring_take(&ring.consumer, 2);
    CHECK(avp_ring_room(&ring.producer, 1) == 0);
    CHECK(avp_ring_ready(&ring.consumer, 4) == 1);
    CHECK(avp_ring_peek(&ring.consumer, 0) == 3);
    avp_ring_give_back(&ring.consumer);
    CHECK(avp_ring_room(&ring.producer, 4) == 2);
}

TEST_CASE("an index outside the ring is refused, whoever wrote it") {
    RingPair ring(64);
    const auto index = GENERATE(64U, 65U, 0x80000000U, 0xFFFFFFFFU);
    ring.fifo()->read = index;
    CHECK(avp_ring_room(&ring.producer, 64) < 0);
    ring.fifo()->write = index;
    CHECK(avp_ring_ready(&ring.consumer, 64) < 0);
    avp_ring again{};
    CHECK_FALSE(avp_ring_open_producer(&again, ring.fifo(), 64));
    CHECK_FALSE(avp_ring_open_consumer(&again, ring.fifo(), 64));
}

TEST_CASE("a producer that moves back into what was taken is refused") {
    RingPair ring(64);
    for (std::uint64_t i = 0; i < 10; ++i)
        ring.put(i);
    REQUIRE(avp_ring_ready(&ring.consumer, 10) == 10);
    avp_ring_take(&ring.consumer, 10);
    ring.fifo()->write = 5;
    CHECK(avp_ring_ready(&ring.consumer, 1) < 0);
}

TEST_CASE("what a peer writes over our own index and the length changes nothing here") {
    RingPair ring(64);
    ring.put(7);
    ring.fifo()->read = 0;
    ring.fifo()->length = 0xFFFFFFFF;
    REQUIRE(avp_ring_ready(&ring.consumer, 64) == 1);
    CHECK(ring.get() == 7);
    CHECK(ring.fifo()->read == 1);
    ring.fifo()->write = 50;
    ring.put(8);
    CHECK(ring.fifo()->write == 2);
}

TEST_CASE("what is published lazily comes with an eighth of the ring, or when it is asked for") {
    RingPair ring(64);
    for (std::uint64_t i = 0; i < 7; ++i) {
        avp_ring_fill(&ring.producer, 0, i);
        avp_ring_publish_lazily(&ring.producer, 1);
    }
    CHECK(avp_ring_ready(&ring.consumer, 64) == 0);
    CHECK(avp_ring_room(&ring.producer, 64) == 63 - 7);
    avp_ring_fill(&ring.producer, 0, 7);
    avp_ring_publish_lazily(&ring.producer, 1);
    REQUIRE(avp_ring_ready(&ring.consumer, 64) == 8);
    for (std::uint64_t i = 0; i < 8; ++i)
        CHECK(ring.get() == i);
    avp_ring_fill(&ring.producer, 0, 8);
    avp_ring_publish_lazily(&ring.producer, 1);
    CHECK(avp_ring_ready(&ring.consumer, 1) == 0);
    avp_ring_publish(&ring.producer, 0);
    REQUIRE(avp_ring_ready(&ring.consumer, 64) == 1);
    CHECK(ring.get() == 8);
}

TEST_CASE("slots that are given back lazily come with an eighth of the ring, in a ring of two at once") {
    RingPair ring(64);
    for (std::uint64_t i = 0; i < 63; ++i)
        ring.put(i);
    REQUIRE(avp_ring_ready(&ring.consumer, 64) == 63);
    CHECK(avp_ring_known(&ring.consumer, 64) == 63);
    for (int i = 0; i < 7; ++i) {
        avp_ring_take(&ring.consumer, 1);
        avp_ring_give_back_lazily(&ring.consumer);
    }
    CHECK(avp_ring_room(&ring.producer, 1) == 0);
    CHECK(avp_ring_known(&ring.consumer, 64) == 56);
    CHECK(avp_ring_known(&ring.consumer, 3) == 3);
    avp_ring_take(&ring.consumer, 1);
    avp_ring_give_back_lazily(&ring.consumer);
    CHECK(avp_ring_room(&ring.producer, 64) == 8);

    RingPair least(2);
    least.put(1);
    REQUIRE(avp_ring_ready(&least.consumer, 1) == 1);
    avp_ring_take(&least.consumer, 1);
    avp_ring_give_back_lazily(&least.consumer);
    avp_ring_fill(&least.producer, 0, 2);
    REQUIRE(avp_ring_room(&least.producer, 1) == 1);
    avp_ring_publish_lazily(&least.producer, 1);
    CHECK(avp_ring_ready(&least.consumer, 1) == 1);
}

TEST_CASE("a consumer that moves back before what is kept from it is refused") {
    RingPair ring(64);
    for (int i = 0; i < 10; ++i)
        ring.put(0);
    REQUIRE(avp_ring_ready(&ring.consumer, 10) == 10);
    avp_ring_take(&ring.consumer, 10);
    avp_ring_give_back(&ring.consumer);
    REQUIRE(avp_ring_room(&ring.producer, 63) == 63);
    ring.producer.pending = 7;
    ring.fifo()->read = 15;  // four free slots, of which seven are filled
    CHECK(avp_ring_room(&ring.producer, 63) < 0);
}

TEST_CASE("a length is taken only if it is a power of two that fits its room") {
    RingPair ring(64);
    CHECK(avp_fifo_length(ring.fifo(), AVP_FIFO_BYTES(64)) == 64);
    CHECK(avp_fifo_length(ring.fifo(), AVP_FIFO_BYTES(64) - 1) == 0);
    CHECK(avp_fifo_length(ring.fifo(), 15) == 0);
    for (const std::uint32_t length : {0U, 1U, 3U, 63U, 65536U, 0xFFFFFFFFU}) {
        ring.fifo()->length = length;
        CHECK(avp_fifo_length(ring.fifo(), ~std::uint64_t{0}) == 0);
    }
    ring.fifo()->length = 64;
    ring.fifo()->element_bytes = 4;
    CHECK(avp_fifo_length(ring.fifo(), ~std::uint64_t{0}) == 0);
}

TEST_CASE("the functions are the same from C") {
    CHECK(avp_ring_round_trip_in_c() == 17);
}
