// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which vCPU goes: helper over application over the highest one, never 0 and never one without a switch.
#include "libguestscale/src/choice.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace vnf::guestscale;
using vnf::wire::Cpu;
using vnf::wire::CpuSet;

const CpuView four{{0, 1, 2, 3}, {1, 2, 3}};
constexpr auto nobody = std::optional<Cpu>();

}  // namespace

TEST_CASE("without a word the highest online vCPU goes") {
    CHECK(choose_down(four, nobody, nobody) == Choice{3, ChoiceSource::Default});
    CHECK(choose_down({{0, 1, 2}, {1, 2, 3}}, nobody, nobody) == Choice{2, ChoiceSource::Default});
    CHECK(choose_down({{0, 1, 4095}, {1, 4095}}, nobody, nobody) == Choice{4095, ChoiceSource::Default});
}

TEST_CASE("the helper's word counts before an application's, an application's before none") {
    CHECK(choose_down(four, Cpu(1), Cpu(2)) == Choice{1, ChoiceSource::Helper});
    CHECK(choose_down(four, nobody, Cpu(2)) == Choice{2, ChoiceSource::Application});
}

TEST_CASE("vCPU 0 stays, whoever names it and whatever the view says") {
    CHECK(choose_down(four, Cpu(0), nobody) == Choice{3, ChoiceSource::Default});
    CHECK(choose_down(four, Cpu(0), Cpu(0)) == Choice{3, ChoiceSource::Default});
    CHECK_FALSE(choose_down({{0}, {0}}, Cpu(0), Cpu(0)));
    CHECK(choose_down({{0, 1}, {0, 1}}, Cpu(0), Cpu(0)) == Choice{1, ChoiceSource::Default});
}

TEST_CASE("one without a switch stays") {
    CHECK(choose_down({{0, 1, 2, 3}, {1, 2}}, nobody, nobody) == Choice{2, ChoiceSource::Default});
    CHECK(choose_down({{0, 1, 2, 3}, {1, 2}}, Cpu(3), Cpu(3)) == Choice{2, ChoiceSource::Default});
    CHECK_FALSE(choose_down({{0, 1, 2, 3}, {}}, nobody, nobody));
}

TEST_CASE("a number that is no vCPU is passed over, to the next in order") {
    CHECK(choose_down(four, Cpu(126), Cpu(2)) == Choice{2, ChoiceSource::Application});
    CHECK(choose_down(four, Cpu(200), Cpu(99)) == Choice{3, ChoiceSource::Default});
}

TEST_CASE("the helper may name one that is offline already, an application may not") {
    const CpuView three{{0, 1, 2}, {1, 2, 3}};
    CHECK(choose_down(three, Cpu(3), nobody) == Choice{3, ChoiceSource::Helper});
    CHECK(choose_down(three, nobody, Cpu(3)) == Choice{2, ChoiceSource::Default});
}

TEST_CASE("the last vCPU stays") {
    CHECK_FALSE(choose_down({{0}, {1, 2, 3}}, nobody, Cpu(1)));
    CHECK_FALSE(choose_down({{}, {}}, Cpu(1), Cpu(1)));
}
