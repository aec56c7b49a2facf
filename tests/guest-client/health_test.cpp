// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The lattice of ailments.
#include "guest-client/health.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

namespace vnf::guest {
namespace {

using wire::CorrectiveAction;
using wire::HealthCause;

const runtime::TimePoint now{};

HealthSource app(std::uint32_t key) {
    return {HealthSource::Kind::Application, key};
}

Ailment ailment(CorrectiveAction action, const std::string& name) {
    return {HealthCause::ApplicationUnhealthy, action, name, name + " ails"};
}

}  // namespace

TEST_CASE("nothing that ails is healthy, with the script's last line") {
    HealthBoard board(CorrectiveAction::Reboot);
    board.set_script_output("all fine");
    CHECK(board.verdict().health == wire::Health::Healthy);
    CHECK(board.verdict().log == "all fine");
}

TEST_CASE("stop wins over reboot over log over none, whatever the order of arrival") {
    std::array actions{CorrectiveAction::Stop, CorrectiveAction::Reboot, CorrectiveAction::Log,
                       CorrectiveAction::None};
    std::array<std::size_t, 4> order{0, 1, 2, 3};
    do {
        HealthBoard board(CorrectiveAction::Reboot);
        for (const std::size_t i : order) {
            board.ail(app(static_cast<std::uint32_t>(i)), ailment(actions.at(i), std::to_string(i)), now);
        }
        for (std::size_t strongest = 0; strongest < actions.size(); ++strongest) {
            CHECK(board.verdict().health == wire::Health::Unhealthy);
            CHECK(board.verdict().action == actions.at(strongest));
            CHECK(board.verdict().application == std::to_string(strongest));
            board.recover(app(static_cast<std::uint32_t>(strongest)));
        }
        CHECK(board.verdict().health == wire::Health::Healthy);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("among equals the first to ail speaks, also when it says something else later") {
    HealthBoard board(CorrectiveAction::Reboot);
    board.ail(app(9), ailment(CorrectiveAction::Log, "first"), now);
    board.ail(app(1), ailment(CorrectiveAction::Log, "second"), now);
    CHECK(board.verdict().application == "first");
    board.ail(app(9), {HealthCause::ApplicationTimeout, CorrectiveAction::Log, "first", "later"}, now);
    CHECK(board.verdict().log == "later");
    CHECK(board.ailments().size() == 2);
}

TEST_CASE("an ailment without a known action is never healthy") {
    HealthBoard board(CorrectiveAction::Stop);
    board.ail(app(1), ailment(CorrectiveAction::Unknown, "db"), now);
    CHECK(board.verdict().health == wire::Health::Unhealthy);
    CHECK(board.verdict().action == CorrectiveAction::Stop);
}

TEST_CASE("an ailment of action none is unhealthy without an action") {
    HealthBoard board(CorrectiveAction::Reboot);
    board.ail(app(1), ailment(CorrectiveAction::None, "db"), now);
    CHECK(board.verdict().health == wire::Health::Unhealthy);
    CHECK(board.verdict().action == CorrectiveAction::None);
}

TEST_CASE("every reason is kept, the earliest first") {
    HealthBoard board(CorrectiveAction::Reboot);
    board.ail({HealthSource::Kind::Script, 0}, {HealthCause::ScriptHung, CorrectiveAction::Log, {}, "hung"},
              now);
    board.ail(app(3), ailment(CorrectiveAction::Stop, "db"), now);
    const auto all = board.ailments();
    REQUIRE(all.size() == 2);
    CHECK(all[0].second.ailment.reason == "hung");
    CHECK(all[1].second.ailment.reason == "db ails");
}

TEST_CASE("another text is the same state, another cause is not") {
    Verdict verdict;
    verdict.health = wire::Health::Unhealthy;
    Verdict other = verdict;
    other.log = "text";
    CHECK(same_state(verdict, other));
    other.cause = HealthCause::ApplicationDied;
    CHECK_FALSE(same_state(verdict, other));
}

}  // namespace vnf::guest
