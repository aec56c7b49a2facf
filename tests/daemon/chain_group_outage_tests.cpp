// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Server groups while somebody is killed, stopped or away: what the others are told, what senders are told, and what
// arrives afterwards.
#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <set>

#include "tests/daemon/group_chain.hpp"
#include "tests/harness/own_network.hpp"

namespace vnf::test {
namespace {

using Names = std::vector<std::string>;

const std::string one = "instance-00000001", two = "instance-00000002", three = "instance-00000003";

TEST_CASE("A member whose guest-client and machine are gone: the others are told, and know it as failed") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"g", "g", "g"}});
    const auto first = chain[0].application(), third = chain[2].application();
    OldGroupClient old(chain.stage, chain[0].network());
    chain[1].vanish();
    for (GroupApplication* other : {first.get(), third.get()}) {
        const HeardNotification gone = other->expect_cause("gone");
        CHECK(gone.event_type == "compute.instance.update");
        CHECK(gone.member == two);
        CHECK(gone.state == "stopped");
        CHECK(other->expect_cause("left").member == two);
        CHECK(other->failed == Names{two});
    }
    const Json wrapper = old.expect("notification").at("data").as_object();
    CHECK(text(wrapper, "event_type") == "compute.instance.update");
    CHECK(text(wrapper.at("payload").as_object(), "state") == "stopped");
    CHECK(first->status().members == Names{one, three});
    CHECK(first->count_cause("gone") == 0);

    chain[1].restart();
    chain.await_connected();
    const auto second = chain[1].application();
    CHECK(first->expect_cause("joined").member == two);
    REQUIRE(second->say("back") == VNF_SG_OK);
    first->await_broadcasts(1);
    CHECK(first->broadcasts.back() == HeardBroadcast{two, "back"});
}

TEST_CASE("A heartbeat that is lost and regained is told to the group once each") {
    if (!enter_own_network())
        return;
    GroupChain chain({.heartbeat_ms = 250});
    const auto peer = chain[1].application();
    OldGroupClient old(chain.stage, chain[1].network());
    chain[0].guest().process().signal(SIGSTOP);
    const HeardNotification lost = peer->expect_cause("heartbeat_lost");
    CHECK(lost.event_type == "compute.instance.update");
    CHECK(lost.member == one);
    CHECK(lost.state == "error");
    CHECK(peer->failed == Names{one});
    chain[0].guest().process().signal(SIGCONT);
    const HeardNotification regained = peer->expect_cause("heartbeat_regained");
    CHECK(regained.member == one);
    CHECK(regained.state == "active");
    CHECK(peer->status().members == Names{one, two});
    CHECK(peer->count_cause("heartbeat_lost") == 0);
    CHECK(peer->count_cause("heartbeat_regained") == 0);
    std::multiset<std::string> told;
    while (old.count("notification") > 0) {
        const Json payload = old.expect("notification").at("data").as_object().at("payload").as_object();
        told.insert(text(payload.at("metadata").as_object(), "cause"));
    }
    CHECK(told.count("heartbeat_lost") == 1);
    CHECK(told.count("heartbeat_regained") == 1);
}

