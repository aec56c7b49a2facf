// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Gating, rate limits and repetition of corrective actions.
#include <catch2/catch.hpp>

#include "host-agent/corrective_runner.hpp"

using namespace vnf;
using namespace vnf::host;
using namespace std::chrono_literals;
using wire::CorrectiveAction;

namespace {

class RunnerStage {
  public:
    explicit RunnerStage(CorrectiveRules with = {}) : rules(with) {}

    void request(CorrectiveAction action, bool reporting = true) {
        runner.request({action, "test", "reason", ""}, reporting, now, fresh());
    }
    void finish(bool succeeded) { runner.finished(succeeded, now, fresh()); }
    void recover() { runner.recovered(fresh()); }
    void next_deadline() {
        REQUIRE(runner.deadline() != runtime::never);
        now = runner.deadline();
        runner.due(now, fresh());
    }
    const CorrectiveStart* started() const {
        for (const CorrectiveStep& step : steps)
            if (const auto* start = std::get_if<CorrectiveStart>(&step))
                return start;
        return nullptr;
    }
    bool has(JournalKind kind) const {
        for (const CorrectiveStep& step : steps)
            if (const auto* verdict = std::get_if<CorrectiveVerdict>(&step);
                verdict != nullptr && verdict->kind == kind)
                return true;
        return false;
    }
    CorrectiveSteps& fresh() {
        steps.clear();
        return steps;
    }

    CorrectiveRules rules;
    CorrectiveBudgets budgets{rules};
    CorrectiveRunner runner{rules, budgets};
    TimePoint now{1000s};
    CorrectiveSteps steps;
};

}  // namespace

TEST_CASE("A request starts at once, and a success ends it") {
    RunnerStage at;
    at.request(CorrectiveAction::Reboot);
    REQUIRE(at.started() != nullptr);
    CHECK(at.started()->attempt == 1);
    CHECK(at.runner.running());
    at.finish(true);
    CHECK_FALSE(at.runner.running());
    CHECK(at.runner.deadline() == runtime::never);
}

TEST_CASE("H-30: with reporting disabled nothing is acted upon, ill-health included") {
    RunnerStage at;
    at.request(CorrectiveAction::Reboot, false);
    CHECK(at.started() == nullptr);
    CHECK(at.has(JournalKind::CorrectiveSuppressed));
}

TEST_CASE("A guest can't ask for what the settings don't allow") {
    CorrectiveRules rules;
    rules.allow_stop = false;
    RunnerStage at(rules);
    at.request(CorrectiveAction::Stop);
    CHECK(at.started() == nullptr);
    CHECK(at.has(JournalKind::CorrectiveSuppressed));
    at.request(CorrectiveAction::None);
    CHECK(at.started() == nullptr);
    at.request(CorrectiveAction::Reboot);
    CHECK(at.started() != nullptr);
}

TEST_CASE("H-24: a failed run is repeated with a doubling pause, a bounded number of times") {
    RunnerStage at;
    at.request(CorrectiveAction::Reboot);
    at.finish(false);
    const TimePoint first = at.now;
    at.next_deadline();
    CHECK(at.now - first == 1000ms);
    REQUIRE(at.started() != nullptr);
    CHECK(at.started()->attempt == 2);
    at.finish(false);
    const TimePoint second = at.now;
    at.next_deadline();
    CHECK(at.now - second == 2000ms);
    CHECK(at.started()->attempt == 3);
    at.finish(false);
    CHECK(at.has(JournalKind::CorrectiveGivenUp));
    CHECK(at.runner.deadline() == runtime::never);
    CHECK_FALSE(at.runner.waiting());
}

TEST_CASE("At most one runs at a time; the strongest of what comes meanwhile follows") {
    RunnerStage at;
    at.request(CorrectiveAction::Reboot);
    at.request(CorrectiveAction::Log);
    CHECK(at.started() == nullptr);
    at.request(CorrectiveAction::Stop);
    CHECK(at.started() == nullptr);
    CHECK(at.has(JournalKind::CorrectiveSuppressed));
    at.request(CorrectiveAction::Reboot);
    CHECK(at.has(JournalKind::CorrectiveSuppressed));
    at.finish(true);
    REQUIRE(at.started() != nullptr);
    CHECK(at.started()->what.action == CorrectiveAction::Stop);
}

TEST_CASE("Beyond its budget a guest's action is delayed, not forgotten") {
    RunnerStage at;
    for (int i = 0; i < 3; ++i) {
        at.request(CorrectiveAction::Reboot);
        CHECK(at.started() != nullptr);
        at.finish(true);
    }
    const TimePoint asked = at.now;
    at.request(CorrectiveAction::Reboot);
    CHECK(at.started() == nullptr);
    CHECK(at.runner.waiting());
    at.next_deadline();
    CHECK(at.now - asked == 60s);
    CHECK(at.started() != nullptr);
}

TEST_CASE("The global budget holds over all guests, and does not cost a guest its own") {
    CorrectiveRules rules;
    rules.global_burst = 2;
    rules.global_period = 500ms;
    RunnerStage at(rules);
    CorrectiveRunner other(at.rules, at.budgets);
    CorrectiveRunner third(at.rules, at.budgets);
    at.request(CorrectiveAction::Reboot);
    other.request({CorrectiveAction::Reboot, "test", "", ""}, true, at.now, at.fresh());
    CHECK(at.started() != nullptr);
    third.request({CorrectiveAction::Reboot, "test", "", ""}, true, at.now, at.fresh());
    CHECK(at.started() == nullptr);
    CHECK(third.deadline() == at.now + 500ms);
    third.due(third.deadline(), at.fresh());
    CHECK(at.started() != nullptr);
}

TEST_CASE("Chatter of log actions never delays a reboot") {
    RunnerStage at;
    for (int i = 0; i < 10; ++i) {
        at.request(CorrectiveAction::Log);
        if (at.started() != nullptr)
            at.finish(true);
    }
    CHECK(at.runner.waiting());
    at.request(CorrectiveAction::Reboot);
    REQUIRE(at.started() != nullptr);
    CHECK(at.started()->what.action == CorrectiveAction::Reboot);
}

TEST_CASE("What has not begun is dropped when the guest recovers") {
    RunnerStage at;
    SECTION("a repetition that waits") {
        at.request(CorrectiveAction::Reboot);
        at.finish(false);
        at.recover();
        CHECK(at.has(JournalKind::CorrectiveDropped));
    }
    SECTION("a run that fails after the recovery") {
        at.request(CorrectiveAction::Reboot);
        at.recover();
        CHECK(at.steps.empty());
        at.finish(false);
        CHECK(at.has(JournalKind::CorrectiveDropped));
    }
    CHECK_FALSE(at.runner.waiting());
    CHECK(at.runner.deadline() == runtime::never);
}

TEST_CASE("A result that nobody waits for changes nothing") {
    RunnerStage at;
    at.finish(false);
    CHECK(at.steps.empty());
    CHECK(at.runner.deadline() == runtime::never);
}
