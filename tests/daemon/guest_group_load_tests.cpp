// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client's messaging when somebody does not read, floods, or dies (defects B-20 and B-31's counterpart in the
// guest): queues at their bounds, back-pressure, turns, and the heartbeat beside it all.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>

#include "tests/daemon/group_peers.hpp"

namespace vnf::test {
namespace {

/// Sends numbered texts until the daemon takes no more; how many it took.
int fill(HandlePeer& handle, std::size_t size) {
    int sent = 0;
    while (handle.send(wire::GroupSend{std::to_string(sent) + std::string(size, '.')}))
        ++sent;
    return sent;
}

/// Several turns of the daemon's loop have passed.
void let_it_work(GuestUnderTest& guest) {
    for (int i = 0; i < 20; ++i)
        guest.status("/v1/group");
}

/// Until a handle's socket stays full.
int fill_up(GuestUnderTest& guest, HandlePeer& handle, std::size_t size) {
    int sent = 0, more = 0;
    do {
        for (more = 0; handle.send(wire::GroupSend{std::to_string(sent + more) + std::string(size, '.')});)
            ++more;
        sent += more;
        let_it_work(guest);
    } while (more > 0);
    return sent;
}

TEST_CASE(
    "B-20: while the host does not read, a handle is told to wait, and nothing is lost, doubled or torn") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    at.host.connection().hold_reading(true);
    const int sent = fill_up(at.guest, handle, 1000);
    CHECK(errno == EAGAIN);
    CHECK(sent > 256);
    at.host.connection().hold_reading(false);
    for (int i = 0; i < sent; ++i) {
        const std::string text = vnf::harness::text(at.host.expect_data(), "data");
        REQUIRE(text.substr(0, text.find('.')) == std::to_string(i));
    }
    CHECK(handle.send(wire::GroupSend{"again"}));
    CHECK(text(at.host.expect_data(), "data") == "again");
    CHECK(at.guest.metric("vnf_guest_group_lost_total") == 0);
}

TEST_CASE("B-20: the old client's messages beyond its share are counted, and the others' are sent") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage), flooder(at.stage);
    handle.join(at.guest.group_socket());
    flooder.join(at.guest.group_socket());
    ServicePeer old(at.stage, "cgcs.server_grp");
    at.host.connection().hold_reading(true);
    fill_up(at.guest, flooder, 3000);
    for (int i = 0; i < 300; ++i)
        old.say_broadcast("old " + std::to_string(i));
    at.stage.until([&] { return at.guest.metric("vnf_guest_group_lost_total", "old_client_dropped") == 44; },
                   "the daemon to have counted");
    REQUIRE(handle.send(wire::GroupSend{"not starved"}));
    let_it_work(at.guest);
    at.host.connection().hold_reading(false);
    // What was in the sockets comes first, then each of the three takes turns.
    std::vector<std::string> heard;
    while (heard.empty() || heard.back() != "old 255") {
        std::string text = vnf::harness::text(at.host.expect_data(), "data");
        heard.push_back(text.substr(0, text.find("..")));
    }
    const auto position = [&heard](const std::string& text) {
        return std::find(heard.begin(), heard.end(), text) - heard.begin();
    };
    CHECK(position("not starved") < position("old 2"));
    CHECK(position("old 1") - position("old 0") <= 3);
}

TEST_CASE("B-20: what was accepted and not written when the link goes down is told in its exact number") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    at.host.connection().hold_reading(true);
    const int sent = fill_up(at.guest, handle, 1000);
    at.host.connection().hold_reading(false);
    // Take a part, then go away: what the daemon's kernel had taken is gone with the host, as with any host.
    at.host.detach();
    std::uint32_t unsent = 0;
    bool down = false;
    while (!down) {
        at.stage.until([&] { return !handle.records().empty(); }, "the end of the link");
        const auto record = handle.records().front();
        handle.records().pop_front();
        if (const auto* told = std::get_if<wire::GroupUnsent>(&record))
            unsent += told->messages;
        down = std::holds_alternative<wire::GroupLink>(record);
    }
    at.stage.until(
        [&] {
            for (; !handle.records().empty(); handle.records().pop_front())
                unsent += std::get<wire::GroupUnsent>(handle.records().front()).messages;
            const Json group = at.guest.status("/v1/group");
            const auto written = number(group.at("channel").as_object(), "from_group");
            // The last one went into the port's own queue, and counts as both.
            return written + unsent == sent + 1;
        },
        "every message to be either written or told");
}

