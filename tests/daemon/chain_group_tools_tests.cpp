// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What operators do about server groups, on both sides, and what applications make of it: guestctl group, vnfctl group,
// their outputs and exit codes.
#include <catch2/catch.hpp>

#include <csignal>

#include "tests/daemon/group_chain.hpp"
#include "tests/harness/own_network.hpp"

namespace vnf::test {
namespace {

using Names = std::vector<std::string>;

const std::string one = "instance-00000001", two = "instance-00000002", three = "instance-00000003";
constexpr ExitStatus done{false, 0}, refused{false, 1}, usage{false, 2}, unknown{false, 5},
    unreachable{false, 6};

Json parsed(const Completed& result) {
    INFO(result.output);
    REQUIRE(result.status == done);
    return boost::json::parse(result.output).as_object();
}

TEST_CASE("A guest that joins and leaves by vnfctl is told to its groups and reaches them alone, at once") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"red", "blue", ""}});
    const auto red = chain[0].application(), blue = chain[1].application(), wanderer = chain[2].application();
    CHECK(wanderer->status().members == Names{three});
    REQUIRE(wanderer->say("is anybody there?") == VNF_SG_OK);

    CHECK(chain.vnfctl({"group", "join", "red", chain[2].uuid()}).status == done);
    CHECK(red->expect_cause("joined").member == three);
    CHECK(wanderer->status().members == Names{one, three});
    REQUIRE(wanderer->say("hello red") == VNF_SG_OK);
    red->await_broadcasts(1);
    CHECK(red->broadcasts == std::vector<HeardBroadcast>{{three, "hello red"}});

    CHECK(chain.vnfctl({"group", "join", "blue", chain[2].uuid(), "--name", "db"}).status == done);
    CHECK(red->expect_cause("left").member == three);
    CHECK(blue->expect_cause("joined").member == three);  // display_name stays what it was
    CHECK(red->status().members == Names{one});
    REQUIRE(red->say("hello again") == VNF_SG_OK);
    REQUIRE(wanderer->say("hello blue") == VNF_SG_OK);
    blue->await_broadcasts(1);
    CHECK(blue->broadcasts == std::vector<HeardBroadcast>{{"db", "hello blue"}});

    CHECK(chain.vnfctl({"group", "leave", "blue", chain[2].uuid()}).status == done);
    CHECK(blue->expect_cause("left").member == three);
    CHECK(blue->status().members == Names{two});
    CHECK(wanderer->status().members == Names{three});
    CHECK(wanderer->broadcasts.empty());
    CHECK(red->broadcasts.size() == 1);
}

TEST_CASE("guestctl group shows the link, the clients and what the old service was given") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto first = chain[0].application("first app"), second = chain[0].application("second app");
    const auto peer = chain[1].application();
    OldGroupClient old(chain.stage, chain[0].network());
    REQUIRE(first->say("one") == VNF_SG_OK);
    REQUIRE(peer->say("two") == VNF_SG_OK);
    old.expect("broadcast");
    const Completed table = chain[0].guestctl({"group"});
    CHECK(table.status == done);
    CHECK_THAT(table.output, Catch::Contains("first app") && Catch::Contains("second app") &&
                                 Catch::Contains("cgcs.server_grp") && Catch::Contains("cgcs.messaging") &&
                                 Catch::Contains("up"));
    const Json document = parsed(chain[0].guestctl({"group", "--json"}));
    CHECK(text(document, "state") == "up");
    REQUIRE(document.at("clients").as_array().size() == 2);
    CHECK(number(document.at("clients").as_array()[0].as_object(), "sends") == 1);
    CHECK(number(document.at("counters").as_object(), "broadcasts") == 1);
    CHECK(
        number(document.at("services").as_object().at("known").as_object().at("cgcs.server_grp").as_object(),
               "delivered") == 1);
}

TEST_CASE("guestctl group status lists the members as the host says") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    CHECK(chain.vnfctl({"group", "event", chain[1].uuid(), "paused"}).status == done);
    const Completed table = chain[0].guestctl({"group", "status"});
    CHECK(table.status == done);
    CHECK_THAT(table.output, Catch::Contains(one) && Catch::Contains(two) && Catch::Contains("active") &&
                                 Catch::Contains("paused") && Catch::Contains(chain[1].uuid()));
    const auto members = parsed(chain[0].guestctl({"--json", "group", "status"})).at("members").as_array();
    REQUIRE(members.size() == 2);
    CHECK(members[0].as_object().size() == 34);
    CHECK(text(members[1].as_object(), "state") == "paused");
}

