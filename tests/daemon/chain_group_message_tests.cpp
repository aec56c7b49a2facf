// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What members of a server group say to each other, from application to application through both daemons.
#include <catch2/catch.hpp>
#include <set>

#include "compat_paths.hpp"
#include "tests/compat/old_stage.hpp"
#include "tests/daemon/group_chain.hpp"
#include "tests/harness/own_network.hpp"

namespace vnf::test {
namespace {

using Heard = std::vector<HeardBroadcast>;
using Names = std::vector<std::string>;

const std::string one = "instance-00000001", two = "instance-00000002";

TEST_CASE("A broadcast reaches every application of the group's other guests: no sibling, no other group") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"red", "red", "blue", ""}});
    const auto sender = chain[0].application("sender"), sibling = chain[0].application("sibling");
    const auto peer = chain[1].application("peer"), second_peer = chain[1].application("second peer");
    const auto foreigner = chain[2].application(), loner = chain[3].application();
    OldGroupClient old_sibling(chain.stage, chain[0].network());
    OldGroupClient old_peer(chain.stage, chain[1].network());
    REQUIRE(sender->say("hello") == VNF_SG_OK);
    peer->await_broadcasts(1);
    second_peer->await_broadcasts(1);
    CHECK(peer->broadcasts == Heard{{one, "hello"}});
    CHECK(second_peer->broadcasts == Heard{{one, "hello"}});
    const Json heard = old_peer.expect("broadcast");
    CHECK(text(heard, "source_instance") == one);
    CHECK(text(heard, "data") == "hello");
    for (GroupApplication* other : {sender.get(), sibling.get(), foreigner.get(), loner.get()}) {
        other->status();  // whatever came before the answer would be here
        CHECK(other->broadcasts.empty());
    }
    old_sibling.query(1);
    old_sibling.expect("status_response_done");
    CHECK(old_sibling.count("broadcast") == 0);
}

TEST_CASE(
    "An old client's broadcast reaches the others like a handle's, and its guest's siblings not at all") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sibling = chain[0].application(), peer = chain[1].application();
    OldGroupClient old_sender(chain.stage, chain[0].network());
    OldGroupClient old_peer(chain.stage, chain[1].network());
    old_sender.broadcast("from the past");
    peer->await_broadcasts(1);
    CHECK(peer->broadcasts == Heard{{one, "from the past"}});
    CHECK(text(old_peer.expect("broadcast"), "data") == "from the past");
    sibling->status();
    CHECK(sibling->broadcasts.empty());
    old_sender.query(1);
    old_sender.expect("status_response_done");
    CHECK(old_sender.count("broadcast") == 0);
}

TEST_CASE("A binary of the old SDK and a handle of another guest talk, and see the same members") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto handle = chain[1].application();
    std::optional<OldApplication> old;
    {
        const GuestNetwork::Visit visit(chain[0].network());
        old.emplace(shim_directory, "/nowhere", old_member_path);
    }
    REQUIRE(old->ask("init") == "init ok");
    REQUIRE(old->ask("broadcast hello handle") == "broadcast 0");
    handle->await_broadcasts(1);
    CHECK(handle->broadcasts == Heard{{one, "hello handle"}});
    REQUIRE(handle->say("hello binary") == VNF_SG_OK);
    CHECK(old->ask("process") == "broadcast " + two + " 12 hello binary");
    CHECK(old->line() == "process 0");
    REQUIRE(old->ask("status") == "request 0");
    CHECK(old->ask("process") == "process 0");
    CHECK(old->ask("process") == "process 0");
    CHECK_THAT(old->ask("process"),
               Catch::StartsWith("status ") && Catch::Contains(one) && Catch::Contains(two));
    CHECK(old->line() == "process 0");
    CHECK(handle->status().members == Names{one, two});
    CHECK_THAT(old->ask("repeat 3051 x"), Catch::StartsWith("broadcast -1 "));
    CHECK(old->ask("repeat 3050 x") == "broadcast 0");
    handle->await_broadcasts(2);
    CHECK(handle->broadcasts.back().text == std::string(3050, 'x'));
}

