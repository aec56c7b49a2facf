// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "libservergroup/src/membership.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace vnf;
using libservergroup::MemberChange;
using libservergroup::MemberEntry;
using libservergroup::Membership;

namespace {

MemberEntry entry(const std::string& id, const std::string& state = "active") {
    return {{.instance_id = id, .state = state}, "{}"};
}

wire::GroupNotice notice(const std::string& event, const std::string& id,
                         const std::string& state = "active") {
    return {"compute.instance." + event,
            "",
            {.instance_id = id, .state = state},
            std::get<wire::JsonText>(wire::JsonText::parse("{}"))};
}

std::string told(const std::vector<MemberChange>& changes) {
    std::string all;
    for (const MemberChange& change : changes)
        all += change.entry.member.instance_id + " " + vnf_sg_change_kind_name(change.meaning.kind) + " " +
               vnf_sg_change_reason_name(change.meaning.reason) + ";";
    return all;
}

}  // namespace

TEST_CASE("the first list tells every member as joined, the same list again tells nothing") {
    Membership membership;
    CHECK(told(membership.take({entry("a"), entry("b")}, true)) == "a joined listed;b joined listed;");
    CHECK(told(membership.take({entry("a"), entry("b")}, true)).empty());
}

TEST_CASE("who is missing from a complete list has left, from an incomplete one has not") {
    Membership membership;
    membership.take({entry("a"), entry("b", "paused")}, true);
    CHECK(told(membership.take({entry("a")}, false)).empty());
    const auto changes = membership.take({entry("a")}, true);
    CHECK(told(changes) == "b left not_listed;");
    CHECK(changes.front().previous_state == "paused");
    CHECK(told(membership.take({entry("a")}, true)).empty());
}

TEST_CASE("a list tells another state as the change that it is") {
    Membership membership;
    membership.take({entry("a"), entry("b"), entry("c")}, true);
    CHECK(told(membership.take({entry("a", "error"), entry("b", "stopped"), entry("c", "deleted")}, true)) ==
          "a failed error;b changed stopped;c left deleted;");
    CHECK(told(membership.take({entry("a", "active"), entry("b", "active"), entry("c", "deleted")}, true)) ==
          "a changed started;b changed started;");
}

TEST_CASE("a member that an old host lists twice is told once") {
    Membership membership;
    CHECK(told(membership.take({entry("a"), entry("a", "paused")}, true)) == "a joined listed;");
}

TEST_CASE("a notification of a failure is told each time, one that tells nothing new is not") {
    Membership membership;
    membership.take({entry("a")}, true);
    CHECK_FALSE(membership.take(notice("exists", "a")).has_value());
    CHECK(membership.take(notice("reboot.error", "a"))->meaning.kind == VNF_SG_MEMBER_FAILED);
    CHECK(membership.take(notice("reboot.error", "a"))->meaning.kind == VNF_SG_MEMBER_FAILED);
}

TEST_CASE("a member that a notification tells is known from then on, until it has left") {
    Membership membership;
    CHECK(membership.take(notice("create.end", "a"))->meaning.kind == VNF_SG_MEMBER_JOINED);
    CHECK(told(membership.take({entry("a")}, true)).empty());
    CHECK(membership.take(notice("delete.end", "a", "deleted"))->previous_state == "active");
    CHECK(membership.size() == 0);
    CHECK(told(membership.take(std::vector<MemberEntry>{}, true)).empty());
}

TEST_CASE("why a member changed is no change of its own when a list comes without it") {
    Membership membership;
    wire::GroupNotice lost = notice("update", "a", "error");
    lost.member.cause = "heartbeat_lost";
    CHECK(membership.take(lost)->meaning.reason == VNF_SG_REASON_HEARTBEAT_LOST);
    CHECK(told(membership.take({entry("a", "error")}, true)).empty());
}

TEST_CASE("a member without an id is known by its name") {
    Membership membership;
    const MemberEntry named{{.display_name = "vm1", .state = "active"}, "{}"};
    CHECK(membership.take({named}, true).size() == 1);
    CHECK(membership.take({named}, true).empty());
}

TEST_CASE("no more members are remembered than the limit") {
    Membership membership;
    std::vector<MemberEntry> list;
    for (std::size_t number = 0; number <= Membership::limit; ++number)
        list.push_back(entry(std::to_string(number)));
    CHECK(membership.take(list, true).size() == Membership::limit + 1);
    CHECK(membership.size() == Membership::limit);
    CHECK(membership.take(list, true).size() == 1);
}