TEST_CASE("guestctl group send is a broadcast of the guest, and says why it can't be one") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sibling = chain[0].application(), peer = chain[1].application();
    const Completed sent = chain[0].guestctl({"group", "send", "from an operator: /dev/null \"quoted\""});
    CHECK(sent.status == done);
    CHECK(sent.output == "accepted\n");
    peer->await_broadcasts(1);
    CHECK(peer->broadcasts == std::vector<HeardBroadcast>{{one, "from an operator: /dev/null \"quoted\""}});
    CHECK(parsed(chain[0].guestctl({"group", "send", "again", "--json"})).at("accepted").as_bool());
    peer->await_broadcasts(2);
    const Completed too_long = chain[0].guestctl({"group", "send", std::string(3051, 'x')});
    CHECK(too_long.status == refused);
    CHECK_THAT(too_long.output, Catch::StartsWith("guestctl: ") && Catch::Contains("3050"));
    CHECK(chain[0].guestctl({"group", "send", std::string(1976, '/')}).status == refused);
    CHECK(chain[0].guestctl({"group", "send", "\xff"}).status == usage);
    CHECK(chain[0].guestctl({"group", "send"}).status == usage);
    CHECK(chain[0].guestctl({"group", "shout"}).status == usage);
    peer->status();
    CHECK(peer->broadcasts.size() == 2);
    sibling->status();
    CHECK(sibling->broadcasts.empty());
}

TEST_CASE(
    "Without a host guestctl group says so, status and send are refused; without guest-client it exits 6") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto handle = chain[0].application();
    chain.agent.process().signal(SIGKILL);
    handle->await(VNF_SG_STATE_NO_LINK);
    const Json document = parsed(chain[0].guestctl({"group", "--json"}));
    CHECK(text(document, "state") == "down");
    CHECK_FALSE(text(document, "reason").empty());
    for (const Names& arguments : {Names{"group", "status"}, Names{"group", "send", "hello"}}) {
        const Completed result = chain[0].guestctl(arguments);
        CHECK(result.status == refused);
        CHECK_THAT(result.output, Catch::StartsWith("guestctl: "));
    }
    chain[0].guest().process().signal(SIGKILL);
    chain[0].guest().process().wait();
    for (const Names& arguments : {Names{"group"}, Names{"group", "status"}, Names{"group", "send", "hello"}})
        CHECK(chain[0].guestctl(arguments).status == unreachable);
}

TEST_CASE("vnfctl group: every command in both forms, its refusals and their exit codes") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"g", "g", ""}});
    const Completed list = chain.vnfctl({"group", "list"});
    CHECK(list.status == done);
    CHECK_THAT(list.output, Catch::Contains("g: " + one + ", " + two) && Catch::Contains(chain[2].uuid()) &&
                                Catch::Contains("engine: memory"));
    const Json groups = parsed(chain.vnfctl({"--json", "group", "list"}));
    CHECK(groups.at("guests").as_array().size() == 3);
    CHECK(groups.at("groups").as_array().size() == 1);
    CHECK_THAT(chain.vnfctl({"group", "show", "g"}).output, Catch::Contains(chain[1].uuid()));
    const Json group = parsed(chain.vnfctl({"group", "show", "g", "--json"}));
    REQUIRE(group.at("members").as_array().size() == 2);
    CHECK(group.at("members").as_array()[0].as_object().at("connected").as_bool());
    CHECK(text(parsed(chain.vnfctl({"group", "join", "g", chain[2].uuid(), "--json"})), "group") == "g");
    CHECK(text(parsed(chain.vnfctl({"group", "leave", "g", chain[2].uuid(), "--json"})), "left") == "g");
    parsed(chain.vnfctl({"group", "event", chain[0].uuid(), "rebooting", "--cause", "upgrade", "--json"}));
    CHECK_THAT(chain.vnfctl({"group", "show", "g"}).output, Catch::Contains("rebooting"));
    CHECK(number(parsed(chain.vnfctl({"group", "sweep", "--json"})), "removed") == 0);

    CHECK(chain.vnfctl({"group", "show", "nobodys"}).status == refused);
    CHECK(chain.vnfctl({"group", "join", "not a group", chain[2].uuid()}).status == refused);
    CHECK(chain.vnfctl({"group", "join", "g", "nobody"}).status == unknown);
    CHECK(chain.vnfctl({"group", "join", "g", chain[2].uuid(), "--name", std::string(26, 'x')}).status ==
          refused);
    CHECK(chain.vnfctl({"group", "leave", "g", chain[2].uuid()}).status == refused);
    CHECK(chain.vnfctl({"group", "event", "nobody", "paused"}).status == unknown);
    CHECK(chain.vnfctl({"group", "event", chain[0].uuid(), "exploded"}).status == refused);
    CHECK(chain.vnfctl({"group"}).status == usage);
    CHECK(chain.vnfctl({"group", "join", "g"}).status == usage);
    chain.agent.process().signal(SIGKILL);
    chain.agent.process().wait();
    for (const Names& arguments :
         {Names{"group", "list"}, Names{"group", "join", "g", chain[2].uuid()}, Names{"group", "sweep"}})
        CHECK(chain.vnfctl(arguments).status == unreachable);
}

}  // namespace
}  // namespace vnf::test
