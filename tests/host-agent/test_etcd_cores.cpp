// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The outbox and the replica without a store: numbers that go on, transactions that are sent again or taken apart, gaps.
#include <catch2/catch.hpp>

#include "host-agent/etcd/group_outbox.hpp"
#include "host-agent/etcd/group_replica.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

const std::string base = "/p/s/";

wire::SourceInstance name_of(const std::string& text) {
    return wire::SourceInstance::of(text).value();
}

wire::JsonText entry() {
    return std::get<wire::JsonText>(wire::JsonText::parse("{}"));
}

std::string broadcast(const std::string& from, const std::string& text) {
    return encode_broadcast_item(name_of(from), std::get<wire::BroadcastText>(wire::BroadcastText::of(text)));
}

SharedMember member_of(const std::string& name) {
    return std::make_shared<LocalMember>(LocalMember{MemberKey{1}, "g", name_of(name), entry(), entry()});
}

EtcdKey mail(const std::string& host, const std::string& run, std::uint64_t first,
             std::vector<std::string> texts) {
    std::vector<std::string> items;
    for (const std::string& text : texts)
        items.push_back(broadcast("x", text));
    return {mail_key(base, "g", host), encode_mail_value(host, run, first, items)};
}

/// "text" for a broadcast, "gap N", "anything", "lost NAME".
std::vector<std::string> told(const ReplicaEffects& effects) {
    std::vector<std::string> words;
    for (const ReplicaEffect& effect : effects) {
        if (const auto* arrived = std::get_if<MailArrived>(&effect)) {
            const auto* heard = std::get_if<wire::GroupBroadcast>(&arrived->event);
            words.push_back(heard != nullptr ? heard->text : "notice");
        } else if (const auto* missed = std::get_if<MailMissed>(&effect)) {
            words.push_back("gap " + std::to_string(missed->messages));
        } else if (std::holds_alternative<AnythingMissed>(effect)) {
            words.emplace_back("anything");
        } else if (const auto* lost = std::get_if<MemberLost>(&effect)) {
            words.push_back("lost " + lost->name.text());
        }
    }
    return words;
}

using Words = std::vector<std::string>;

MailValue mail_in(const EtcdTransaction& transaction) {
    return parse_mail_value(transaction.puts.at(0).value).value();
}

}  // namespace

TEST_CASE("An uncertain transaction is sent again with the same numbers, a refused one gives them back") {
    GroupOutbox outbox(base, "h", "r");
    const auto a = member_of("a");
    outbox.push({GroupErrand::Kind::Say, a, broadcast("a", "1")});
    REQUIRE(outbox.ready());
    CHECK(mail_in(outbox.transaction(1)).first == 1);
    outbox.uncertain();
    outbox.push({GroupErrand::Kind::Say, a, broadcast("a", "2")});
    REQUIRE(outbox.ready());
    CHECK(outbox.sent_before());
    CHECK(mail_in(outbox.transaction(1)).items.size() == 1);
    outbox.committed(5);
    REQUIRE(outbox.ready());
    CHECK(mail_in(outbox.transaction(1)).first == 2);
    outbox.refused();
    outbox.push({GroupErrand::Kind::Say, a, broadcast("a", "3")});
    REQUIRE(outbox.ready());
    CHECK(mail_in(outbox.transaction(1)).first == 2);
    CHECK(mail_in(outbox.transaction(1)).items.size() == 2);
    outbox.refused(true);
    REQUIRE(outbox.ready());
    CHECK(mail_in(outbox.transaction(1)).items.size() == 1);
    outbox.give_up();
    REQUIRE(outbox.ready());
    CHECK(mail_in(outbox.transaction(1)).first == 3);
    outbox.committed(6);
    CHECK_FALSE(outbox.ready());
    CHECK(a->waiting == 0);
}

TEST_CASE(
    "A member joins, changes and leaves in the order in which it did, one revision after the other where it "
    "must") {
    GroupOutbox outbox(base, "h", "r");
    const auto first = member_of("a"), second = member_of("a");
    outbox.push({GroupErrand::Kind::Join, first, encode_notice_item(first->name, entry())});
    outbox.push({GroupErrand::Kind::Change, first, encode_notice_item(first->name, entry())});
    outbox.push({GroupErrand::Kind::Leave, first, encode_farewell_item(first->name, entry())});
    outbox.push({GroupErrand::Kind::Join, second, encode_notice_item(first->name, entry())});
    REQUIRE(outbox.ready());
    CHECK(outbox.transaction(1).guards.size() == 1);
    CHECK(outbox.transaction(1).puts.size() == 2);
    outbox.committed(4);
    CHECK(first->present == 4);
    REQUIRE(outbox.ready());
    CHECK(outbox.transaction(1).removals == std::vector{member_key(base, "g", first->name)});
    outbox.committed(5);
    REQUIRE(outbox.ready());
    CHECK(outbox.transaction(1).guards.size() == 1);
    outbox.committed(6);
    CHECK(second->present == 6);
    CHECK(outbox.size() == 0);
}

