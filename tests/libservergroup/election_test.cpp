// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The example's election, on a clock of the test's own: examples/standby_election.cpp.

#include <catch2/catch.hpp>
#include <deque>
#include <string>
#include <vector>

#include "examples/standby_election.hpp"

using namespace std::chrono_literals;
using standby::Announcement;
using standby::Clock;
using standby::Election;
using standby::Role;

namespace {

constexpr auto beat = 100ms;
constexpr auto silence = 400ms;

/// Some of a pair, and the group between them.
struct Pair {
    explicit Pair(const std::vector<std::string>& ids) {
        for (const std::string& id : ids)
            join(id);
    }
    void join(const std::string& id) {
        members.emplace_back(Announcement{"pair", id, "vm-" + id, Role::Standby, 0}, silence, now);
        members.back().link_changed(true, "", now);
        deaf.push_back(false);
        lines.emplace_back();
        collect();
    }
    /// Everybody who is not deaf says who it is, then time passes.
    void beats(int count) {
        for (; count != 0; --count) {
            for (std::size_t from = 0; from < members.size(); ++from)
                for (std::size_t to = 0; to < members.size() && !deaf[from]; ++to)
                    if (to != from && !deaf[to])
                        members[to].heard(members[from].self(), now);
            now += beat;
            for (std::size_t index = 0; index < members.size(); ++index)
                if (!frozen || index != 0)
                    members[index].tick(now);
            collect();
        }
    }
    void collect() {
        for (std::size_t index = 0; index < members.size(); ++index)
            if (auto change = members[index].take_change())
                lines[index].push_back(*change);
    }
    int active() const {
        int count = 0;
        for (const Election& one : members)
            count += one.is_active() ? 1 : 0;
        return count;
    }

    Clock::time_point now{1h};
    std::deque<Election> members;
    std::vector<bool> deaf;  ///< neither hears nor is heard
    bool frozen = false;     ///< the first one does not run
    std::vector<std::vector<std::string>> lines;
};

}  // namespace

TEST_CASE("of a pair that starts together the smaller id wins, and the other says so") {
    Pair pair({"b", "a"});
    CHECK(pair.lines[0].back() == "role: standby (started)");
    pair.beats(3);
    CHECK(pair.active() == 0);
    pair.beats(3);
    CHECK(pair.lines[1].back() == "role: active (won the election, term 1)");
    CHECK(pair.lines[0].back() == "role: standby (a is active, term 1)");
    pair.beats(20);
    CHECK(pair.lines[0].size() == 2);
    CHECK(pair.lines[1].size() == 2);
}

TEST_CASE("who starts alone becomes active, and stays it when a smaller id comes") {
    Pair pair({"b"});
    pair.beats(5);
    CHECK(pair.members[0].is_active());
    pair.join("a");
    pair.beats(10);
    CHECK(pair.members[0].is_active());
    CHECK_FALSE(pair.members[1].is_active());
}

TEST_CASE("the standby takes over at once when the active one's guest fails") {
    Pair pair({"a", "b"});
    pair.beats(6);
    pair.members[1].guest_is_out("vm-a", "failed: heartbeat_lost", pair.now);
    pair.members[1].tick(pair.now);
    pair.collect();
    CHECK(pair.lines[1].back() == "role: active (guest vm-a failed: heartbeat_lost, term 2)");
    // What was a false alarm ends with one active.
    pair.beats(2);
    CHECK(pair.lines[0].back() == "role: standby (b is active, term 2)");
    CHECK(pair.active() == 1);
}

TEST_CASE("another guest that fails changes nothing") {
    Pair pair({"a", "b"});
    pair.beats(6);
    pair.members[1].guest_is_out("vm-c", "failed: gone", pair.now);
    pair.members[1].guest_is_out("", "failed: gone", pair.now);
    pair.members[0].guest_is_out("vm-b", "failed: gone", pair.now);
    pair.beats(6);
    CHECK(pair.members[0].is_active());
    CHECK(pair.active() == 1);
}

