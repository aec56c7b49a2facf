// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What guest-client writes about messages that it refuses or loses: one limited line of each kind, whatever floods.
#include <catch2/catch.hpp>

#include "tests/daemon/group_peers.hpp"

namespace vnf::test {
namespace {

constexpr int flood = 50;

std::size_t lines_with(const std::string& log, const std::string& one, const std::string& other) {
    std::size_t found = 0;
    for (std::size_t start = 0; start < log.size();) {
        const std::size_t end = std::min(log.find('\n', start), log.size());
        const std::string_view line = std::string_view(log).substr(start, end - start);
        found += line.find(one) != line.npos && line.find(other) != line.npos ? 1 : 0;
        start = end + 1;
    }
    return found;
}

/// One line of `rare` and only some of `frequent`.
void check_log(const std::string& log, const std::string& message, const std::string& frequent,
               const std::string& rare) {
    INFO(message);
    CHECK(lines_with(log, message, frequent) >= 1);
    CHECK(lines_with(log, message, frequent) < flood);
    CHECK(lines_with(log, message, rare) == 1);
}

TEST_CASE("A flood of one kind of bad messages does not silence the log of another kind") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    ServicePeer service(at.stage, "svc");
    const auto group_message = [](const char* rest) {
        return port_line(R"({"version":2,"msg_type":)" + std::string(rest) + "}");
    };
    for (int i = 0; i < flood; ++i) {
        at.host.say("hello");
        at.host.say(group_message(R"("broadcast","source_instance":"vm2","data":null)"));
        service.send("");
        REQUIRE(handle.send_packet("garbage"));
        at.round_trip();
    }
    at.host.say(R"({"data":{},"version":1,"dest_addr":"svc","source_addr":"h"})");
    at.host.say(group_message(R"("elect")"));
    service.send("[]");
    REQUIRE(handle.send_packet(std::string(70000, 'x')));
    at.round_trip();
    const std::string log = at.guest.process().output();
    check_log(log, "message of the host rejected", "not_json", "bad_version");
    check_log(log, "group message of the host rejected", "missing_field", "unknown_message");
    check_log(log, "message of a local service refused", "reason=empty", "reason=malformed");
    check_log(log, "record of a group client rejected", "missing_field", "overlong");
}

TEST_CASE("What is only counted has a limited line of its kind") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    ServicePeer service(at.stage, "svc");
    const std::string status = R"({"version":2,"msg_type":"status_response_done","seq":)";
    REQUIRE(handle.send(wire::GroupAsk{1}));
    const auto seq = number(at.host.expect_data(), "seq");
    for (int i = 0; i < flood; ++i)
        at.host.say_to_group(status + "-77}");
    at.round_trip();
    at.host.say(port_line("{}", "cgcs.server_grp", "scale-00000001"));
    at.host.say(port_line("\"" + std::string(5000, 'x') + "\"", "svc", "host"));
    at.host.say(port_line("{}", "nobody", "host"));
    at.host.say(port_line("{}", "cgcs.messaging", "host"));
    at.host.answer(seq, 0);
    at.host.answer(seq, 0);
    REQUIRE(handle.send(wire::GroupSend{std::string(3051, 'x')}));
    REQUIRE(handle.send(wire::GroupHello{"again"}));
    service.hold_reading(true);
    for (int i = 0; i < 300; ++i)
        at.host.say(port_line("{}", "svc", "host"));
    at.round_trip();
    at.host.detach();
    while (!std::holds_alternative<wire::GroupLink>(handle.records().back()))
        at.stage.settle();
    REQUIRE(handle.send(wire::GroupSend{"too late"}));
    ServicePeer(at.stage, "cgcs.server_grp").say_broadcast("too late");
    at.stage.until([&] { return at.guest.metric("vnf_guest_group_lost_total", "old_client_dropped") == 1; },
                   "the old client's message");
    const std::string log = at.guest.process().output();
    for (const char* message :
         {"message for the group from another address of the host dropped",
          "message too long for a local service dropped",
          "message for a local service dropped, its queue is full",
          "message for a local service dropped, it is not there",
          "message for a local service could not be sent", "status answer came late",
          "message of a group client refused", "record of a group client out of place",
          "message of a group client not sent", "message of the old group client dropped"})
        CHECK(lines_with(log, message, "count=") >= 1);
    CHECK(lines_with(log, "status answer nobody asked for", "count=") >= 1);
    CHECK(lines_with(log, "status answer nobody asked for", "count=") < flood);
    // That no old client is there is no loss.
    CHECK(lines_with(log, "it is not there", "total=1") == 1);
}

}  // namespace
}  // namespace vnf::test