TEST_CASE(
    "When the lease is gone, an uncertain transaction keeps its mail, and who left removes nobody's key") {
    GroupOutbox outbox(base, "h", "r");
    const auto a = member_of("a"), b = member_of("b");
    a->present = 3;
    outbox.push({GroupErrand::Kind::Join, b, encode_notice_item(b->name, entry())});
    outbox.push({GroupErrand::Kind::Say, b, broadcast("b", "1")});
    REQUIRE(outbox.ready());
    outbox.uncertain();
    outbox.push({GroupErrand::Kind::Leave, a, encode_farewell_item(a->name, entry())});
    CHECK(outbox.lease_changed() == std::set<const LocalMember*>{b.get()});
    REQUIRE(outbox.ready());
    CHECK(outbox.transaction(2).guards.empty());
    CHECK(outbox.transaction(2).puts.size() == 1);
    CHECK(mail_in(outbox.transaction(2)).items.size() == 2);
    outbox.committed(9);
    CHECK(b->present == 0);
    REQUIRE(outbox.ready());
    CHECK(outbox.transaction(2).removals.empty());
    CHECK(mail_in(outbox.transaction(2)).first == 3);
}

TEST_CASE("A leave that is refused is tried again, since the member's key would stay") {
    GroupOutbox outbox(base, "h", "r");
    const auto a = member_of("a");
    a->present = 3;
    outbox.push({GroupErrand::Kind::Leave, a, encode_farewell_item(a->name, entry())});
    REQUIRE(outbox.ready());
    CHECK_FALSE(outbox.give_up());
    REQUIRE(outbox.ready());
    CHECK(outbox.transaction(1).removals == std::vector{member_key(base, "g", a->name)});
    CHECK(mail_in(outbox.transaction(1)).first == 1);
    outbox.committed(5);
    CHECK(outbox.size() == 0);
}

TEST_CASE("Numbers of groups without end are not kept without end, and none is given twice to a group") {
    GroupOutbox outbox(base, "h", "r");
    const auto say_in = [&outbox](const std::string& group) {
        const auto member =
            std::make_shared<LocalMember>(LocalMember{MemberKey{1}, group, name_of("a"), entry(), entry()});
        outbox.push({GroupErrand::Kind::Say, member, broadcast("a", "x")});
        REQUIRE(outbox.ready());
        const std::uint64_t number = mail_in(outbox.transaction(1)).first;
        outbox.committed(1);
        return number;
    };
    for (int i = 1; i <= 3; ++i)
        CHECK(say_in("first") == static_cast<std::uint64_t>(i));
    for (std::size_t i = 0; i < GroupOutbox::most_groups - 1; ++i)
        say_in("g" + std::to_string(i));
    CHECK(say_in("first") == 4);
    say_in("one more");  // g0 is forgotten
    CHECK(say_in("first") == 5);
    CHECK(say_in("g0") == 2);
}

TEST_CASE("A transaction stays below etcd's limits, however much waits") {
    GroupOutbox outbox(base, "h", "r");
    for (int i = 0; i < 300; ++i)
        outbox.push({GroupErrand::Kind::Join, member_of("m" + std::to_string(i)), {}});
    const auto a = member_of("a");
    for (int i = 0; i < 500; ++i)
        outbox.push({GroupErrand::Kind::Say, a, broadcast("a", std::string(3000, 'x'))});
    std::size_t transactions = 0;
    while (outbox.ready()) {
        const EtcdTransaction one = outbox.transaction(1);
        CHECK(one.puts.size() + one.removals.size() <= 128);
        CHECK(one.guards.size() <= 128);
        CHECK(encode(one).size() < 1000000);
        outbox.committed(static_cast<EtcdRevision>(++transactions));
    }
    CHECK(outbox.size() == 0);
    CHECK(transactions < 20);
}

TEST_CASE("What was heard is not heard again, and a number that jumps is a gap") {
    GroupReplica replica(base, "me", "r0");
    CHECK(told(replica.events({{false, mail("h", "r", 5, {"a", "b"})}})) == Words{"a", "b"});
    CHECK(told(replica.events({{false, mail("h", "r", 5, {"a", "b"})}})).empty());
    CHECK(told(replica.events({{false, mail("h", "r", 6, {"b", "c"})}})) == Words{"c"});
    CHECK(told(replica.events({{false, mail("h", "r", 10, {"d"})}})) == Words{"gap 2", "d"});
    // The key goes with the lease, the count stays with the run.
    CHECK(told(replica.events({{true, {mail_key(base, "g", "h"), {}, 0, 9}}})).empty());
    CHECK(told(replica.events({{false, mail("h", "r", 11, {"e"})}})) == Words{"e"});
    // A new life begins at 1.
    CHECK(told(replica.events({{false, mail("h", "r2", 1, {"f"})}})) == Words{"f"});
    CHECK(told(replica.events({{false, mail("h", "r3", 3, {"g"})}})) == Words{"gap 2", "g"});
    CHECK(told(replica.events({{false, mail("me", "r0", 1, {"own"})}})).empty());
}

