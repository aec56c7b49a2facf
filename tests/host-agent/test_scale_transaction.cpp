// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scale operations, by the rules of the specification's section 4.6, and every state of one with every event.
#include "tests/host-agent/scale_stage.hpp"

using namespace vnf;
using namespace vnf::host;

TEST_CASE("Down: the guest is asked, what it gives up is taken, and then the caller hears") {
    ScaleStage at;
    REQUIRE(at.begin(ScaleTask::Down) == GuestScaling::Beginning::Begun);
    CHECK(at.asks_down());
    CHECK(at.asked().timeout == 9000ms);
    CHECK(at.asked().peer == wire::ScalePeer::Ours);
    CHECK(at.actuates().empty());
    at.gave_up(3, "0-2");
    CHECK(at.actuates() == "-3");
    CHECK(at.decided().empty());
    CHECK(at.host() == "0-3");
    at.actuated();
    CHECK(at.decided() == "done");
    CHECK(at.host() == "0-2");
    CHECK_FALSE(at.scaling->account().diverged());
    CHECK(at.idle());
}

TEST_CASE("Up: the lowest that is offline is given, then the guest is told, with the set to be") {
    ScaleStage at({1, 4}, "0,3");
    at.begin(ScaleTask::Up);
    CHECK(at.actuates() == "+1");
    CHECK(at.asks_up() == -1);
    at.actuated();
    CHECK(at.host() == "0-1,3");
    CHECK(at.asks_up() == 1);
    CHECK(std::get<wire::ScaleUp>(at.asked().change).online == cpus("0-1,3"));
    CHECK(at.asked().timeout == 9000ms);
    at.brought_back(1, "0-1,3");
    CHECK(at.decided() == "done");
}

TEST_CASE("At a limit nobody is asked") {
    ScaleStage least({2, 4}, "0-1");
    least.begin(ScaleTask::Down);
    CHECK(least.decided() == "failed at_limit");
    CHECK(least.find<AskScale>() == nullptr);
    ScaleStage most;
    most.begin(ScaleTask::Up);
    CHECK(most.decided() == "failed at_limit");
    CHECK(most.actuates().empty());
    ScaleStage fixed({1, 1});
    fixed.begin(ScaleTask::Down);
    CHECK(fixed.decided() == "failed at_limit");
    fixed.begin(ScaleTask::Up);
    CHECK(fixed.decided() == "failed at_limit");
}

TEST_CASE(
    "A guest that names a vCPU that it has not, vCPU 0, or one offline for the host: an error, and nothing "
    "is taken") {
    const int cpu = GENERATE(0, 3, 4, 4095);
    ScaleStage at({1, 4}, "0-2");
    at.begin(ScaleTask::Down);
    at.gave_up(cpu, "0-2");
    CHECK(at.decided() == "failed cannot_offline");
    const std::string text = "Cpu " + std::to_string(cpu) + " is already offline or out of range.";
    CHECK(at.find<ScaleDecided>()->outcome.reason == text);
    CHECK(at.actuates().empty());
    CHECK(at.host() == "0-2");
    CHECK(at.idle());
}

TEST_CASE("What the guest offlined in such a case shows as divergence") {
    ScaleStage at({1, 4}, "0-2");
    at.begin(ScaleTask::Down);
    at.gave_up(5, "0-1");
    CHECK(at.decided() == "failed cannot_offline");
    CHECK(at.reports(JournalKind::ScaleDiverged));
}

TEST_CASE("B-29: an answer whose set differs from the host's is reported, once, and so is its end") {
    ScaleStage at;
    at.begin(ScaleTask::Down);
    at.gave_up(3, "0-1");
    CHECK_FALSE(at.reports(JournalKind::ScaleDiverged));
    at.actuated();
    CHECK(at.decided() == "done");
    CHECK(at.reports(JournalKind::ScaleDiverged));
    at.says(
        R"({"result":"success","online_cpu":2,"online_cpus":[0,1],"version":2,"resource":"cpu","direction":"up"})");
    CHECK_FALSE(at.reports(JournalKind::ScaleDiverged));
    at.brought_back(2, "0-2");
    CHECK(at.reports(JournalKind::ScaleInStep));
    at.brought_back(2, "0-2");
    CHECK_FALSE(at.reports(JournalKind::ScaleInStep));
}