TEST_CASE("the standby takes over when the active one is silent") {
    Pair pair({"a", "b"});
    pair.beats(6);
    pair.deaf[0] = true;
    pair.beats(3);
    CHECK_FALSE(pair.members[1].is_active());
    pair.beats(3);
    CHECK(pair.lines[1].back() == "role: active (a silent for 400 ms, term 2)");
    pair.deaf[0] = false;
    pair.beats(2);
    CHECK(pair.active() == 1);
    CHECK(pair.members[1].is_active());
}

TEST_CASE("the standby takes over when the active one says that it leaves") {
    Pair pair({"a", "b"});
    pair.beats(6);
    Announcement farewell = pair.members[0].self();
    farewell.role = Role::Leaving;
    pair.members[1].heard(farewell, pair.now);
    pair.members[1].tick(pair.now);
    pair.collect();
    CHECK(pair.lines[1].back() == "role: active (a left, term 2)");
}

TEST_CASE("an active one without a link stands by before the other takes over") {
    Pair pair({"a", "b"});
    pair.beats(6);
    pair.deaf[0] = true;
    pair.members[0].link_changed(false, "no_link", pair.now);
    pair.beats(3);
    CHECK(pair.lines[0].back() == "role: standby (no link: no_link)");
    CHECK(pair.active() == 0);
    pair.beats(3);
    CHECK(pair.members[1].is_active());
    pair.deaf[0] = false;
    pair.members[0].link_changed(true, "", pair.now);
    pair.beats(10);
    CHECK(pair.active() == 1);
    CHECK(pair.members[1].is_active());
}

TEST_CASE("a link that is lost for a moment changes nothing") {
    Pair pair({"a", "b"});
    pair.beats(6);
    pair.members[0].link_changed(false, "disconnected", pair.now);
    pair.beats(1);
    pair.members[0].link_changed(true, "", pair.now);
    pair.beats(10);
    CHECK(pair.lines[0].back() == "role: active (won the election, term 1)");
}

TEST_CASE("an active one that was not running stands by when it runs again") {
    Pair pair({"a", "b"});
    pair.beats(6);
    pair.frozen = pair.deaf[0] = true;
    pair.beats(6);
    CHECK(pair.members[1].is_active());
    pair.frozen = false;
    pair.beats(1);
    CHECK(pair.lines[0].back() == "role: standby (was not running)");
    pair.deaf[0] = false;
    pair.beats(10);
    CHECK(pair.active() == 1);
    CHECK(pair.members[1].is_active());
}

TEST_CASE("of three the smallest standby takes over, and only it") {
    Pair pair({"a", "b", "c"});
    pair.beats(6);
    for (const std::size_t index : {1U, 2U})
        pair.members[index].guest_is_out("vm-a", "left: deleted", pair.now);
    pair.deaf[0] = true;
    pair.beats(2);
    CHECK(pair.members[1].is_active());
    CHECK_FALSE(pair.members[2].is_active());
    CHECK(pair.lines[2].back() == "role: standby (b is active, term 2)");
}

TEST_CASE("an announcement is read as it was written, and nothing else is one") {
    const Announcement one{"db", "a", "vm1", Role::Active, 7};
    CHECK(standby::to_text(one) == "standby-pair/1 db a vm1 active 7");
    const auto read = standby::parse_announcement(standby::to_text(one));
    REQUIRE(read.has_value());
    CHECK(standby::to_text(*read) == standby::to_text(one));
    for (const char* text :
         {"", "hello", "standby-pair/2 db a vm1 active 7", "standby-pair/1 db a vm1 busy 7",
          "standby-pair/1 db a vm1 active", "standby-pair/1 db a vm1 active x"})
        CHECK_FALSE(standby::parse_announcement(text).has_value());
}

TEST_CASE("another pair of the group, and an echo of one's own, are not heard") {
    Pair pair({"b"});
    pair.members[0].heard({"other", "a", "vm-a", Role::Active, 9}, pair.now);
    pair.members[0].heard({"pair", "b", "vm-b", Role::Active, 9}, pair.now);
    pair.beats(5);
    CHECK(pair.lines[0].back() == "role: active (won the election, term 1)");
}