TEST_CASE("host-agent killed while a client sends: refused or unsent meanwhile, all delivered afterwards") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sender = chain[0].application(), peer = chain[1].application();
    std::size_t number = 0, taken = 0;
    const auto say_next = [&] {
        const vnf_sg_error error = sender->say(std::to_string(number++));
        taken += error == VNF_SG_OK ? 1 : 0;
        return error;
    };
    for (int i = 0; i < 20; ++i)
        REQUIRE(say_next() == VNF_SG_OK);
    peer->await_broadcasts(20);

    chain.agent.process().signal(SIGKILL);
    chain.stage.until([&] { return say_next() == VNF_SG_ERROR_NO_LINK; }, "a refusal");
    peer->await(VNF_SG_STATE_NO_LINK);
    CHECK(sender->say("nobody will hear this") == VNF_SG_ERROR_NO_LINK);
    CHECK(sender->ask() == VNF_SG_ERROR_NO_LINK);
    CHECK(peer->broadcasts.size() + sender->unsent_in_all() <= taken);

    chain.agent.restart();
    sender->await();
    peer->await();
    chain.await_connected();
    const std::size_t first_afterwards = number;
    for (int i = 0; i < 20; ++i)
        REQUIRE(say_next() == VNF_SG_OK);
    chain.stage.until([&] { return peer->broadcasts.back().text == std::to_string(number - 1); }, "the last");
    Names expected, heard;
    for (std::size_t i = first_afterwards; i < number; ++i)
        expected.push_back(std::to_string(i));
    std::set<std::string> all;
    for (const HeardBroadcast& broadcast : peer->broadcasts) {
        CHECK(all.insert(broadcast.text).second);  // never twice
        heard.push_back(broadcast.text);
    }
    REQUIRE(heard.size() >= expected.size());
    CHECK(Names(heard.end() - static_cast<std::ptrdiff_t>(expected.size()), heard.end()) == expected);
    for (GroupApplication* application : {sender.get(), peer.get()}) {
        CHECK(application->states == std::vector<vnf_sg_state>{VNF_SG_STATE_NO_LINK, VNF_SG_STATE_LINKED});
        CHECK(application->gaps.size() >= 1);  // it can't know what it missed
        CHECK(application->status().members == Names{one, two});
    }
}

TEST_CASE("host-agent stuck, then killed: each broadcast that waited in the guest is told as unsent, once") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sender = chain[0].application(), sibling = chain[0].application("sibling");
    const auto peer = chain[1].application();
    chain.agent.process().signal(SIGSTOP);
    std::size_t taken = 0;
    const auto text = [](std::size_t number) {
        std::string digits = std::to_string(number);
        return std::string(3000 - digits.size(), '0') + digits;
    };
    // The sender's queue is full for good when all the way to the stuck host is.
    const auto waiting = [&] {
        const Json group = chain[0].guest().status("/v1/group");
        return number(group.at("clients").as_array()[0].as_object(), "waiting_for_host");
    };
    chain.stage.until(
        [&] {
            while (sender->say(text(taken)) == VNF_SG_OK)
                ++taken;
            return waiting() == 256;
        },
        "the guest to be full");
    REQUIRE(sibling->say("behind all that") == VNF_SG_OK);
    chain.agent.process().signal(SIGKILL);
    sender->await(VNF_SG_STATE_NO_LINK);
    chain.stage.until([&] { return sender->unsent_in_all() >= 256; }, "what was not sent");
    chain.stage.until([&] { return sibling->unsent_in_all() == 1; }, "the sibling's own");

    chain.agent.restart();
    sender->await();
    peer->await();
    chain.await_connected();
    chain.stage.until([&] { return sender->say("afterwards") == VNF_SG_OK; }, "room for a broadcast");
    const auto last = [&] {
        return peer->broadcasts.empty() ? "" : peer->broadcasts.back().text;
    };
    chain.stage.until([&] { return last() == "afterwards"; }, "the last broadcast");
    // What guest-client had not read yet is sent to the new host; what the old one had taken died with it.
    CHECK(peer->broadcasts.size() - 1 + sender->unsent_in_all() <= taken);
    CHECK(std::is_sorted(peer->broadcasts.begin(), peer->broadcasts.end(),
                         [](const auto& early, const auto& late) { return early.text < late.text; }));
    CHECK(std::adjacent_find(peer->broadcasts.begin(), peer->broadcasts.end()) == peer->broadcasts.end());
}

