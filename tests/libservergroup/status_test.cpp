// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The status of all members: one request at a time, one answer each.

#include <catch2/catch.hpp>

#include "member.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using test::Member;

namespace {

struct Stage {
    explicit Stage(std::uint32_t timeout_ms = 60000)
        : member({.socket = directory / "s", .status_timeout_ms = timeout_ms}),
          peer(member.link_with(agent)) {}

    std::uint32_t ask() {
        REQUIRE(vnf_sg_request_status(member.handle) == VNF_SG_OK);
        return member.expect<wire::GroupAsk>(*peer).query;
    }
    const test::ToldStatus& told() {
        REQUIRE(member.wait_until([this] { return !member.statuses.empty(); }));
        return member.statuses.back();
    }

    harness::ScratchDirectory directory;
    test::ScriptedAgent agent{directory / "s"};
    Member member;
    std::unique_ptr<test::Peer> peer;
};

std::string entry(std::size_t number) {
    return R"({"instance_id":"u)" + std::to_string(number) + R"(","state":"active"})";
}

}  // namespace

TEST_CASE("a status has one entry for each member, whatever their number") {
    const std::size_t count = GENERATE(0U, 1U, 2U, 70U, 200U);
    Stage stage;
    const auto query = stage.ask();
    for (std::size_t number = 0; number < count; ++number) {
        stage.peer->send(wire::GroupEntry{query, entry(number)});
        // The test's socket holds less than 200 entries.
        stage.member.wait_until([&] { return vnf_sg_next_timeout(stage.member.handle) != 0; });
        vnf_sg_dispatch(stage.member.handle);
    }
    stage.peer->send(wire::GroupAnswered{query});
    const auto& told = stage.told();
    CHECK(told.complete);
    CHECK(told.error == VNF_SG_OK);
    REQUIRE(told.ids.size() == count);
    if (count != 0)
        CHECK(told.entries.back() == entry(count - 1));
    CHECK(stage.member.changes.size() == count);
}

TEST_CASE("entries of another query, and an end of another query, are not this one's") {
    Stage stage;
    const auto query = stage.ask();
    stage.peer->send(wire::GroupEntry{query + 1, entry(1)});
    stage.peer->send(wire::GroupEntry{query - 1, entry(2)});
    stage.peer->send(wire::GroupAnswered{query - 1});
    stage.peer->send(wire::GroupUnanswered{query + 1, "no"});
    stage.peer->send(wire::GroupEntry{query, entry(3)});
    stage.peer->send(wire::GroupAnswered{query});
    CHECK(stage.told().ids == std::vector<std::string>{"u3"});
    stage.peer->send(wire::GroupAnswered{query});
    stage.peer->send(wire::GroupHeard{"one", "after"});
    REQUIRE(stage.member.wait_until([&] { return !stage.member.broadcasts.empty(); }));
    CHECK(stage.member.statuses.size() == 1);
}

TEST_CASE("a new request replaces the one before, whose answer is not told") {
    Stage stage;
    const auto first = stage.ask();
    stage.peer->send(wire::GroupEntry{first, entry(1)});
    const auto second = stage.ask();
    CHECK(second != first);
    stage.peer->send(wire::GroupAnswered{first});
    stage.peer->send(wire::GroupEntry{second, entry(2)});
    stage.peer->send(wire::GroupAnswered{second});
    CHECK(stage.told().ids == std::vector<std::string>{"u2"});
    CHECK(stage.member.statuses.size() == 1);
}

TEST_CASE("a status that does not become complete in time is told as far as it came") {
    Stage stage(1);
    const auto query = stage.ask();
    stage.peer->send(wire::GroupEntry{query, entry(1)});
    const auto& told = stage.told();
    CHECK_FALSE(told.complete);
    CHECK(told.error == VNF_SG_ERROR_TIMED_OUT);
    CHECK(stage.member.statuses.size() == 1);
}

