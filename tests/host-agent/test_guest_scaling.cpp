// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a guest says unasked, checks, rules and what is set by hand.
#include "tests/host-agent/scale_stage.hpp"

#include "host-agent/scaling/scale_address.hpp"

using namespace vnf;
using namespace vnf::host;

TEST_CASE("A guest of ours is asked for its state again and again, an old one never") {
    ScaleStage ours({1, 4}, {}, true);
    ours.next_deadline();
    CHECK(ours.asks_status());
    ours.answer(wire::ScaleOnline{cpus("0-2")});
    CHECK(ours.reports(JournalKind::ScaleDiverged));
    const TimePoint answered = ours.now;
    ours.next_deadline();
    CHECK(ours.now - answered == ours.rules.check);
    CHECK(ours.asks_status());
    ours.answer(wire::ScaleOnline{cpus("0-3")});
    CHECK(ours.reports(JournalKind::ScaleInStep));
    ScaleStage old;
    CHECK(old.scaling->deadline() == runtime::never);
}

TEST_CASE("A check finds that the scale agent is gone, and says so once; after an init that is not known") {
    ScaleStage at({1, 4}, {}, true);
    CHECK_FALSE(at.scaling->agent());
    at.next_deadline();
    at.without_agent("status");
    CHECK(at.reports(JournalKind::ScaleAgentAbsent));
    CHECK(at.idle());
    at.next_deadline();
    CHECK(at.asks_status());
    at.without_agent("status");
    CHECK_FALSE(at.reports(JournalKind::ScaleAgentAbsent));
    CHECK(at.scaling->agent() == false);
    at.scaling->initialized(true, at.now, at.fresh());
    CHECK_FALSE(at.scaling->agent());
}

TEST_CASE("A check makes way for an operation, and its answer is not the operation's") {
    ScaleStage at({1, 4}, {}, true);
    at.next_deadline();
    CHECK(at.asks_status());
    CHECK(at.begin(ScaleTask::Down) == GuestScaling::Beginning::Begun);
    CHECK(at.asks_down());
    at.answer(wire::ScaleOnline{cpus("0-3")});
    CHECK(at.decided().empty());
    CHECK(at.find<NackScale>() == nullptr);
    at.gave_up(3, "0-2");
    CHECK(at.actuates() == "-3");
}

TEST_CASE("After an init, a restart of the guest or of its connection its state is not known") {
    ScaleStage at({1, 4}, {}, true);
    at.answer(wire::ScaleOnline{cpus("0-3")});
    CHECK(at.guest() == "0-3");
    SECTION("init") {
        at.scaling->initialized(true, at.now, at.fresh());
    }
    SECTION("connection") {
        at.gone();
    }
    CHECK(at.guest() == "?");
    CHECK(at.host() == "0-3");
}

TEST_CASE("An init while the guest is asked does not end the wait") {
    ScaleStage at;
    at.begin(ScaleTask::Down);
    at.scaling->initialized(true, at.now, at.fresh());
    at.gave_up(3, "0-2");
    CHECK(at.actuates() == "-3");
}

TEST_CASE("What an operator says is online counts, within the limits and with nothing under way") {
    ScaleStage at({2, 4}, "0-3");
    CHECK(at.scaling->set_offline(cpus("2-3"), "test", at.fresh()).empty());
    CHECK(at.host() == "0-1");
    CHECK(at.find<KeepAccount>() != nullptr);
    CHECK(at.reports(JournalKind::ScaleSet));
    for (const std::string wrong : {"0", "1-3", "4"}) {
        CHECK_FALSE(at.scaling->set_offline(cpus(wrong), "test", at.fresh()).empty());
        CHECK(at.host() == "0-1");
    }
    at.begin(ScaleTask::Up);
    CHECK_FALSE(at.scaling->set_offline({}, "test", at.fresh()).empty());
}

