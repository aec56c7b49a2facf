// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Exit statuses and what they mean.
#include "guest-client/script_verdict.hpp"

#include <catch2/catch.hpp>

namespace vnf::guest {
namespace {

using End = runtime::ChildOutcome::End;

runtime::ChildOutcome outcome(End end, int code, std::string line = {}) {
    runtime::ChildOutcome one;
    one.end = end;
    one.code = code;
    one.first_line = std::move(line);
    return one;
}

}  // namespace

TEST_CASE("a health script's 0 is healthy and 1 unhealthy, with its first line") {
    CHECK(health_finding(outcome(End::Exited, 0, "fine"), false).finding == ScriptFinding::Healthy);
    CHECK(health_finding(outcome(End::Exited, 0, "fine"), false).text == "fine");
    CHECK(health_finding(outcome(End::Exited, 1, "disk"), false).finding == ScriptFinding::Unhealthy);
    CHECK(health_finding(outcome(End::Exited, 1, "disk"), false).text == "disk");
}

TEST_CASE("G-40: any other end of a health script is unhealthy, and healthy only with legacy_script_exit") {
    for (const auto& one :
         {outcome(End::Exited, 2), outcome(End::Exited, 127), outcome(End::Signalled, 11)}) {
        CHECK(health_finding(one, false).finding == ScriptFinding::Unhealthy);
        CHECK(health_finding(one, true).finding == ScriptFinding::Healthy);
    }
}

TEST_CASE("G-20: a hung health script is a finding") {
    CHECK(health_finding(outcome(End::DeadlinePassed, 0), false).finding == ScriptFinding::Hung);
    CHECK(health_finding(outcome(End::DeadlinePassed, 0), true).finding == ScriptFinding::Healthy);
}

TEST_CASE("G-39: a script that could not be started neither rejects nor makes the guest unwell") {
    const auto missing = outcome(End::NotStarted, 0);
    CHECK(health_finding(missing, false).finding == ScriptFinding::NotRun);
    CHECK(health_finding(missing, true).finding == ScriptFinding::NotRun);
    CHECK(event_finding(missing).vote == wire::VoteResult::Error);
}

TEST_CASE(
    "an event script's 0 accepts, 1 rejects, its deadline is a timeout and all else an error that says "
    "what") {
    CHECK(event_finding(outcome(End::Exited, 0)).vote == wire::VoteResult::Accept);
    CHECK(event_finding(outcome(End::Exited, 1, "busy")).vote == wire::VoteResult::Reject);
    CHECK(event_finding(outcome(End::Exited, 1, "busy")).text == "busy");
    CHECK(event_finding(outcome(End::DeadlinePassed, 0)).vote == wire::VoteResult::Timeout);
    const auto crashed = event_finding(outcome(End::Signalled, 11));
    CHECK(crashed.vote == wire::VoteResult::Error);
    CHECK_FALSE(crashed.text.empty());
}

TEST_CASE("what a script says is text when it goes on") {
    CHECK(health_finding(outcome(End::Exited, 1, "bad \xff byte"), false).text == "bad ? byte");
}

}  // namespace vnf::guest