TEST_CASE("a status that is given up is told with its reason") {
    Stage stage;
    const auto query = stage.ask();
    stage.peer->send(wire::GroupEntry{query, entry(1)});
    stage.peer->send(wire::GroupUnanswered{query, "the host did not answer"});
    const auto& told = stage.told();
    CHECK_FALSE(told.complete);
    CHECK(told.error == VNF_SG_ERROR_UNANSWERED);
    CHECK(told.reason == "the host did not answer");
    CHECK(told.ids == std::vector<std::string>{"u1"});
}

TEST_CASE("a status ends with the link and with the connection") {
    Stage stage;
    stage.ask();
    stage.peer->send(wire::GroupLink{false, "gone"});
    CHECK(stage.told().error == VNF_SG_ERROR_NO_LINK);
    stage.peer->send(wire::GroupLink{true, ""});
    REQUIRE(stage.member.wait_until([&] { return stage.member.state() == VNF_SG_STATE_LINKED; }));
    stage.ask();
    stage.peer->hang_up();
    REQUIRE(stage.member.wait_until([&] { return stage.member.statuses.size() == 2; }));
    CHECK(stage.member.statuses.back().error == VNF_SG_ERROR_CONNECTION_LOST);
}

TEST_CASE("a status query that the host refuses is told as a refusal and as a status without an answer") {
    Stage stage;
    stage.ask();
    stage.peer->send(wire::GroupRefusal{"status_query", "not now"});
    CHECK(stage.told().error == VNF_SG_ERROR_UNANSWERED);
    REQUIRE(stage.member.wait_until([&] { return !stage.member.refusals.empty(); }));
}

TEST_CASE("an entry may be a text that holds its JSON, and one that holds none is passed over") {
    Stage stage;
    const auto query = stage.ask();
    stage.peer->send(wire::GroupEntry{query, R"("{ \"instance_id\": \"u1\" }")"});
    stage.peer->send(wire::GroupEntry{query, "\"nothing\""});
    stage.peer->send(wire::GroupAnswered{query});
    const auto& told = stage.told();
    CHECK(told.ids == std::vector<std::string>{"u1"});
    CHECK(told.entries == std::vector<std::string>{R"({"instance_id":"u1"})"});
}

TEST_CASE("B-17: a request made inside the status callback is answered like any other") {
    Stage stage;
    const auto first = stage.ask();
    std::vector<vnf_sg_error> inside;
    stage.member.on_status = [&] {
        if (inside.empty())
            inside.push_back(vnf_sg_request_status(stage.member.handle));
    };
    stage.peer->send(wire::GroupEntry{first, entry(1)});
    stage.peer->send(wire::GroupAnswered{first});
    const auto second = stage.member.expect<wire::GroupAsk>(*stage.peer).query;
    CHECK(inside == std::vector<vnf_sg_error>{VNF_SG_OK});
    stage.peer->send(wire::GroupEntry{second, entry(1)});
    stage.peer->send(wire::GroupEntry{second, entry(2)});
    stage.peer->send(wire::GroupAnswered{second});
    REQUIRE(stage.member.wait_until([&] { return stage.member.statuses.size() == 2; }));
    CHECK(stage.member.statuses.back().ids == std::vector<std::string>{"u1", "u2"});
}

TEST_CASE("B-18: a status of many kilobytes is whole") {
    Stage stage;
    const auto query = stage.ask();
    const std::string padding(4000, 'x');
    for (int number = 0; number < 40; ++number) {
        stage.peer->send(wire::GroupEntry{
            query, R"({"instance_id":"u)" + std::to_string(number) + R"(","padding":")" + padding + R"("})"});
        vnf_sg_dispatch(stage.member.handle);
    }
    stage.peer->send(wire::GroupAnswered{query});
    CHECK(stage.told().ids.size() == 40);
    CHECK(stage.member.statuses.back().entries.back().size() > padding.size());
}