TEST_CASE("Counts of hosts that come and go are kept for their return, but not without end") {
    GroupReplica replica(base, "me", "r0");
    const auto come_and_go = [&replica](const std::string& host) {
        replica.events({{false, mail(host, "r", 5, {"a"})}});
        replica.events({{true, {mail_key(base, "g", host), {}, 0, 9}}});
    };
    come_and_go("first");
    CHECK(told(replica.events({{false, mail("first", "r", 8, {"b"})}})) == Words{"gap 2", "b"});
    come_and_go("second");
    replica.snapshot({mail("first", "r", 8, {"b"})}, SnapshotCause::Compacted);
    for (std::size_t i = 0; i < GroupReplica::most_gone; ++i)
        come_and_go("h" + std::to_string(i));
    CHECK(told(replica.events({{false, mail("h1", "r", 8, {"c"})}})) == Words{"gap 2", "c"});
    // It is as one that was never heard of.
    CHECK(told(replica.events({{false, mail("second", "r", 8, {"c"})}})) == Words{"c"});
    CHECK(told(replica.events({{false, mail("first", "r", 12, {"d"})}})) == Words{"gap 3", "d"});
}

TEST_CASE("What is there at first is no news; after missed events it is what can still be told") {
    GroupReplica replica(base, "me", "r0");
    CHECK(told(replica.snapshot({mail("h", "r", 5, {"a", "b"})}, SnapshotCause::First)).empty());
    CHECK(told(replica.snapshot({mail("h", "r", 8, {"c", "d"})}, SnapshotCause::Compacted)) ==
          Words{"gap 1", "c", "d"});
    CHECK(told(replica.snapshot({mail("h", "r", 8, {"c", "d"})}, SnapshotCause::Compacted)).empty());
    // A host never heard of: all that it said was said meanwhile.
    CHECK(told(replica.snapshot({mail("h", "r", 8, {"c", "d"}), mail("i", "r", 3, {"x"})},
                                SnapshotCause::Compacted)) == Words{"gap 2", "x"});
    // One that is gone may have said something before.
    CHECK(told(replica.snapshot({mail("i", "r", 3, {"x"})}, SnapshotCause::Compacted)) == Words{"gap 0"});
    CHECK(told(replica.snapshot({}, SnapshotCause::Replaced)) == Words{"anything"});
}

TEST_CASE("A member that vanishes is lost once, unless it said farewell") {
    GroupReplica replica(base, "me", "r0");
    const auto put = [](const std::string& name) {
        return EtcdKey{member_key(base, "g", name_of(name)), encode_member_value("h", "r", entry()), 1, 1};
    };
    const auto removal = [](const std::string& name) {
        return EtcdEvent{true, {member_key(base, "g", name_of(name)), {}, 0, 5}};
    };
    const EtcdKey farewell{mail_key(base, "g", "h"),
                           encode_mail_value("h", "r", 1, {encode_farewell_item(name_of("b"), entry())})};
    replica.events({{false, put("a")}, {false, put("b")}, {false, put("c")}});
    CHECK(told(replica.events({removal("a")})) == Words{"lost a"});
    CHECK(told(replica.events({removal("a")})).empty());
    CHECK(told(replica.events({{false, farewell}, removal("b")})) == Words{"notice"});
    CHECK(told(replica.snapshot({farewell}, SnapshotCause::Compacted)) == Words{"lost c"});
    CHECK(replica.members().empty());
}

TEST_CASE("A wipe takes out everybody's keys: who does not come again in time is lost, and nobody before") {
    GroupReplica replica(base, "me", "r0");
    const auto put = [](const std::string& name) {
        return EtcdKey{member_key(base, "g", name_of(name)), encode_member_value("h", "r", entry()), 1, 1};
    };
    replica.snapshot({put("a"), put("b"), put("c"), put("d")}, SnapshotCause::First);
    CHECK_FALSE(replica.awaits());
    CHECK(told(replica.snapshot({put("d")}, SnapshotCause::Replaced)) == Words{"anything"});
    CHECK(replica.awaits());
    CHECK(replica.members().at("g").size() == 4);
    // Events that were missed meanwhile are no reason to lose those, but d is.
    CHECK(told(replica.snapshot({put("a")}, SnapshotCause::Compacted)) == Words{"lost d"});
    const EtcdKey farewell{mail_key(base, "g", "h"),
                           encode_mail_value("h", "r", 1, {encode_farewell_item(name_of("b"), entry())})};
    CHECK(told(replica.events({{false, farewell}})) == Words{"notice"});
    CHECK(told(replica.lose_awaited()) == Words{"lost c"});
    CHECK(replica.members().at("g").size() == 1);
    CHECK_FALSE(replica.awaits());
}

TEST_CASE("The host that has been there longest does what one must do for all") {
    GroupReplica replica(base, "me", "r0");
    CHECK_FALSE(replica.is_eldest());
    replica.events({{false, {host_key(base, "me"), "{}", 5}}});
    CHECK(replica.is_eldest());
    replica.events({{false, {host_key(base, "other"), "{}", 4}}});
    CHECK_FALSE(replica.is_eldest());
    replica.events({{true, {host_key(base, "other"), {}}}});
    CHECK(replica.is_eldest());
}