TEST_CASE(
    "B-20: a handle that is killed while the host does not read leaves its place, and what it said is sent "
    "or counted") {
    if (!enter_own_network())
        return;
    GroupGuest at("groups:\n  limit: 1\n");
    HandlePeer handle(at.stage), next(at.stage);
    handle.join(at.guest.group_socket());
    at.host.connection().hold_reading(true);
    const int sent = fill_up(at.guest, handle, 1000);
    handle.close();
    at.stage.until([&] { return at.guest.status("/v1/group").at("clients").as_array().empty(); },
                   "the daemon to see that the client left");
    next.join(at.guest.group_socket());
    const int dropped = static_cast<int>(at.guest.metric("vnf_guest_group_lost_total", "departed_dropped"));
    CHECK(dropped > 0);
    CHECK(sent - dropped >= 256);
    at.host.connection().hold_reading(false);
    for (int i = 0; i < sent - dropped; ++i) {
        const std::string text = vnf::harness::text(at.host.expect_data(), "data");
        REQUIRE(text.substr(0, text.find('.')) == std::to_string(i));
    }
    REQUIRE(next.send(wire::GroupSend{"next"}));
    CHECK(text(at.host.expect_data(), "data") == "next");
}

TEST_CASE(
    "A handle that is slow over a restart of the host is told that it missed messages, nobody knows how "
    "many") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer slow(at.stage), quick(at.stage);
    slow.join(at.guest.group_socket());
    quick.join(at.guest.group_socket());
    slow.hold_reading(true);
    const std::string filler(2000, 'x');
    while (at.guest.metric("vnf_guest_group_lost_total", "missed") == 0) {
        for (int i = 0; i < 50; ++i) {
            at.host.broadcast(filler);
            quick.expect<wire::GroupHeard>();
        }
    }
    at.host.detach();
    CHECK_FALSE(quick.expect<wire::GroupLink>().up);
    at.host.attach(at.guest.messaging_socket());
    CHECK(quick.expect<wire::GroupLink>().up);
    slow.hold_reading(false);
    std::vector<wire::GroupMissed> missed;
    while (true) {
        at.stage.until([&slow] { return !slow.records().empty(); }, "the slow one's next record");
        const auto record = slow.records().front();
        slow.records().pop_front();
        if (const auto* link = std::get_if<wire::GroupLink>(&record)) {
            CHECK(link->up);
            break;
        }
        if (const auto* gap = std::get_if<wire::GroupMissed>(&record))
            missed.push_back(*gap);
    }
    REQUIRE_FALSE(missed.empty());
    CHECK(missed.back().messages == 0);
}

TEST_CASE("A handle that never reads misses messages beyond its queue, is told how many, and hurts nobody") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer slow(at.stage), quick(at.stage);
    slow.join(at.guest.group_socket());
    quick.join(at.guest.group_socket());
    slow.hold_reading(true);
    const std::string filler(2000, 'x');
    constexpr int messages = 2000;
    for (int i = 0; i < messages; ++i) {
        at.host.broadcast(std::to_string(i) + filler);
        CHECK(quick.expect<wire::GroupHeard>().text == std::to_string(i) + filler);
    }
    slow.hold_reading(false);
    int heard = 0, missed = 0;
    while (heard + missed < messages) {
        at.stage.until([&slow] { return !slow.records().empty(); }, "the slow one's next record");
        const auto record = slow.records().front();
        slow.records().pop_front();
        if (const auto* gap = std::get_if<wire::GroupMissed>(&record)) {
            missed += static_cast<int>(gap->messages);
        } else {
            REQUIRE(std::get<wire::GroupHeard>(record).text == std::to_string(heard + missed) + filler);
            ++heard;
        }
    }
    CHECK(missed > 0);
    CHECK(heard + missed == messages);
}

TEST_CASE("An old client that does not read is given what its socket and its queue hold: 11 and 256") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer old(at.stage, "cgcs.server_grp");
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    old.hold_reading(true);
    for (int i = 0; i < 300; ++i) {
        at.host.broadcast(std::to_string(i));
        handle.expect<wire::GroupHeard>();
    }
    CHECK(at.guest.metric("vnf_guest_service_messages_total", R"(what="overflow")") == 300 - 11 - 256);
    old.hold_reading(false);
    for (int i = 0; i < 267; ++i)
        REQUIRE_THAT(old.expect(), Catch::Contains("\"data\":\"" + std::to_string(i) + "\""));
    at.host.broadcast("later");
    CHECK_THAT(old.expect(), Catch::Contains("later"));
}

