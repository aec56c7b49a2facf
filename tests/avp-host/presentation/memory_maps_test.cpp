// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include <catch2/catch.hpp>
#include <cerrno>

#include "avp-host/presentation/memory_maps.hpp"

using vnf::avp::MemoryMaps;

TEST_CASE("ranges of a client's memory must not overlap, and may touch") {
    MemoryMaps maps(10);
    REQUIRE(maps.add(0x1000, 0x1000) == 0);
    CHECK(maps.add(0x1000, 0x1000) == EEXIST);
    CHECK(maps.add(0x1FFF, 1) == EEXIST);
    CHECK(maps.add(0x0FFF, 2) == EEXIST);
    CHECK(maps.add(0, ~std::uint64_t{0}) == EEXIST);
    CHECK(maps.add(0x2000, 0x1000) == 0);
    CHECK(maps.add(0, 0x1000) == 0);
    CHECK(maps.add(0x3000, ~std::uint64_t{0} - 0x2FFF) == 0);
    CHECK(maps.size() == 4);
}

TEST_CASE("a client may tell of so many ranges and no more") {
    MemoryMaps maps(100);
    for (std::uint64_t i = 0; i < 100; ++i)
        REQUIRE(maps.add(i * 4096, 4096) == 0);
    CHECK(maps.add(100 * 4096, 4096) == ENOSPC);
    CHECK(maps.remove(0, 4096) == 0);
    CHECK(maps.add(100 * 4096, 4096) == 0);
}

TEST_CASE("a removal takes whole ranges, cuts none, and may find nothing") {
    MemoryMaps maps(10);
    REQUIRE(maps.add(0x1000, 0x2000) == 0);
    REQUIRE(maps.add(0x4000, 0x2000) == 0);
    CHECK(maps.remove(0x1000, 0x1000) == EINVAL);
    CHECK(maps.remove(0x2000, 0x1000) == EINVAL);
    CHECK(maps.remove(0x0, 0x5000) == EINVAL);
    CHECK(maps.size() == 2);
    CHECK(maps.remove(0x3000, 0x1000) == 0);
    CHECK(maps.size() == 2);
    CHECK(maps.remove(0, ~std::uint64_t{0}) == 0);
    CHECK(maps.size() == 0);
}