TEST_CASE("B-28: an answer with exactly the set expected is no difference, in whatever order it is written") {
    ScaleStage at({1, 4}, "0-2");
    at.begin(ScaleTask::Up);
    at.actuated();
    at.says(
        R"({"result":"success","online_cpu":3,"online_cpus":[3,2,1,0],"version":2,"resource":"cpu","direction":"up"})");
    CHECK(at.decided() == "done");
    CHECK_FALSE(at.reports(JournalKind::ScaleDiverged));
    CHECK_FALSE(at.scaling->account().diverged());
}

TEST_CASE("An old guest that fails or is silent loses its highest vCPU all the same, and it is said") {
    ScaleStage at({1, 4}, "0-2");
    at.begin(ScaleTask::Down);
    SECTION("fails") {
        at.fails("down");
        CHECK(at.actuates() == "-2");
        at.actuated();
        CHECK(at.decided() == "partial guest_failed");
    }
    SECTION("is silent") {
        const TimePoint asked = at.now;
        at.next_deadline();
        CHECK(at.now - asked == 9500ms);
        CHECK(at.actuates() == "-2");
        at.actuated();
        CHECK(at.decided() == "partial no_answer");
    }
    SECTION("answers nothing of use") {
        at.says(R"({"result":"success","offline_cpu":2,"version":2,"resource":"cpu","direction":"down"})");
        CHECK(at.find<NackScale>() != nullptr);
        CHECK(at.actuates() == "-2");
        at.actuated();
        CHECK(at.decided() == "partial no_answer");
    }
    CHECK(at.host() == "0-1");
    CHECK(at.guest() == "?");
}

TEST_CASE("The settings may have it that an old guest without an answer keeps its vCPUs") {
    ScaleStage at;
    at.rules.timing.take_without_answer = false;
    at.begin(ScaleTask::Down);
    at.next_deadline();
    CHECK(at.decided() == "failed no_answer");
    CHECK(at.host() == "0-3");
}

TEST_CASE("What a guest of ours refuses, fails in, or does not answer is not taken") {
    ScaleStage at({1, 4}, {}, true);
    at.begin(ScaleTask::Down);
    CHECK(at.asked().peer == wire::ScalePeer::Ours);
    SECTION("refuses") {
        at.fails("down", true, cpus("0-3"));
        CHECK(at.decided() == "failed refused");
        CHECK(at.find<ScaleDecided>()->outcome.reason == "because");
        CHECK(at.guest() == "0-3");
    }
    SECTION("fails, with a part done") {
        at.fails("down", false, cpus("0-2"));
        CHECK(at.decided() == "failed guest_failed");
        CHECK(at.reports(JournalKind::ScaleDiverged));
    }
    SECTION("is silent") {
        at.next_deadline();
        CHECK(at.decided() == "failed no_answer");
        CHECK(at.guest() == "?");
    }
    CHECK(at.actuates().empty());
    CHECK(at.host() == "0-3");
}

TEST_CASE(
    "A guest that never said so on a heartbeat is ours by its answer: a refusal binds, a failure with a set "
    "is one") {
    ScaleStage at;
    at.begin(ScaleTask::Down);
    SECTION("refusal") {
        at.fails("down", true);
        CHECK(at.decided() == "failed refused");
    }
    SECTION("failure") {
        at.fails("down", false, cpus("0-3"));
        CHECK(at.decided() == "failed guest_failed");
    }
    CHECK(at.host() == "0-3");
}

TEST_CASE("A guest in which no scale agent listens keeps its vCPUs, whether or not it said that it scales") {
    ScaleStage at({1, 4}, "0-2", GENERATE(false, true));
    at.begin(ScaleTask::Down);
    at.without_agent("down");
    CHECK(at.decided() == "failed no_agent");
    CHECK(at.find<ScaleDecided>()->outcome.reason == "nobody");
    CHECK(at.reports(JournalKind::ScaleAgentAbsent));
    CHECK(at.scaling->agent() == false);
    at.begin(ScaleTask::Up);
    at.actuated();
    at.without_agent("up");
    CHECK(at.decided() == "partial no_agent");
    CHECK_FALSE(at.reports(JournalKind::ScaleAgentAbsent));
    CHECK(at.host() == "0-3");
    at.begin(ScaleTask::Down);
    at.gave_up(3, "0-2");
    CHECK(at.reports(JournalKind::ScaleAgentBack));
    CHECK(at.actuates() == "-3");
    CHECK(at.scaling->agent() == true);
}