TEST_CASE("guest-client killed and started again: its handles reconnect and go on, its old client too") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sender = chain[0].application(), peer = chain[1].application();
    OldGroupClient old_sender(chain.stage, chain[0].network());
    for (int round = 0; round < 3; ++round) {
        INFO(round);
        chain[0].guest().process().signal(SIGKILL);
        sender->await(VNF_SG_STATE_DISCONNECTED);
        CHECK(sender->say("nobody takes this") == VNF_SG_ERROR_NOT_CONNECTED);
        sender->forget();
        chain[0].restart();
        sender->await();
        CHECK(sender->gaps.size() == 1);
        peer->forget();
        REQUIRE(sender->say("again") == VNF_SG_OK);
        peer->await_broadcasts(1);
        old_sender.broadcast("me too");
        peer->await_broadcasts(2);
        CHECK(peer->broadcasts == std::vector<HeardBroadcast>{{one, "again"}, {one, "me too"}});
        CHECK(sender->status().members == Names{one, two});
        REQUIRE(peer->say("hello") == VNF_SG_OK);
        sender->await_broadcasts(1);
        CHECK(text(old_sender.expect("broadcast"), "data") == "hello");
    }
}

/// The numbers of a sender, each once and in order.
void check_order(const std::vector<HeardBroadcast>& broadcasts) {
    std::uint64_t last = 0;
    for (const HeardBroadcast& broadcast : broadcasts) {
        CHECK(broadcast.text.size() == 300);
        const std::uint64_t number = std::stoull(broadcast.text);
        CHECK(number > last);
        last = number;
    }
}

TEST_CASE("An application killed in the middle of sending: nobody else is affected") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sibling = chain[0].application("sibling"), peer = chain[1].application();
    const std::string program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "group_sender";
    std::uint64_t told = 0;
    for (int round = 0; round < 5; ++round) {
        INFO(round);
        {
            const Process sender({.argv = {program, chain[0].group_socket()}});
            peer->await_broadcasts(static_cast<std::size_t>(10 + 40 * round));
        }  // killed
        chain.stage.until(
            [&] { return chain[0].guest().status("/v1/group").at("clients").as_array().size() == 1; },
            "guest-client to see the end");
        chain.await_all_sent();
        CHECK(peer->status().complete);
        told += peer->broadcasts.size() + peer->missed_in_all();
        CHECK(static_cast<double>(told) == chain.agent.metric("vnf_host_group_broadcasts_total"));
        check_order(peer->broadcasts);
        peer->forget();

        REQUIRE(sibling->say("still here") == VNF_SG_OK);
        peer->await_broadcasts(1);
        CHECK(peer->broadcasts == std::vector<HeardBroadcast>{{one, "still here"}});
        CHECK(sibling->status().complete);
        CHECK(sibling->broadcasts.empty());
        peer->forget();
        ++told;
    }
}

TEST_CASE("An application that ends with packets unread: what it said is heard") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto peer = chain[1].application();
    Stage aside;  // does not play while the others do
    auto leaver = std::make_unique<GroupApplication>(aside, chain[0].group_socket(), "leaver");
    leaver->await();
    const auto sibling = chain[0].application("sibling");
    REQUIRE(peer->say("never read") == VNF_SG_OK);
    sibling->await_broadcasts(1);
    chain[0].guest().process().signal(SIGSTOP);
    std::vector<HeardBroadcast> said;
    for (int i = 0; i < 5; ++i) {
        said.push_back({one, std::to_string(i)});
        REQUIRE(leaver->say(said.back().text) == VNF_SG_OK);
    }
    CHECK(leaver->broadcasts.empty());
    leaver.reset();
    chain[0].guest().process().signal(SIGCONT);
    peer->await_broadcasts(5);
    CHECK(peer->broadcasts == said);
    CHECK(sibling->status().complete);
}

TEST_CASE("An application that ends takes nobody with it, and its query's answer is nobody else's") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sibling = chain[0].application("sibling");
    for (int round = 0; round < 20; ++round) {
        auto leaver = std::make_unique<GroupApplication>(chain.stage, chain[0].group_socket(), "leaver");
        leaver->await();
        REQUIRE(leaver->ask() == VNF_SG_OK);
        REQUIRE(sibling->ask() == VNF_SG_OK);
        leaver.reset();
        chain.stage.until([&] { return !sibling->statuses.empty(); }, "the status");
        CHECK(sibling->statuses.size() == 1);
        CHECK(sibling->statuses.front().members == Names{one, two});
        sibling->forget();
    }
}

}  // namespace
}  // namespace vnf::test
