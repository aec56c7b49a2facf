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

std::string etcd_settings(const host::EtcdCluster& etcd, const std::string& host, int lease_s = 2) {
    return "  broadcasts_per_s: 1000\n  engine: etcd\n  etcd: {endpoints: [" + etcd.endpoint(0) +
           "], host: " + host + ", lease_s: " + std::to_string(lease_s) + "}\n";
}

void await_engine(GroupChain& chain, const std::string& how) {
    const auto is_so = [&chain, &how] {
        const Json groups = chain.agent.api("GET", "/v1/groups").json();
        return groups.at("engine").as_string().find("etcd: " + how) != std::string::npos;
    };
    chain.stage.until(is_so, "an etcd that is " + how);
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

/// Two hosts lose their etcd, and have it again with or without what was in it.
void meet_an_outage(bool wiped) {
    if (!enter_own_network())
        return;
    host::EtcdCluster etcd(1);
    GroupChain left({.groups = {"g"}, .settings = etcd_settings(etcd, "left", 10)});
    GroupChain right({.groups = {"g"}, .settings = etcd_settings(etcd, "right", 10), .first = 3});
    const auto first = left[0].application(), third = right[0].application();
    await_members(left.stage, *first, {one, three});
    await_members(right.stage, *third, {one, three});
    first->forget();
    third->forget();

    etcd.kill(0);
    await_engine(left, "unreachable");
    await_engine(right, "unreachable");
    if (wiped)
        etcd.wipe(0);
    etcd.start(0);
    await_engine(left, "connected");
    await_engine(right, "connected");
    if (wiped) {
        left.stage.until([&first] { return !first->gaps.empty(); }, "the gap on the left");
        right.stage.until([&third] { return !third->gaps.empty(); }, "the gap on the right");
    }
    await_members(left.stage, *first, {one, three});
    await_members(right.stage, *third, {one, three});
    first->say_patiently("from the left");
    third->say_patiently("from the right");
    first->await_broadcasts(1);
    third->await_broadcasts(1);
    CHECK(first->broadcasts == std::vector<HeardBroadcast>{{three, "from the right"}});
    CHECK(third->broadcasts == std::vector<HeardBroadcast>{{one, "from the left"}});
    for (const GroupApplication* application : {first.get(), third.get()}) {
        CHECK(application->failed.empty());
        CHECK(application->count_cause("host_lost") == 0);
        CHECK(application->gaps.empty() == !wiped);
    }
    CHECK(left.agent.metric("vnf_host_etcd_commits_total") >= 2);
    CHECK(left.agent.metric("vnf_host_etcd_snapshots_total") == (wiped ? 2 : 1));
    CHECK(left.agent.metric("vnf_host_etcd_members_lost_total") == 0);
}

TEST_CASE("etcd killed and started again costs two hosts' applications no member, and they hear each other") {
    meet_an_outage(false);
}

TEST_CASE("etcd wiped is a gap for two hosts' applications, but no member's failure") {
    meet_an_outage(true);
}

}  // namespace
}  // namespace vnf::test