TEST_CASE("The old host's address of an instance, and eight digits of a hash for any other name") {
    CHECK(scale_address_of("instance-00000001") == "scale-00000001");
    CHECK(scale_address_of("instance-0000001F") == "scale-0000001F");
    CHECK(scale_address_of("instance-1") == "scale-1");
    CHECK(scale_address_of("instance-0123456789abcdef") == "scale-012345678");
    CHECK(scale_address_of("vm1") == "scale-511c93a7");
    for (const std::string name : {"", "instance-", "instance-xyz", "vm1", "instance-1.2"}) {
        const std::string address = scale_address_of(name);
        CHECK(address.size() == 14);
        CHECK(address.starts_with("scale-"));
        CHECK(address.find_first_not_of("0123456789abcdef", 6) == std::string::npos);
    }
    CHECK(scale_address_of("vm1") != scale_address_of("vm2"));
}

// ---- rules -------------------------------------------------------------------------------------------

namespace {

ScaleRule load_rule() {
    ScaleRule rule;
    rule.metric = "load";
    rule.above = 80;
    rule.below = 20;
    return rule;
}

}  // namespace

TEST_CASE("A rule scales when its metric stays beyond a threshold, and not before") {
    ScaleStage at({1, 4}, "0-1", false, {load_rule()});
    at.metric("load", 90);
    CHECK(at.idle());
    at.now += 9s;
    at.metric("load", 90);
    CHECK(at.idle());
    at.metric("other", 100);
    CHECK(at.idle());
    at.now += 1s;
    at.metric("load", 81);
    CHECK(at.actuates() == "+2");
    CHECK(at.scaling->cause() == "rule: load is 81");
}

TEST_CASE("A sample between the thresholds, or at one, begins the time anew: hysteresis") {
    const double between = GENERATE(80.0, 50.0, 20.0);
    ScaleStage at({1, 4}, "0-1", false, {load_rule()});
    at.metric("load", 90);
    at.now += 9s;
    at.metric("load", between);
    at.now += 1s;
    at.metric("load", 90);
    CHECK(at.idle());
    at.now += 10s;
    at.metric("load", 90);
    CHECK_FALSE(at.idle());
}

TEST_CASE(
    "Below its other threshold a rule gives a vCPU back; one with the direction down is the mirror image") {
    ScaleRule rule = load_rule();
    rule.hold = 0ms;
    ScaleStage at({1, 4}, "0-1", false, {rule});
    at.metric("load", 10);
    CHECK(at.asks_down());
    rule.direction = wire::ScaleDirection::Down;
    ScaleStage mirror({1, 4}, "0-1", false, {rule});
    mirror.metric("load", 10);
    CHECK(mirror.actuates() == "+2");
    ScaleStage other({1, 4}, "0-1", false, {rule});
    other.metric("load", 90);
    CHECK(other.asks_down());
}

TEST_CASE("After an operation, by whom ever and however it ended, rules are quiet for their cool-down") {
    ScaleRule rule = load_rule();
    rule.hold = 0ms;
    ScaleStage at({1, 4}, "0-1", false, {rule});
    at.begin(ScaleTask::Up);
    at.actuated(false);
    at.metric("load", 90);
    CHECK(at.idle());
    at.now += 59999ms;
    at.metric("load", 90);
    CHECK(at.idle());
    at.now += 1ms;
    at.metric("load", 90);
    CHECK(at.actuates() == "+2");
}

TEST_CASE("Samples with a long silence between them say nothing of the time between") {
    ScaleStage at({1, 4}, "0-1", false, {load_rule()});
    at.metric("load", 90);
    at.now += 61s;
    at.metric("load", 90);
    CHECK(at.idle());
    at.now += 10s;
    at.metric("load", 90);
    CHECK_FALSE(at.idle());
}

TEST_CASE("At a limit a rule asks for nothing and says nothing") {
    ScaleRule rule = load_rule();
    rule.hold = 0ms;
    ScaleStage at({1, 2}, "0-1", false, {rule});
    at.metric("load", 90);
    CHECK(at.effects.empty());
    ScaleStage least({2, 2}, "0-1", false, {rule});
    least.metric("load", 10);
    CHECK(least.effects.empty());
}

TEST_CASE("A guest's metrics are kept by name, no more than fit") {
    ScaleStage at;
    for (int i = 0; i < 100; ++i)
        at.metric("m" + std::to_string(i), i);
    CHECK(at.scaling->metric_values().size() == 64);
    at.metric("m5", 500);
    CHECK(at.scaling->metric_values().find(*wire::MetricName::of("m5")) == 500);
}