TEST_CASE("With capabilities: never a request has the old keys alone") {
    ScaleStage at({1, 4}, "0-2");
    at.rules.timing.extended = false;
    at.begin(ScaleTask::Down);
    CHECK(at.asked().peer == wire::ScalePeer::Old);
}

TEST_CASE("Up holds whatever the guest makes of it, and its caller hears what that was") {
    ScaleStage at({1, 4}, "0-2");
    at.begin(ScaleTask::Up);
    at.actuated();
    SECTION("fails") {
        at.fails("up");
        CHECK(at.decided() == "partial guest_failed");
    }
    SECTION("is silent") {
        at.next_deadline();
        CHECK(at.decided() == "partial no_answer");
    }
    SECTION("is gone") {
        at.gone();
        CHECK(at.decided() == "partial guest_gone");
    }
    SECTION("says that it is done, and it is not") {
        at.brought_back(3, "0-2");
        CHECK(at.decided() == "partial not_followed");
        CHECK(at.reports(JournalKind::ScaleDiverged));
    }
    CHECK(at.host() == "0-3");
    CHECK(at.idle());
}

TEST_CASE("An actuator that fails leaves the account as it was") {
    ScaleStage at({1, 4}, "0-2");
    SECTION("up: the guest is not asked") {
        at.begin(ScaleTask::Up);
        at.actuated(false);
        CHECK(at.asks_up() == -1);
    }
    SECTION("down: the guest has given it up, which is a difference") {
        at.begin(ScaleTask::Down);
        at.gave_up(2, "0-1");
        at.actuated(false);
        CHECK(at.reports(JournalKind::ScaleDiverged));
    }
    CHECK(at.decided() == "failed actuator_failed");
    CHECK(at.find<ScaleDecided>()->outcome.reason == "of the actuator");
    CHECK(at.host() == "0-2");
}

TEST_CASE("An actuator that is slow: the caller hears after 10 s, and what it does counts when it is done") {
    ScaleStage at({1, 4}, "0-2");
    const TimePoint begun = at.now;
    SECTION("up: the guest is not asked any more") {
        at.begin(ScaleTask::Up);
        at.next_deadline();
        CHECK(at.now - begun == 10s);
        CHECK(at.decided() == "failed timeout");
        CHECK(at.begin(ScaleTask::Down) == GuestScaling::Beginning::Busy);
        at.now += 5s;
        at.actuated();
        CHECK(at.decided() == "partial timeout");
        CHECK(at.host() == "0-3");
    }
    SECTION("down") {
        at.begin(ScaleTask::Down);
        at.now += 9s;
        at.gave_up(2, "0-1");
        at.next_deadline();
        CHECK(at.now - begun == 10s);
        CHECK(at.decided() == "failed timeout");
        at.actuated();
        CHECK(at.decided() == "done");
        CHECK(at.host() == "0-1");
    }
    CHECK(at.idle());
}

TEST_CASE("The time that an actuator took is not the guest's") {
    ScaleStage at({1, 4}, "0-2");
    const TimePoint begun = at.now;
    at.begin(ScaleTask::Up);
    at.now += 4s;
    at.actuated();
    CHECK(at.asked().timeout == 5500ms);
    at.next_deadline();
    CHECK(at.now - begun == 10s);
    CHECK(at.decided() == "partial no_answer");
}