TEST_CASE("Broadcasts of one sender arrive once each and in its order, while others of the group send too") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"g", "g", "g"}});
    const auto first = chain[0].application(), second = chain[1].application(),
               reader = chain[2].application();
    constexpr std::size_t count = 300;
    for (std::size_t i = 0; i < count; ++i) {
        first->say_patiently("first " + std::to_string(i));
        second->say_patiently("second " + std::to_string(i));
        // Less than a client's queue is under way.
        if (i % 50 == 49)
            reader->await_broadcasts(2 * (i + 1));
    }
    std::size_t next_first = 0, next_second = 0;
    for (const auto& [source, said] : reader->broadcasts) {
        if (source == one)
            CHECK(said == "first " + std::to_string(next_first++));
        else
            CHECK(said == "second " + std::to_string(next_second++));
    }
    first->await_broadcasts(count);
    second->await_broadcasts(count);
    reader->status();
    CHECK(reader->broadcasts.size() == 2 * count);
    CHECK(reader->gaps.empty());
}

TEST_CASE("64 handles and one old client ask for the status at once, all with 1, and each gets its own") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"g", "g", "g"}});
    std::vector<std::unique_ptr<GroupApplication>> handles;
    for (int i = 0; i < 64; ++i) {
        handles.push_back(std::make_unique<GroupApplication>(chain.stage, chain[0].group_socket(),
                                                             "app" + std::to_string(i)));
        handles.back()->await();
    }
    OldGroupClient old(chain.stage, chain[0].network());
    old.query(1);
    for (const auto& handle : handles)
        REQUIRE(handle->ask() == VNF_SG_OK);
    const Names all{one, two, "instance-00000003"};
    for (const auto& handle : handles) {
        chain.stage.until([&] { return !handle->statuses.empty(); }, "a status");
        CHECK(handle->statuses.front().complete);
        CHECK(handle->statuses.front().members == all);
    }
    CHECK(number(old.expect("status_response_done"), "seq") == 1);
    CHECK(old.count("status_response") == 3);
    for (const std::string& name : all) {
        const Json entry = old.expect("status_response");
        CHECK(number(entry, "seq") == 1);
        CHECK(text(entry.at("data").as_object(), "display_name") == name);
    }
    for (const auto& handle : handles) {
        handle->status();
        CHECK(handle->statuses.size() == 2);
    }
    CHECK(old.count("status_response") + old.count("status_response_done") == 0);
}

TEST_CASE(
    "A group of 1, 2, 70 and 200 members has a status with an entry for each, at a handle and an old "
    "client") {
    if (!enter_own_network())
        return;
    const std::size_t members = GENERATE(1, 2, 70, 200);
    GroupChain chain({.groups = {"g"}, .absent = members - 1});
    const auto handle = chain[0].application();
    OldGroupClient old(chain.stage, chain[0].network());
    const HeardStatus status = handle->status();
    CHECK(status.complete);
    CHECK(std::set<std::string>(status.members.begin(), status.members.end()).size() == members);
    CHECK(status.members.size() == members);
    old.query(1);
    CHECK(number(old.expect("status_response_done"), "seq") == 1);
    CHECK(old.count("status_response") == members);
}

TEST_CASE("B-17: a status asked for inside the status callback is answered like any other") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto handle = chain[0].application();
    handle->on_status = [&] {
        if (handle->statuses.size() < 20)
            CHECK(handle->ask() == VNF_SG_OK);
    };
    REQUIRE(handle->ask() == VNF_SG_OK);
    chain.stage.until([&] { return handle->statuses.size() == 20; }, "twenty statuses");
    for (const HeardStatus& status : handle->statuses) {
        CHECK(status.complete);
        CHECK(status.members == Names{one, two});
    }
}

TEST_CASE("A foreign group hears nothing: no broadcast, no notification, no status entry") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"red", "red", "blue", "blue"}});
    const auto red = chain[1].application(), blue = chain[2].application();
    const auto other_blue = chain[3].application();
    CHECK(chain.vnfctl({"group", "event", chain[0].uuid(), "paused"}).status == ExitStatus{false, 0});
    chain.stage.until([&] { return !red->notifications.empty(); }, "the notification");
    CHECK(red->notifications.front().event_type == "compute.instance.pause.end");
    CHECK(red->notifications.front().member == one);
    CHECK(red->notifications.front().state == "paused");
    REQUIRE(other_blue->say("blue only") == VNF_SG_OK);
    blue->await_broadcasts(1);
    CHECK(blue->status().members == Names{"instance-00000003", "instance-00000004"});
    CHECK(blue->notifications.empty());
    red->status();
    CHECK(red->broadcasts.empty());
}

}  // namespace
}  // namespace vnf::test