TEST_CASE("A status that an old client is too slow for is not told as complete, and the next one is") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer old(at.stage, "cgcs.server_grp");
    old.hold_reading(true);
    for (const int seq : {1, 3}) {
        old.ask(seq);
        at.host.answer(number(at.host.expect_data(), "seq"), 200);
        at.round_trip();
    }
    // Its socket and queue hold 267; the second broadcast of round_trip() finds no room either.
    constexpr int entries = 200, room = 11 + 256, of_first = entries + 2;
    CHECK(at.guest.metric("vnf_guest_service_messages_total", R"(what="overflow")") ==
          of_first + entries + 1 - room);
    CHECK(at.guest.metric("vnf_guest_group_lost_total", "unanswered") == 1);
    old.hold_reading(false);
    for (int i = 0; i < room; ++i) {
        const std::string datagram = old.expect();
        CHECK((datagram.find("_done") != std::string::npos) == (i == entries));
    }
    at.round_trip();
    CHECK_THAT(old.expect(), Catch::Contains("marker"));
    old.ask(5);
    at.host.answer(number(at.host.expect_data(), "seq"), 200);
    for (int i = 0; i < entries; ++i)
        REQUIRE_THAT(old.expect(), Catch::Contains(R"("status_response","seq":5,)"));
    CHECK_THAT(old.expect(), Catch::Contains(R"("status_response_done","seq":5)"));
}

TEST_CASE("A service that dies with a full queue, and comes back, is served again") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    for (int round = 0; round < 3; ++round) {
        ServicePeer old(at.stage, "cgcs.server_grp");
        old.hold_reading(true);
        for (int i = 0; i < 50; ++i) {
            at.host.broadcast("x");
            handle.expect<wire::GroupHeard>();
        }
    }
    ServicePeer old(at.stage, "cgcs.server_grp");
    at.stage.until(
        [&] {
            at.host.broadcast("back");
            at.round_trip();
            return old.waiting() > 0;
        },
        "the service that came back to be served");
}

TEST_CASE("A flood on messaging from both sides does not keep the heartbeat waiting") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ScriptedHost heartbeat(at.stage);
    heartbeat.capabilities = all_capabilities;
    heartbeat.attach(at.guest.host_socket());
    HandlePeer handle(at.stage), mute(at.stage);
    handle.join(at.guest.group_socket());
    mute.join(at.guest.group_socket());
    mute.hold_reading(true);
    ServicePeer old(at.stage, "cgcs.server_grp");
    std::string flood;
    for (int i = 0; i < 2000; ++i)
        flood += port_line(R"({"version":2,"msg_type":"broadcast","source_instance":"vm2","data":"flood"})") +
                 "\n";
    for (int round = 0; round < 20; ++round) {
        at.host.send_raw(flood);
        fill(handle, 10);
        for (int i = 0; i < 200 && old.try_send(R"({"data":{},"version":2,"dest_addr":"x"})"); ++i) {
        }
        heartbeat.exchange();
        handle.records().clear();
        at.host.lines().clear();
    }
    at.stage.until([&] { return at.host.connection().flushed(); }, "the daemon to take the flood");
    CHECK(at.guest.process().output().size() < 200000);
}

TEST_CASE("guest-client is killed and started again, and everybody works on after having connected") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    ServicePeer old(at.stage, "cgcs.server_grp");
    for (int round = 0; round < 3; ++round) {
        REQUIRE(handle.send(wire::GroupAsk{1}));
        at.host.expect_line();
        at.guest.process().signal(SIGKILL);
        at.guest.process().wait();
        handle.expect_end();
        handle.records().clear();
        CHECK_FALSE(old.try_send("x"));
        at.guest.restart();
        at.host.attach(at.guest.messaging_socket());
        handle.join(at.guest.group_socket());
        at.stage.until([&] { return text(at.guest.status("/v1/group"), "state") == "up"; }, "the link");
        at.stage.settle();
        handle.records().clear();
        old.say_broadcast("old");
        CHECK(text(at.host.expect_data(), "data") == "old");
        REQUIRE(handle.send(wire::GroupSend{"new"}));
        CHECK(text(at.host.expect_data(), "data") == "new");
        at.host.broadcast("back");
        CHECK(handle.expect<wire::GroupHeard>().text == "back");
        CHECK_THAT(old.expect(), Catch::Contains("back"));
    }
}

TEST_CASE("Handles that come and go, killed in the middle of anything, leave nothing behind") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    for (int i = 0; i < 300; ++i) {
        HandlePeer brief(at.stage);
        brief.connect(at.guest.group_socket());
        if (i % 3 > 0)
            brief.send(wire::GroupHello{"brief"});
        if (i % 3 > 1)
            brief.send(wire::GroupAsk{static_cast<std::uint32_t>(i)});
        at.host.broadcast("x");
        at.stage.settle();
    }
    at.stage.until([&] { return at.guest.status("/v1/group").at("clients").as_array().empty(); },
                   "the daemon to see that all have left");
    at.round_trip();
}

}  // namespace
}  // namespace vnf::test