TEST_CASE("Answers to another question are refused with a nack, and the wait goes on") {
    ScaleStage at({1, 4}, "0-2");
    at.begin(ScaleTask::Down);
    at.brought_back(3, "0-2");
    CHECK(at.find<NackScale>() != nullptr);
    at.fails("up");
    CHECK(at.find<NackScale>() != nullptr);
    at.says(
        R"({"result":"success","offline_cpu":2,"online_cpus":[0,1],"version":1,"resource":"cpu","direction":"down"})");
    CHECK(at.find<NackScale>() != nullptr);
    at.says(
        R"({"result":"success","offline_cpu":2,"online_cpus":[0,1],"version":2,"resource":"disk","direction":"down"})");
    CHECK(at.find<NackScale>() != nullptr);
    CHECK(at.decided().empty());
    at.gave_up(2, "0-1");
    CHECK(at.actuates() == "-2");
    at.actuated();
    at.begin(ScaleTask::Up);
    at.actuated();
    at.brought_back(3, "0-1,3");
    CHECK(at.find<NackScale>() != nullptr);
    at.brought_back(2, "0-2");
    CHECK(at.decided() == "done");
}

TEST_CASE("A late answer to a down whose vCPU was taken meanwhile is not the answer to the next one") {
    ScaleStage at;
    at.begin(ScaleTask::Down);
    at.next_deadline();
    at.actuated();
    CHECK(at.host() == "0-2");
    at.begin(ScaleTask::Down);
    at.gave_up(3, "0-2");
    CHECK(at.reports(JournalKind::ScaleLate));
    CHECK(at.decided().empty());
    at.gave_up(2, "0-1");
    CHECK(at.actuates() == "-2");
}

TEST_CASE("A late answer that nobody waits for changes what is known and nothing else") {
    ScaleStage at;
    at.begin(ScaleTask::Down);
    at.next_deadline();
    at.actuated();
    at.gave_up(1, "0,2-3");
    CHECK(at.reports(JournalKind::ScaleLate));
    CHECK(at.reports(JournalKind::ScaleDiverged));
    CHECK(at.actuates().empty());
    CHECK(at.host() == "0-2");
    at.fails("down");
    CHECK(at.guest() == "0,2-3");
}

TEST_CASE("One operation at a time, and none without a connection") {
    ScaleStage at;
    at.begin(ScaleTask::Down);
    for (const ScaleTask task : {ScaleTask::Down, ScaleTask::Up, ScaleTask::Reconcile})
        CHECK(at.begin(task) == GuestScaling::Beginning::Busy);
    at.gone();
    CHECK(at.decided() == "failed guest_gone");
    CHECK(at.host() == "0-3");
    CHECK(at.begin(ScaleTask::Down) == GuestScaling::Beginning::NotConnected);
    at.scaling->messaging_up(at.now);
    CHECK(at.begin(ScaleTask::Down) == GuestScaling::Beginning::Begun);
}

TEST_CASE("Before anything is done, what is about to be done is kept") {
    ScaleStage at;
    at.begin(ScaleTask::Down);
    REQUIRE(at.find<KeepAccount>() != nullptr);
    CHECK(at.find<KeepAccount>()->pending == PendingScale{PendingScale::Step::Asking, {}});
    at.gave_up(3, "0-2");
    CHECK(at.find<KeepAccount>()->pending == PendingScale{PendingScale::Step::Taking, wire::Cpu(3)});
    at.actuated();
    CHECK_FALSE(at.find<KeepAccount>()->pending);
    at.begin(ScaleTask::Up);
    CHECK(at.find<KeepAccount>()->pending == PendingScale{PendingScale::Step::Giving, wire::Cpu(3)});
    at.actuated();
    CHECK_FALSE(at.find<KeepAccount>()->pending);
    at.next_deadline();
    CHECK_FALSE(at.find<KeepAccount>()->pending);
}

TEST_CASE("After a restart the actuator is asked again for what it was doing, and a question is left alone") {
    ScaleStage at({1, 4}, "0-2");
    const PendingScale giving{PendingScale::Step::Giving, wire::Cpu(3)};
    const PendingScale taking{PendingScale::Step::Taking, wire::Cpu(2)};
    const PendingScale asking{PendingScale::Step::Asking, {}};
    SECTION("giving") {
        at.scaling->resume(giving, at.now, at.fresh());
        CHECK(at.reports(JournalKind::ScaleInterrupted));
        CHECK(at.actuates() == "+3");
        at.actuated();
        CHECK(at.decided() == "partial interrupted");
        CHECK(at.host() == "0-3");
    }
    SECTION("taking") {
        at.scaling->resume(taking, at.now, at.fresh());
        CHECK(at.actuates() == "-2");
        at.actuated();
        CHECK(at.decided() == "done");
        CHECK(at.host() == "0-1");
    }
    SECTION("asking") {
        at.scaling->resume(asking, at.now, at.fresh());
        CHECK(at.actuates().empty());
        CHECK(at.find<AskScale>() == nullptr);
        CHECK_FALSE(at.find<KeepAccount>()->pending);
    }
    CHECK(at.idle());
}

