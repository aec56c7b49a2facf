// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One server group on two hosts: two shipped host-agents on one real etcd, each with a guest. An etcd that is missing is
// a failure.
#include <catch2/catch.hpp>

#include <csignal>

#include "tests/daemon/group_chain.hpp"
#include "tests/harness/own_network.hpp"
#include "tests/host-agent/etcd_cluster.hpp"

namespace vnf::test {
namespace {

using Names = std::vector<std::string>;

const std::string one = "instance-00000001", two = "instance-00000002", three = "instance-00000003";

std::string etcd_settings(const host::EtcdCluster& etcd, const std::string& host) {
    return "  broadcasts_per_s: 1000\n  engine: etcd\n  etcd: {endpoints: [" + etcd.endpoint(0) +
           "], host: " + host + ", lease_s: 2}\n";
}

/// As often as it takes: a member that joined is known to the other host when etcd has told it.
void await_members(Stage& stage, GroupApplication& asker, const Names& members) {
    stage.until([&] { return asker.status().members == members; }, "these members");
}

TEST_CASE(
    "A group on two hosts: broadcast and status across, and a host that dies is told by its lease's end") {
    if (!enter_own_network())
        return;
    const host::EtcdCluster etcd(1);
    GroupChain left({.groups = {"g", "g"}, .settings = etcd_settings(etcd, "left")});
    GroupChain right({.groups = {"g"}, .settings = etcd_settings(etcd, "right"), .first = 3});
    const auto first = left[0].application(), second = left[1].application(), third = right[0].application();
    await_members(left.stage, *first, {one, two, three});
    await_members(right.stage, *third, {one, two, three});
    for (GroupApplication* application : {first.get(), second.get(), third.get()})
        application->forget();

    REQUIRE(first->say("to both hosts") == VNF_SG_OK);
    second->await_broadcasts(1);
    third->await_broadcasts(1);
    CHECK(second->broadcasts == std::vector<HeardBroadcast>{{one, "to both hosts"}});
    CHECK(third->broadcasts == std::vector<HeardBroadcast>{{one, "to both hosts"}});
    for (int i = 0; i < 50; ++i)
        third->say_patiently(std::to_string(i));
    first->await_broadcasts(50);
    second->await_broadcasts(51);
    for (GroupApplication* application : {first.get(), second.get()}) {
        const auto& heard = application->broadcasts;
        for (std::size_t i = 0; i < 50; ++i)
            CHECK(heard[heard.size() - 50 + i] == HeardBroadcast{three, std::to_string(i)});
    }
    CHECK(left.vnfctl({"group", "event", left[0].uuid(), "paused"}).status == ExitStatus{false, 0});
    right.stage.until([&] { return !third->notifications.empty(); }, "the notification from the other host");
    CHECK(third->notifications.front().event_type == "compute.instance.pause.end");
    CHECK(third->notifications.front().member == one);
    CHECK_THAT(right.vnfctl({"group", "show", "g"}).output,
               Catch::Contains("left") && Catch::Contains("right"));

    right.agent.process().signal(SIGKILL);
    for (GroupApplication* application : {first.get(), second.get()}) {
        const HeardNotification lost = application->expect_cause("host_lost");
        CHECK(lost.event_type == "compute.instance.update");
        CHECK(lost.member == three);
        CHECK(lost.state == "error");
        CHECK(application->failed == Names{three});
        CHECK(application->count_cause("host_lost") == 0);
        CHECK(application->status().members == Names{one, two});
    }
    right.agent.restart();
    third->await();
    right.await_connected();
    await_members(left.stage, *first, {one, two, three});
    await_members(right.stage, *third, {one, two, three});
    first->forget();
    REQUIRE(third->say("back") == VNF_SG_OK);
    first->await_broadcasts(1);
    CHECK(first->broadcasts.back() == HeardBroadcast{three, "back"});
}

}  // namespace
}  // namespace vnf::test
