// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a client that reads slowly, or never, is owed.
#include "guest-client/group_outbox.hpp"

#include <catch2/catch.hpp>
#include <variant>
#include <vector>

namespace vnf::guest {
namespace {

using Records = std::vector<wire::GroupDaemonRecord>;

SharedPacket heard(const std::string& text) {
    return packet_of(wire::GroupHeard{"vm2", text});
}

wire::GroupDaemonRecord next(GroupOutbox& outbox) {
    auto record = wire::parse_group_daemon_record(outbox.front());
    outbox.pop();
    return std::get<wire::GroupDaemonRecord>(record);
}

Records read_all(GroupOutbox& outbox) {
    Records all;
    while (!outbox.empty()) {
        all.push_back(next(outbox));
    }
    return all;
}

/// One with its 256 records.
struct Full {
    Full() {
        for (std::size_t i = 0; i < GroupOutbox::limit; ++i) {
            REQUIRE(outbox.message(heard("m" + std::to_string(i))));
        }
    }
    Records read_behind_the_first_256() {
        Records all = read_all(outbox);
        REQUIRE(all.size() >= GroupOutbox::limit);
        all.erase(all.begin(), all.begin() + GroupOutbox::limit);
        return all;
    }
    GroupOutbox outbox;
};

TEST_CASE("256 messages wait in order, and the 257th is missed and told so") {
    Full full;
    CHECK(full.outbox.size() == 256);
    CHECK_FALSE(full.outbox.message(heard("late")));
    CHECK(full.outbox.dropped() == 1);
    CHECK(full.outbox.size() == 256);
    CHECK(std::get<wire::GroupHeard>(next(full.outbox)).text == "m0");
    const Records rest = read_all(full.outbox);
    REQUIRE(rest.size() == 256);
    CHECK(std::get<wire::GroupHeard>(rest[254]).text == "m255");
    CHECK(std::get<wire::GroupMissed>(rest[255]).messages == 1);
}

TEST_CASE("what was missed is told where it is missing: ahead of what comes when there is room") {
    Full full;
    full.outbox.message(heard("lost"));
    full.outbox.message(heard("lost too"));
    next(full.outbox);
    next(full.outbox);
    REQUIRE(full.outbox.message(heard("later")));
    const Records rest = read_all(full.outbox);
    REQUIRE(rest.size() == 256);
    CHECK(std::get<wire::GroupMissed>(rest[254]).messages == 2);
    CHECK(std::get<wire::GroupHeard>(rest[255]).text == "later");
}

TEST_CASE("a slow reader's queue fills with messages, not with reports of missed ones") {
    Full full;
    std::size_t reports = 0, messages = 0;
    for (int round = 0; round < 1000; ++round) {
        std::holds_alternative<wire::GroupMissed>(next(full.outbox)) ? ++reports : ++messages;
        for (int i = 0; i < 10; ++i) {
            full.outbox.message(heard("x"));
        }
    }
    CHECK(messages >= reports);
    std::uint64_t missed = 0;
    for (const auto& record : read_all(full.outbox)) {
        if (const auto* one = std::get_if<wire::GroupMissed>(&record)) {
            missed += one->messages;
        }
    }
    CHECK(missed > 0);
}

TEST_CASE("an unknown number of missed messages makes the sum unknown") {
    Full full;
    full.outbox.message(heard("lost"));
    full.outbox.missed(0);
    full.outbox.message(heard("lost"));
    const Records owed = full.read_behind_the_first_256();
    REQUIRE(owed.size() == 1);
    CHECK(std::get<wire::GroupMissed>(owed[0]).messages == 0);
}

TEST_CASE("the end of a query, the link and what was not sent survive a full queue, of each the last") {
    Full full;
    for (std::uint32_t i = 1; i <= 1000; ++i) {
        full.outbox.unsent(2, "no link");
        full.outbox.query_ended(packet_of(wire::GroupUnanswered{i, "no link"}));
        full.outbox.link({false, "away " + std::to_string(i)});
    }
    CHECK(full.outbox.size() == GroupOutbox::limit);
    const Records owed = full.read_behind_the_first_256();
    REQUIRE(owed.size() == 3);
    CHECK(std::get<wire::GroupUnsent>(owed[0]) == wire::GroupUnsent{2000, "no link"});
    CHECK(std::get<wire::GroupUnanswered>(owed[1]).query == 1000);
    CHECK(std::get<wire::GroupLink>(owed[2]) == wire::GroupLink{false, "away 1000"});
}

TEST_CASE(
    "a link that went down and up behind a full queue is told as up, and what was lost meanwhile as missed") {
    Full full;
    const int times = GENERATE(1, 2, 1000);
    for (int i = 0; i < times; ++i) {
        full.outbox.link({false, "away"});
        full.outbox.link({true, {}});
    }
    const bool down_again = GENERATE(false, true);
    if (down_again) {
        full.outbox.link({false, "away"});
    }
    const Records owed = full.read_behind_the_first_256();
    REQUIRE(owed.size() == 2);
    CHECK(std::get<wire::GroupMissed>(owed[0]).messages == 0);
    CHECK(std::get<wire::GroupLink>(owed[1]).up != down_again);
}

TEST_CASE("a link that went down ahead of a full queue, and up behind it, is told as just that") {
    GroupOutbox outbox;
    outbox.link({false, "away"});
    while (outbox.size() < GroupOutbox::limit) {
        REQUIRE(outbox.message(heard("x")));
    }
    outbox.link({true, {}});
    const Records all = read_all(outbox);
    REQUIRE(all.size() == GroupOutbox::limit + 1);
    CHECK_FALSE(std::get<wire::GroupLink>(all.front()).up);
    CHECK(std::get<wire::GroupLink>(all.back()).up);
}

TEST_CASE("an entry that finds no room is refused, and is no missed message") {
    Full full;
    CHECK_FALSE(full.outbox.entry(packet_of(wire::GroupEntry{1, "{}"})));
    CHECK(full.outbox.dropped() == 0);
    CHECK(full.read_behind_the_first_256().empty());
}

}  // namespace
}  // namespace vnf::guest
