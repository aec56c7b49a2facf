// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The result lattice of one vote or notification.
#include <catch2/catch.hpp>

#include "host-agent/action_transaction.hpp"

using namespace vnf;
using namespace vnf::host;
using namespace std::chrono_literals;
using wire::Notification;
using wire::VoteResult;

namespace {

constexpr TimePoint start{1000s};

ActionTransaction transaction(Notification notification) {
    return {42, {wire::Event::Stop, notification, std::nullopt, "me"}, 9000ms, 20000ms, start};
}

struct Row {
    VoteResult said;
    ActionResult to_vote, to_notification;
    bool vote_allowed;
};

}  // namespace

TEST_CASE("H-33: every word of a guest has a result, and only a rejected vote is not allowed") {
    const std::vector<Row> rows{{VoteResult::Accept, ActionResult::Accept, ActionResult::Complete, true},
                                {VoteResult::Complete, ActionResult::Accept, ActionResult::Complete, true},
                                {VoteResult::Reject, ActionResult::Reject, ActionResult::Reject, false},
                                {VoteResult::Timeout, ActionResult::Timeout, ActionResult::Timeout, true},
                                {VoteResult::Error, ActionResult::Error, ActionResult::Error, true},
                                {VoteResult::Unknown, ActionResult::Unknown, ActionResult::Unknown, true}};
    for (const Row& row : rows) {
        INFO(word(row.said));
        const auto vote = transaction(Notification::Revocable);
        const auto to_vote =
            vote.answered({42, wire::Event::Stop, Notification::Revocable, row.said, "why"}, start + 5ms);
        CHECK(to_vote.result == row.to_vote);
        CHECK(to_vote.allowed == row.vote_allowed);
        CHECK(to_vote.latency == 5ms);
        REQUIRE_FALSE(to_vote.reasons.empty());
        CHECK(to_vote.reasons.front() == "why");

        const auto notification = transaction(Notification::Irrevocable);
        const auto to_notification = notification.answered(
            {42, wire::Event::Stop, Notification::Irrevocable, row.said, "why"}, start + 5ms);
        CHECK(to_notification.result == row.to_notification);
        CHECK(to_notification.allowed);
    }
}

TEST_CASE("On expiry a vote counts as accepted and a notification as completed, and the reason says so") {
    const auto vote = transaction(Notification::Revocable).expired(start + 9000ms);
    CHECK(vote.result == ActionResult::Timeout);
    CHECK(vote.allowed);
    CHECK(vote.reasons.at(0).find("9000 ms") != std::string::npos);
    CHECK(vote.reasons.at(0).find("accepted") != std::string::npos);
    const auto notification = transaction(Notification::Irrevocable).expired(start + 9000ms);
    CHECK(notification.allowed);
    CHECK(notification.reasons.at(0).find("completed") != std::string::npos);
}

TEST_CASE("Only the same id, event and notification are an answer") {
    const auto vote = transaction(Notification::Revocable);
    CHECK(vote.matches({42, wire::Event::Stop, Notification::Revocable, VoteResult::Accept, ""}));
    CHECK_FALSE(vote.matches({41, wire::Event::Stop, Notification::Revocable, VoteResult::Accept, ""}));
    CHECK_FALSE(vote.matches({42, wire::Event::Reboot, Notification::Revocable, VoteResult::Accept, ""}));
    CHECK_FALSE(vote.matches({42, wire::Event::Unknown, Notification::Revocable, VoteResult::Accept, ""}));
    CHECK_FALSE(vote.matches({42, wire::Event::Stop, Notification::Irrevocable, VoteResult::Accept, ""}));
}

TEST_CASE("Extensions add up to the limit and no further") {
    auto vote = transaction(Notification::Revocable);
    const auto granted = vote.extend({42, 5000ms, ""}, start + 1000ms);
    CHECK(granted.granted);
    CHECK(granted.remaining == 13000ms);
    CHECK(vote.extend({42, 6000ms, ""}, start + 1000ms).granted);
    const auto refused = vote.extend({42, 1ms, ""}, start + 1000ms);
    CHECK_FALSE(refused.granted);
    CHECK(refused.remaining == 19000ms);
    CHECK(vote.deadline() == start + 20000ms);
    CHECK_FALSE(vote.extend({42, -1ms, ""}, start).granted);
}

TEST_CASE("A cancelled action is not allowed, a guest that went away during one allows it") {
    CHECK_FALSE(transaction(Notification::Irrevocable).cancelled("enough", start).allowed);
    const auto interrupted = transaction(Notification::Revocable).interrupted("gone", start);
    CHECK(interrupted.result == ActionResult::Error);
    CHECK(interrupted.allowed);
}
