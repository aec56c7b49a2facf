// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Several processes of one guest in its server group, through the shipped guest-client: handles over packets, the old
// client over datagrams, operators over guestctl.
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "shipped_binaries.hpp"
#include "tests/daemon/group_peers.hpp"

namespace vnf::test {
namespace {

struct Members : GroupGuest {
    explicit Members(const std::string& settings = {}) : GroupGuest(settings) {
        one.join(guest.group_socket(), "one");
        two.join(guest.group_socket(), "two");
    }
    HandlePeer one{stage}, two{stage};
    ServicePeer old{stage, "cgcs.server_grp"};
};

TEST_CASE("A broadcast of the host reaches every process of the guest, one of the guest only the host") {
    if (!enter_own_network())
        return;
    Members at;
    at.host.broadcast("to all");
    CHECK(at.one.expect<wire::GroupHeard>() == wire::GroupHeard{"vm2", "to all"});
    CHECK(at.two.expect<wire::GroupHeard>() == wire::GroupHeard{"vm2", "to all"});
    CHECK(at.old.expect() ==
          delivery(R"({"version":2,"msg_type":"broadcast","source_instance":"vm2","data":"to all"})"));
    REQUIRE(at.one.send(wire::GroupSend{"from one"}));
    at.old.say_broadcast("from the old one");
    const std::string first = at.host.expect_line(), second = at.host.expect_line();
    CHECK(std::set<std::string>{first, second} ==
          std::set<std::string>{
              port_line(R"({"version":2,"msg_type":"broadcast","data":"from one"})"),
              port_line(R"({"version":2,"msg_type":"broadcast","data":"from the old one"})")});
    at.round_trip();
    CHECK(at.two.records().size() == 1);  // the marker
    CHECK(at.old.waiting() == 1);
}

TEST_CASE("A notification, wrapper or bare, object or text, reaches every process") {
    if (!enter_own_network())
        return;
    Members at;
    for (const char* body : {R"({"payload":{"state":"active"},"event_type":"compute.instance.update"})",
                             R"({"state":"paused"})", R"("{\"state\":\"error\"}")"}) {
        const std::string data =
            R"({"version":2,"msg_type":"notification","data":)" + std::string(body) + "}";
        at.host.say_to_group(data);
        CHECK(at.one.expect<wire::GroupNotified>().body == body);
        CHECK(at.two.expect<wire::GroupNotified>().body == body);
        CHECK(at.old.expect() == delivery(data));
    }
}

TEST_CASE("Sizes at every limit leave the guest, or are refused to who sent them") {
    if (!enter_own_network())
        return;
    Members at;
    const auto [size, fill, good] = GENERATE(table<std::size_t, char, bool>({
        {0, 'x', true},
        {1, 'x', true},
        {3050, 'x', true},
        {3051, 'x', false},
        {1975, '/', true},   // 3950 escaped
        {1976, '/', false},  // 3952
    }));
    const std::string text(size, fill);
    at.one.send(wire::GroupSend{text});
    at.old.say_broadcast(text);
    if (good) {
        for (int i = 0; i < 2; ++i)
            CHECK(vnf::harness::text(at.host.expect_data(), "data") == text);
    } else {
        CHECK(at.one.expect<wire::GroupRefusal>().msg_type == "broadcast");
        CHECK_THAT(at.old.expect(), Catch::Contains(R"("msg_type":"nack","orig_msg_type":"broadcast")"));
        at.round_trip();
        CHECK(at.host.waiting() == 0);
    }
}

TEST_CASE(
    "64 handles and an old client ask at once with 1, the host is asked 32 at a time, and each gets its "
    "answer") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    std::vector<std::unique_ptr<HandlePeer>> handles;
    for (int i = 0; i < 64; ++i) {
        handles.push_back(std::make_unique<HandlePeer>(at.stage));
        handles.back()->join(at.guest.group_socket(), "app" + std::to_string(i));
    }
    ServicePeer old(at.stage, "cgcs.server_grp");
    for (const auto& handle : handles)
        REQUIRE(handle->send(wire::GroupAsk{1}));
    old.ask(1);
    const auto queries = [&at](const char* where) {
        return number(at.guest.status("/v1/group").at("queries").as_object(), where);
    };
    at.stage.until([&] { return at.host.waiting() == 32 && queries("waiting") == 33; },
                   "32 queries at the host, 33 behind them");
    CHECK(queries("at_host") == 32);
    std::set<std::int64_t> sequences;
    for (int i = 0; i < 65; ++i) {
        const Json query = at.host.expect_data();
        CHECK(at.host.waiting() < 32);
        CHECK(text(query, "msg_type") == "status_query");
        CHECK(query.at("gap").as_bool());
        sequences.insert(number(query, "seq"));
        at.host.answer(number(query, "seq"), 3);
    }
    CHECK(sequences.size() == 65);
    for (const auto& handle : handles) {
        for (int i = 0; i < 3; ++i)
            CHECK(handle->expect<wire::GroupEntry>() ==
                  wire::GroupEntry{1, R"({"n":)" + std::to_string(i) + "}"});
        CHECK(handle->expect<wire::GroupAnswered>().query == 1);
        CHECK(handle->records().empty());
    }
    for (int i = 0; i < 3; ++i)
        CHECK_THAT(old.expect(), Catch::Contains(R"("status_response","seq":1,)"));
    CHECK(old.expect() == delivery(R"({"version":2,"msg_type":"status_response_done","seq":1})"));
}

TEST_CASE("A status of 0, 1, 2, 70 and 200 members comes through whole, to a handle and to the old client") {
    if (!enter_own_network())
        return;
    Members at;
    const int members = GENERATE(0, 1, 2, 70, 200);
    const auto nth = [](int n) {
        return R"({"n":)" + std::to_string(n) + "}";
    };
    REQUIRE(at.one.send(wire::GroupAsk{1}));
    at.host.answer(number(at.host.expect_data(), "seq"), members);
    for (int i = 0; i < members; ++i)
        REQUIRE(at.one.expect<wire::GroupEntry>() == wire::GroupEntry{1, nth(i)});
    CHECK(at.one.expect<wire::GroupAnswered>().query == 1);
    at.old.ask(1);
    at.host.answer(number(at.host.expect_data(), "seq"), members);
    for (int i = 0; i < members; ++i)
        REQUIRE(at.old.expect() ==
                delivery(R"({"version":2,"msg_type":"status_response","seq":1,"data":)" + nth(i) + "}"));
    CHECK(at.old.expect() == delivery(R"({"version":2,"msg_type":"status_response_done","seq":1})"));
    at.round_trip();
    CHECK(at.guest.metric("vnf_guest_service_messages_total", "overflow") == 0);
    CHECK(at.guest.metric("vnf_guest_group_lost_total", "unanswered") == 0);
}

TEST_CASE("An answer nobody waits for any more is counted, and one never asked for too") {
    if (!enter_own_network())
        return;
    Members at;
    REQUIRE(at.one.send(wire::GroupAsk{1}));
    const auto seq = number(at.host.expect_data(), "seq");
    at.host.answer(seq, 0);
    CHECK(at.one.expect<wire::GroupAnswered>().query == 1);
    at.host.answer(seq, 1);
    at.host.answer(-77, 0);
    at.round_trip();
    CHECK(at.guest.metric("vnf_guest_group_heard_total", "late_answer") == 2);
    CHECK(at.guest.metric("vnf_guest_group_heard_total", "unknown_sequence") == 1);
}

TEST_CASE("A nack reaches who sent that type just now, a gap every handle") {
    if (!enter_own_network())
        return;
    Members at;
    REQUIRE(at.one.send(wire::GroupSend{"x"}));
    at.host.expect_line();
    const std::string nack =
        R"({"version":2,"msg_type":"nack","orig_msg_type":"broadcast","log_msg":"too many"})";
    at.host.say_to_group(nack);
    CHECK(at.one.expect<wire::GroupRefusal>() == wire::GroupRefusal{"broadcast", "too many"});
    at.old.say_broadcast("y");
    at.host.expect_line();
    at.host.say_to_group(nack);
    CHECK(at.old.expect() == delivery(nack));
    at.one.expect<wire::GroupRefusal>();
    at.host.say_to_group(R"({"version":2,"msg_type":"gap","missed":7})");
    CHECK(at.one.expect<wire::GroupMissed>().messages == 7);
    CHECK(at.two.expect<wire::GroupMissed>().messages == 7);
}

TEST_CASE("The link's state is told at hello and at each change, and a query in flight ends with it") {
    if (!enter_own_network())
        return;
    GuestUnderTest guest({.messaging = true});
    HandlePeer handle(guest.stage);
    const wire::GroupLink first = handle.join(guest.group_socket());
    CHECK_FALSE(first.up);
    CHECK_FALSE(first.reason.empty());
    PortHost host(guest.stage);
    for (int i = 0; i < 3; ++i) {
        host.attach(guest.messaging_socket());
        CHECK(handle.expect<wire::GroupLink>().up);
        REQUIRE(handle.send(wire::GroupAsk{5}));
        host.expect_line();
        host.detach();
        CHECK(handle.expect<wire::GroupUnanswered>().query == 5);
        CHECK_FALSE(handle.expect<wire::GroupLink>().up);
    }
    REQUIRE(handle.send(wire::GroupSend{"x"}));
    CHECK(handle.expect<wire::GroupUnsent>().messages == 1);
}

TEST_CASE("A handle that speaks before its hello, or says hello badly, is disconnected; another one is not") {
    if (!enter_own_network())
        return;
    Members at;
    HandlePeer rude(at.stage);
    rude.connect(at.guest.group_socket());
    const std::string packet =
        GENERATE(wire::encode(wire::GroupClientRecord{wire::GroupSend{"x"}}), std::string("garbage"),
                 std::string(3, '\0'), std::string("\x02\x01\0\0\0\0\0\0\0\0\0\0", 12));
    REQUIRE(rude.send_packet(packet));
    rude.expect_end();
    // What comes after a good hello is judged by itself.
    for (const std::string& bad :
         {std::string("garbage"), std::string("\x01\x63\0\0\0\0\0\0", 8), std::string(70000, 'x'),
          wire::encode(wire::GroupClientRecord{wire::GroupHello{"again"}})})
        REQUIRE(at.one.send_packet(bad));
    REQUIRE(at.one.send(wire::GroupSend{"still here"}));
    CHECK(text(at.host.expect_data(), "data") == "still here");
    CHECK(at.guest.metric("vnf_guest_group_records_rejected_total") >= 3);
}

TEST_CASE("Handles are limited in number, and the place of one that left is free") {
    if (!enter_own_network())
        return;
    GroupGuest at("groups:\n  limit: 2\n");
    HandlePeer one(at.stage), two(at.stage), three(at.stage);
    one.join(at.guest.group_socket());
    two.join(at.guest.group_socket());
    three.connect(at.guest.group_socket());
    three.expect_end();
    one.close();
    at.stage.until([&] { return at.guest.status("/v1/group").at("clients").as_array().size() == 1; },
                   "the daemon to see that a client left");
    three.join(at.guest.group_socket());
}

TEST_CASE("B-19: a foreign user's handle is not served unless the settings say so") {
    if (!enter_own_network())
        return;
    if (::geteuid() != 0) {
        WARN("SKIPPED: only root can be somebody else");
        return;
    }
    const bool allowed = GENERATE(false, true);
    GroupGuest at(allowed ? "groups:\n  allow: {users: [\"1234\"]}\n" : "");
    ::chmod(at.guest.scratch.path().c_str(), 0711);
    HandlePeer foreign(at.stage);
    REQUIRE(::seteuid(1234) == 0);
    foreign.connect(at.guest.group_socket());
    REQUIRE(::seteuid(0) == 0);
    if (allowed) {
        REQUIRE(foreign.send(wire::GroupHello{"app"}));
        CHECK(foreign.expect<wire::GroupLink>().up);
    } else {
        foreign.expect_end();
    }
}

TEST_CASE("What a process said last is sent, though it has ended") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    for (int i = 0; i < 20; ++i) {
        HandlePeer brief(at.stage);
        brief.join(at.guest.group_socket());
        REQUIRE(brief.send(wire::GroupSend{std::to_string(i)}));
        brief.close();
        CHECK(text(at.host.expect_data(), "data") == std::to_string(i));
    }
}

TEST_CASE("init names group_gap when messaging is on, and not otherwise") {
    if (!enter_own_network())
        return;
    const bool on = GENERATE(true, false);
    GuestUnderTest guest({.messaging = on});
    ScriptedHost host(guest.stage);
    const Json init = host.attach(guest.host_socket());
    const auto& words = init.at("capabilities").as_array();
    CHECK((std::find(words.begin(), words.end(), "group_gap") != words.end()) == on);
    CHECK(text(guest.status("/v1/group"), "state") == (on ? "down" : "off"));
}

TEST_CASE("guestctl group tells of link and clients, asks for the members and sends") {
    if (!enter_own_network())
        return;
    Members at;
    const auto ctl = [&at](const std::vector<std::string>& words) {
        std::vector<std::string> argv{guestctl_path, "--socket", at.guest.control_socket()};
        argv.insert(argv.end(), words.begin(), words.end());
        return Process({.argv = argv, .output_file = at.guest.scratch / "ctl"});
    };
    const auto end = [&at](Process& process) {
        at.stage.until([&process] { return !process.running(); }, "guestctl");
        return process.wait();
    };
    Process shown = ctl({"group"});
    CHECK(end(shown) == ExitStatus{false, 0});
    CHECK_THAT(shown.output(), Catch::Contains("one") && Catch::Contains("up"));
    Process asked = ctl({"--json", "group", "status"});
    at.host.answer(number(at.host.expect_data(), "seq"), 2);
    CHECK(end(asked) == ExitStatus{false, 0});
    CHECK_THAT(asked.output(), Catch::Contains(R"({"members":[{"n":0},{"n":1}]})"));
    Process sent = ctl({"group", "send", "by hand"});
    CHECK(end(sent) == ExitStatus{false, 0});
    CHECK(text(at.host.expect_data(), "data") == "by hand");
    Process refused = ctl({"group", "send", std::string(3051, 'x')});
    CHECK(end(refused) == ExitStatus{false, 1});
    at.host.detach();
    at.one.expect<wire::GroupLink>();
    Process down = ctl({"group", "status"});
    CHECK(end(down) == ExitStatus{false, 1});
    CHECK_THAT(down.output(), Catch::Contains("away"));
}

TEST_CASE("Settings of messaging and groups are checked with file, line and key") {
    const ScratchDirectory directory;
    const auto [content, where] = GENERATE(table<std::string, std::string>({
        {"messaging:\n  address: \"a b\"\n", ":2: messaging.address"},
        {"messaging:\n  device: \"listen:\"\n", ":2: messaging.device"},
        {"messaging:\n  adress: x\n", ":2: messaging.adress"},
        {"messaging:\n  services:\n    - {address: a}\n    - {address: a}\n", ":4: messaging.services"},
        {"messaging:\n  services:\n    - {allow: {anyone: true}}\n", ":3: messaging.services"},
        {"groups:\n  limit: 0\n", ":2: groups.limit"},
        {"groups:\n  mode: \"0999\"\n", ":2: groups.mode"},
    }));
    INFO(content);
    const std::string file = directory.write("bad.yaml", content);
    const Completed result = run({guest_client_path, "--config", file, "--check-config"}, directory / "out");
    CHECK(result.status.code == 1);
    CHECK_THAT(result.output, Catch::Contains(file + where));
    const std::string good =
        directory.write("good.yaml",
                        "messaging: {device: \"off\", address: x, allow: {anyone: true}}\n"
                        "groups: {limit: 1, socket: /tmp/x, mode: \"0600\"}\n");
    CHECK(run({guest_client_path, "--config", good, "--check-config"}, directory / "out").status ==
          ExitStatus{false, 0});
}

}  // namespace
}  // namespace vnf::test
