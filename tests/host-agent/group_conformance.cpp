// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_conformance.hpp. Absence is shown by a later message that has come.
#include <catch2/catch.hpp>

#include "tests/host-agent/group_conformance.hpp"

namespace vnf::host {

namespace {

wire::BroadcastText text_of(const std::string& text) {
    return std::get<wire::BroadcastText>(wire::BroadcastText::of(text));
}

/// `count` members m000, m001, ... of one group, on all hosts in turn, all of whom see each other.
class Members {
  public:
    Members(GroupEngine& engine, std::size_t count, const std::string& group = "group") {
        for (std::size_t i = 0; i < count; ++i) {
            const std::string number = std::to_string(i);
            all.push_back(std::make_unique<TestMember>(engine, i % engine.hosts(), group,
                                                       "m" + std::string(3 - number.size(), '0') + number));
        }
        for (const auto& one : all)
            REQUIRE(one->sees(count));
        for (const auto& one : all)
            one->box->notified.clear();
    }
    TestMember& operator[](std::size_t index) { return *all[index]; }
    std::vector<std::unique_ptr<TestMember>> all;
};

const std::size_t some_members = 3;

TEST_CASE("What one member sends, all others hear in the order in which it was sent") {
    const auto engine = make_group_engine();
    Members members(*engine, some_members);
    const std::size_t count = 100;
    for (std::size_t i = 0; i < count; ++i)
        for (const auto& sender : members.all)
            sender->broadcast(std::to_string(i));
    for (const auto& receiver : members.all) {
        REQUIRE(receiver->hears(count * (some_members - 1)));
        for (const auto& sender : members.all) {
            std::vector<std::string> from;
            for (const std::string& one : receiver->box->heard)
                if (one.starts_with(sender->name + ": "))
                    from.push_back(one.substr(sender->name.size() + 2));
            std::vector<std::string> wanted;
            for (std::size_t i = 0; i < count && sender != receiver; ++i)
                wanted.push_back(std::to_string(i));
            CHECK(from == wanted);
        }
    }
}

TEST_CASE("A sender never hears itself, and a subject is never told of itself") {
    const auto engine = make_group_engine();
    Members members(*engine, 2);
    members[0].broadcast("of the first");
    members[0].change("paused");
    REQUIRE(members[1].hears(1));
    REQUIRE(members[1].is_notified(1));
    members[1].broadcast("of the second");
    members[1].change("stopped");
    REQUIRE(members[0].hears(1));
    REQUIRE(members[0].is_notified(1));
    CHECK(members[0].box->heard == std::vector<std::string>{"m001: of the second"});
    CHECK(members[1].box->heard == std::vector<std::string>{"m000: of the first"});
    CHECK(members[0].box->notified == std::vector{notice_of("stopped", "m001").text()});
    CHECK(members[1].box->notified == std::vector{notice_of("paused", "m000").text()});
}

TEST_CASE("A status has each member once, the asker included, by name and as it was last changed") {
    const auto engine = make_group_engine();
    const std::size_t count = GENERATE(1U, 2U, 70U, 200U);
    Members members(*engine, count);
    TestMember& last = members[count - 1];
    members[0].change("paused");
    const auto entry = [](std::size_t i, const TestMember& member) {
        return entry_of(member.name, i == 0 ? "paused" : "active").text();
    };
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < count; ++i)
        wanted.push_back(entry(i, members[i]));
    CHECK(engine->until([&last, &wanted] { return last.status() == wanted; }));
    CHECK(engine->until([&members, &wanted] { return members[0].status() == wanted; }));
}

TEST_CASE("A name that the group has is refused once, and the one that has it is undisturbed") {
    const auto engine = make_group_engine();
    Members members(*engine, 2);
    TestMember second(*engine, engine->hosts() - 1, "group", "m000");
    REQUIRE(engine->until([&second] { return !second.box->lost.empty(); }));
    CHECK_FALSE(second.box->lost.front().empty());
    CHECK(second.box->confirmed == 0);
    CHECK(engine->until([&members] { return members[0].box->confirmed == 1; }));
    members[0].broadcast("still here");
    REQUIRE(members[1].hears(1));
    members[1].broadcast("and so am I");
    REQUIRE(members[0].hears(1));
    CHECK(members[0].sees(2));
    CHECK(second.box->lost.size() == 1);
    CHECK(second.box->heard.empty());
    CHECK(members[1].box->notified.empty());

    SECTION("the refused key is void") {
        second.change("paused");
        second.leave();
        CHECK(second.service.broadcast(second.key, text_of("from nowhere")) == GroupSending::Unavailable);
        members[0].broadcast("marker");
        REQUIRE(members[1].hears(2));
        CHECK(members[1].box->heard.back() == "m000: marker");
        CHECK(members[1].box->notified.empty());
        CHECK(members[0].sees(2));
    }
    SECTION("when its owner has left, the name is free") {
        members[0].leave();
        REQUIRE(members[1].sees(1));
        second.join();
        REQUIRE(members[1].sees(2));
        second.broadcast("mine now");
        REQUIRE(members[1].hears(2));
        CHECK(members[1].box->heard.back() == "m000: mine now");
    }
}

TEST_CASE("The same name in two groups is two members, and neither group hears of the other") {
    const auto engine = make_group_engine();
    Members red(*engine, 2, "red");
    Members blue(*engine, 2, "blue");
    red[0].broadcast("red");
    red[0].change("paused");
    REQUIRE(red[1].hears(1));
    REQUIRE(red[1].is_notified(1));
    blue[0].broadcast("blue");
    blue[0].change("stopped");
    REQUIRE(blue[1].hears(1));
    REQUIRE(blue[1].is_notified(1));
    CHECK(blue[1].box->heard == std::vector<std::string>{"m000: blue"});
    CHECK(blue[1].box->notified == std::vector{notice_of("stopped", "m000").text()});
    CHECK(blue[0].box->heard.empty());
    CHECK(blue[0].box->notified.empty());
    CHECK(blue[1].status().size() == 2);
    CHECK(red[1].box->heard == std::vector<std::string>{"m000: red"});
}

TEST_CASE(
    "Arrivals and farewells are told to the others; who has left hears nothing more, and may come again") {
    const auto engine = make_group_engine();
    Members members(*engine, 2);
    TestMember guest(*engine, 0, "group", "guest");
    REQUIRE(members[0].is_notified(1));
    REQUIRE(members[1].is_notified(1));
    CHECK(members[1].box->notified.back() == notice_of("joined", "guest").text());
    CHECK(guest.sees(3));
    guest.leave();
    REQUIRE(members[0].is_notified(2));
    REQUIRE(members[1].is_notified(2));
    CHECK(members[1].box->notified.back() == notice_of("left", "guest").text());
    members[0].broadcast("while it was away");
    REQUIRE(members[1].hears(1));
    CHECK(members[1].sees(2));
    guest.join();
    REQUIRE(members[0].is_notified(3));
    REQUIRE(guest.sees(3));
    members[0].broadcast("welcome back");
    REQUIRE(guest.hears(1));
    CHECK(guest.box->heard == std::vector<std::string>{"m000: welcome back"});
    CHECK(guest.box->notified.empty());
    CHECK(guest.box->lost.empty());
}

TEST_CASE("Who leaves before its status is there gets none") {
    const auto engine = make_group_engine();
    Members members(*engine, 2);
    const auto answers = std::make_shared<int>(0);
    members[0].service.status(members[0].key, [answers](const GroupService::Status&) { ++*answers; });
    members[0].leave();
    REQUIRE(members[1].is_notified(1));
    REQUIRE(members[1].sees(1));
    CHECK(*answers == 0);
}

TEST_CASE("Every text of a legal broadcast arrives as it was") {
    const auto engine = make_group_engine();
    Members members(*engine, 2);
    const std::vector<std::string> texts{"",
                                         "x",
                                         std::string(wire::broadcast_limit, 'x'),
                                         std::string(wire::broadcast_escaped_limit / 2, '/'),
                                         std::string(wire::broadcast_escaped_limit / 2, '/') + "x",
                                         std::string(wire::broadcast_escaped_limit / 6, '\x01'),
                                         "quote \" backslash \\ slash / tab \t line \n",
                                         "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
                                         R"({"looks":"like JSON"})"};
    for (const std::string& text : texts)
        members[0].broadcast(text);
    REQUIRE(members[1].hears(texts.size()));
    for (std::size_t i = 0; i < texts.size(); ++i)
        CHECK(members[1].box->heard[i] == "m000: " + texts[i]);
}

TEST_CASE("A key that was never given is ignored") {
    const auto engine = make_group_engine();
    Members members(*engine, 1);
    const MemberKey nobody{};
    GroupService& service = engine->host(0);
    service.leave(nobody, notice_of("left", "nobody"));
    service.change(nobody, entry_of("nobody", "x"), notice_of("x", "nobody"));
    CHECK(service.broadcast(nobody, text_of("x")) == GroupSending::Unavailable);
    CHECK(members[0].sees(1));
    CHECK(members[0].box->notified.empty());
}

TEST_CASE("Operators see groups and members by name, with what each of them last said") {
    const auto engine = make_group_engine();
    Members red(*engine, 2, "red");
    Members blue(*engine, 1, "blue");
    red[1].change("paused");
    GroupService& service = engine->host(0);
    const auto seen = [&service] {
        const auto groups = service.groups();
        return groups.size() == 2 && groups[0].members.size() == 1 && groups[1].members.size() == 2 &&
               groups[1].members[1].entry == entry_of("m001", "paused");
    };
    REQUIRE(engine->until(seen));
    const auto groups = service.groups();
    CHECK(groups[0].group == "blue");
    CHECK(groups[1].group == "red");
    CHECK(groups[1].members[0].name.text() == "m000");
    CHECK(groups[1].members[0].local);
    CHECK(groups[1].members[1].local == (engine->hosts() == 1));
    CHECK_FALSE(service.engine().empty());
}

TEST_CASE(
    "Messages that were lost on the way are told as a gap to every member of that host, and what follows "
    "arrives") {
    const auto engine = make_group_engine();
    Members members(*engine, some_members);
    if (!engine->lose_messages("group")) {
        SUCCEED("this engine loses nothing");
        return;
    }
    TestMember& there = members[1];
    REQUIRE(engine->until([&there] { return !there.box->gaps.empty(); }));
    const std::size_t before = there.box->heard.size();
    members[0].broadcast("after the gap");
    REQUIRE(there.hears(before + 1));
    CHECK(there.box->heard.back() == "m000: after the gap");
}

}  // namespace
}  // namespace vnf::host