// ---- every state with every event --------------------------------------------------------------------

namespace {

enum class Where : std::uint8_t { Idle, DownAsking, DownTaking, UpGiving, UpAsking, Reconciling, Checking };

void go(ScaleStage& at, Where where) {
    switch (where) {
        case Where::Idle:
            return;
        case Where::DownAsking:
            at.begin(ScaleTask::Down);
            return;
        case Where::DownTaking:
            at.begin(ScaleTask::Down);
            at.gave_up(2, "0-1");
            return;
        case Where::UpGiving:
            at.begin(ScaleTask::Up);
            return;
        case Where::UpAsking:
            at.begin(ScaleTask::Up);
            at.actuated();
            return;
        case Where::Reconciling:
            at.gave_up(1, "0,2");
            at.begin(ScaleTask::Reconcile);
            return;
        case Where::Checking:
            at.begin(ScaleTask::Check);
            return;
    }
}

struct Row {
    Where where;
    /// What is decided by: down of 2, up of 3, up of 1, online, fail of down, fail of up, refusal, gone, actuator done,
    /// actuator failed, due. "" none; what begins with a sign is an order to the actuator, "ask" a question.
    std::array<std::string_view, 11> then;
};

std::string seen(const ScaleStage& at) {
    if (!at.decided().empty())
        return at.decided();
    if (!at.actuates().empty())
        return at.actuates();
    return at.find<AskScale>() != nullptr ? "ask" : "";
}

void happen(ScaleStage& at, std::size_t event) {
    switch (event) {
        case 0:
            return at.gave_up(2, "0-1");
        case 1:
            return at.brought_back(3, "0-3");
        case 2:
            return at.brought_back(1, "0-2");
        case 3:
            return at.answer(wire::ScaleOnline{cpus("0-2")});
        case 4:
            return at.fails("down");
        case 5:
            return at.fails("up");
        case 6:
            return at.fails("down", true);
        case 7:
            return at.gone();
        case 8:
            return at.actuated(true);
        case 9:
            return at.actuated(false);
        default:
            at.now += 20s;
            at.scaling->due(at.now, at.fresh());
            return;
    }
}

}  // namespace

TEST_CASE("Every state of an operation with every event") {
    const Row row = GENERATE(values<Row>({
        {Where::Idle, {"", "", "", "", "", "", "", "", "", "", ""}},
        {Where::DownAsking,
         {"-2", "", "", "", "-2", "", "failed refused", "failed guest_gone", "", "", "-2"}},
        {Where::DownTaking,
         {"", "", "", "", "", "", "", "", "done", "failed actuator_failed", "failed timeout"}},
        {Where::UpGiving,
         {"", "", "", "", "", "", "", "", "ask", "failed actuator_failed", "failed timeout"}},
        {Where::UpAsking,
         {"", "done", "", "", "", "partial guest_failed", "", "partial guest_gone", "", "",
          "partial no_answer"}},
        {Where::Reconciling,
         {"", "", "done", "", "", "failed guest_failed", "", "failed guest_gone", "", "",
          "failed no_answer"}},
        {Where::Checking, {"", "", "", "done", "", "", "", "failed guest_gone", "", "", "failed no_answer"}},
    }));
    for (std::size_t event = 0; event < row.then.size(); ++event) {
        ScaleStage at({1, 4}, "0-2");
        at.rules.check = 0ms;
        go(at, row.where);
        happen(at, event);
        INFO("state " << static_cast<int>(row.where) << ", event " << event);
        CHECK(seen(at) == row.then[event]);
    }
}
