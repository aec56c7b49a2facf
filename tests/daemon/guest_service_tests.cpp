// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client between the port cgcs.messaging and local services by datagram: old bytes both ways, bad input from both
// sides (defects B-01, B-04 to B-07, B-10, B-19).
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/daemon/group_peers.hpp"

namespace vnf::test {
namespace {

/// The captured envelopes of one hop.
std::vector<std::string> captured(const std::string& hop) {
    std::ifstream file("tests/vectors/messaging_envelopes.txt");
    std::vector<std::string> found;
    for (std::string line; std::getline(file, line);) {
        if (line == hop && std::getline(file, line))
            found.push_back(line);
    }
    REQUIRE_FALSE(found.empty());
    return found;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

double refused(GuestUnderTest& guest, const std::string& reason) {
    return guest.metric("vnf_guest_service_refused_total", "\"" + reason + "\"");
}

TEST_CASE("An old client's datagrams come out of the port as the old agent wrote them, in one piece") {
    if (!enter_own_network())
        return;
    GroupGuest at("capabilities: never\n");
    ServicePeer old(at.stage, "cgcs.server_grp");
    int compared = 0;
    for (const std::string& request : captured("service_request")) {
        if (!has(request, "cgcs.server_grp"))
            continue;
        old.send(request);
        const std::string line = at.host.expect_line();
        std::string expected = request;
        expected.insert(expected.size() - 1, R"(,"source_addr":"cgcs.server_grp")");
        if (const auto place = expected.find(R"("seq":1)"); place != std::string::npos) {
            const auto seq = number(boost::json::parse(line).as_object().at("data").as_object(), "seq");
            expected.replace(place, 7, R"("seq":)" + std::to_string(seq));
        }
        CHECK(line == expected);
        CHECK(has(at.host.raw(), "\n" + line + "\n"));
        ++compared;
    }
    CHECK(compared >= 2);
}

TEST_CASE("The host's lines reach an old client as the old agent delivered them") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer old(at.stage, "cgcs.server_grp");
    const std::string envelope_end =
        R"(,"version":2,"dest_addr":"cgcs.server_grp","source_addr":"cgcs.server_grp"})";
    old.ask(1);
    const std::string seq = std::to_string(number(at.host.expect_data(), "seq"));
    int compared = 0;
    for (const std::string& line : captured("port")) {
        const bool done = has(line, "status_response_done"), status = has(line, R"("seq":1)");
        const bool of_guest = has(line, R"("msg_type":"bogus")") || has(line, "status_query") ||
                              has(line, R"("broadcast","data")");
        if (!has(line, envelope_end) || of_guest || has(line, R"("msg_type":"gap")"))
            continue;
        std::string expected = line;
        expected.replace(expected.find(envelope_end), envelope_end.size(),
                         R"(,"version":2,"source_addr":"cgcs.server_grp"})");
        std::string said = line;
        if (status)
            said.replace(said.find(R"("seq":1)"), 7, R"("seq":)" + seq);
        at.host.say(said);
        if (done)  // what nova repeats in it is nobody's business
            expected = delivery(R"({"version":2,"msg_type":"status_response_done","seq":1})");
        CHECK(old.expect() == expected);
        ++compared;
    }
    CHECK(compared >= 5);
}

TEST_CASE("B-04: the first and every later message is forwarded both ways, and the daemon lives") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer old(at.stage, "cgcs.server_grp"), scale(at.stage, "cgcs.scale");
    constexpr int messages = 1000;
    for (int i = 0; i < messages; ++i) {
        const std::string nth = std::to_string(i);
        at.host.broadcast(nth);
        CHECK(old.expect() ==
              delivery(R"({"version":2,"msg_type":"broadcast","source_instance":"vm2","data":")" + nth +
                       R"("})"));
        at.host.say(port_line(R"({"request":[)" + nth + "]}", "cgcs.scale", "scale-0000000a"));
        CHECK(scale.expect() == delivery(R"({"request":[)" + nth + "]}", "scale-0000000a"));
        old.say_broadcast(nth);
        CHECK(at.host.expect_line() ==
              port_line(R"({"version":2,"msg_type":"broadcast","data":")" + nth + R"("})"));
        scale.say(R"({"response":[)" + nth + "]}", "scale-0000000a");
        CHECK(at.host.expect_line() ==
              port_line(R"({"response":[)" + nth + "]}", "scale-0000000a", "cgcs.scale"));
    }
    CHECK(at.guest.process().running());
    CHECK(at.guest.metric("vnf_guest_messaging_total") == 4 * messages);
}

TEST_CASE("An unknown service, and one that is not there, cost a counter") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    for (const char* name : {"cgcs.scale", "nobody", "cgcs.messaging"})
        at.host.say(port_line(R"({"version":2})", name, "scale-00000001"));
    at.round_trip();
    CHECK(at.guest.metric("vnf_guest_service_messages_total", R"(service="nobody",what="absent")") == 1);
    CHECK(at.guest.metric("vnf_guest_service_messages_total", R"(service="cgcs.scale",what="absent")") == 1);
    CHECK(at.guest.metric("vnf_guest_service_messages_total", R"(service="cgcs.messaging",what="failed")") ==
          1);
    CHECK(at.guest.metric("vnf_guest_service_refused_total") == 0);
}

TEST_CASE("Any service reaches its peer on the host and gets its answer, and names its own address alone") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer scale(at.stage, "cgcs.scale");
    scale.send(
        R"({"data":{"a":[1,2.0,"\/"]},"version":2,"source_addr":"cgcs.server_grp","dest_addr":"scale-0000000a"})");
    CHECK(at.host.expect_line() == port_line(R"({"a":[1,2.0,"\/"]})", "scale-0000000a", "cgcs.scale"));
    at.host.say(port_line(R"({"b":null})", "cgcs.scale", "scale-0000000a"));
    CHECK(scale.expect() == delivery(R"({"b":null})", "scale-0000000a"));
}

TEST_CASE("No datagram client is ever given more than 4096 bytes") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer service(at.stage, "svc");
    const std::size_t around = delivery(R"("")", "host").size();
    for (const std::size_t size : {4095U, 4096U, 4097U, 5000U, 60000U})
        at.host.say(port_line("\"" + std::string(size - around, 'x') + "\"", "svc", "host"));
    at.host.say(port_line("\"last\"", "svc", "host"));
    CHECK(service.expect().size() == 4095);
    CHECK(service.expect().size() == 4096);
    CHECK(service.expect() == delivery("\"last\"", "host"));
    CHECK(at.guest.metric("vnf_guest_service_messages_total", R"(what="too_long")") == 3);
}

TEST_CASE("B-07: senders without a name, with a path or with a padded name are refused") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    const std::string good = R"({"data":{},"version":2,"dest_addr":"x"})";
    const auto [what, address, reason] = GENERATE(table<const char*, std::string, const char*>({
        {"unbound (B-07)", "", "unbound"},
        {"a padded name", std::string("\0svc", 4) + std::string(104, '\0'), "bad_name"},
        {"a name with a blank", std::string("\0a b", 4), "bad_name"},
        {"a name with a quote", std::string("\0a\"b", 4), "bad_name"},
        {"an empty name", std::string(1, '\0'), "bad_name"},
        {"a path", "PATH", "path_bound"},
    }));
    INFO(what);
    ServicePeer bad(at.stage,
                    ServicePeer::RawAddress{address == "PATH" ? at.guest.scratch / "client.sock" : address});
    bad.send(good);
    ServicePeer longest(at.stage, std::string(107, 'n'));
    longest.send(good);
    CHECK(at.host.expect_line() == port_line("{}", "x", std::string(107, 'n')));
    CHECK(refused(at.guest, reason) == 1);
    CHECK(at.guest.metric("vnf_guest_service_refused_total") == 1);
}

TEST_CASE("B-01, B-05, B-06: a service's bad datagrams are refused by their reason, and the next one works") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer service(at.stage, "svc");
    const auto [what, datagram, reason] = GENERATE(table<const char*, std::string, const char*>({
        {"B-06: zero length", "", "empty"},
        {"B-06: longer than the buffer", std::string(65537, 'x'), "truncated"},
        {"not JSON", "hello", "malformed"},
        {"an array", "[]", "malformed"},
        {"cut", R"({"data":{},"version":2,"dest_addr":"x")", "malformed"},
        {"version 1", R"({"data":{},"version":1,"dest_addr":"x"})", "malformed"},
        {"no version", R"({"data":{},"dest_addr":"x"})", "malformed"},
        {"B-05: null data", R"({"data":null,"version":2,"dest_addr":"x"})", "malformed"},
        {"B-05: null dest_addr", R"({"data":{},"version":2,"dest_addr":null})", "malformed"},
        {"no dest_addr", R"({"data":{},"version":2})", "malformed"},
        {"B-01: dest_addr of 108 bytes",
         R"({"data":{},"version":2,"dest_addr":")" + std::string(108, 'a') + R"("})", "malformed"},
        {"B-01: dest_addr of 5000 bytes",
         R"({"data":{},"version":2,"dest_addr":")" + std::string(5000, 'a') + R"("})", "malformed"},
        {"empty dest_addr", R"({"data":{},"version":2,"dest_addr":""})", "malformed"},
        {"nested too deep",
         R"({"data":)" + std::string(32, '[') + std::string(32, ']') + R"(,"version":2,"dest_addr":"x"})",
         "malformed"},
    }));
    INFO(what);
    service.send(datagram);
    service.send(R"({"data":{"good":1},"version":2,"dest_addr":"x"})");
    CHECK(at.host.expect_line() == port_line(R"({"good":1})", "x", "svc"));
    CHECK(refused(at.guest, reason) == 1);
    CHECK(at.guest.metric("vnf_guest_service_refused_total") == 1);
}

TEST_CASE("The longest dest_addr and datagram that fit are taken") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer service(at.stage, "svc");
    const std::string longest(107, 'a');
    service.send(R"({"data":{},"version":2,"dest_addr":")" + longest + R"("})");
    CHECK(at.host.expect_line() == port_line("{}", longest, "svc"));
    const std::string data = "\"" + std::string(65000, 'x') + "\"";
    service.send(R"({"data":)" + data + R"(,"version":2,"dest_addr":"x"})");
    CHECK(at.host.expect_line() == port_line(data, "x", "svc"));
    // With our source_addr longer than any line.
    const std::string frame = R"({"data":"","version":2,"dest_addr":"x"})";
    service.send(R"({"data":")" + std::string(65536 - frame.size(), 'x') +
                 R"(","version":2,"dest_addr":"x"})");
    service.say("{}", "y");
    CHECK(at.host.expect_line() == port_line("{}", "y", "svc"));
}

TEST_CASE("B-01, B-05: the host's bad lines are refused by their reason, and the next one works") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer service(at.stage, "svc");
    const auto [what, line, reason] = GENERATE(table<const char*, std::string, const char*>({
        {"not JSON", "hello", "not_json"},
        {"version 1", R"({"data":{},"version":1,"dest_addr":"svc","source_addr":"h"})", "bad_version"},
        {"B-01: dest_addr of 108 bytes", port_line("{}", std::string(108, 'a'), "h"), "out_of_range"},
        {"B-01: dest_addr of 5000 bytes", port_line("{}", std::string(5000, 'a'), "h"), "out_of_range"},
        {"B-05: null source_addr", R"({"data":{},"version":2,"dest_addr":"svc","source_addr":null})",
         "missing_field"},
        {"B-05: null data", R"({"data":null,"version":2,"dest_addr":"svc","source_addr":"h"})",
         "missing_field"},
        {"no source_addr", R"({"data":{},"version":2,"dest_addr":"svc"})", "missing_field"},
        {"two objects", port_line("{}", "svc") + port_line("{}", "svc"), "not_json"},
        {"longer than a line may be", port_line("\"" + std::string(70000, 'x') + "\"", "svc"), "overlong"},
    }));
    INFO(what);
    at.host.say(line);
    at.host.say(port_line(R"({"good":1})", "svc", "h"));
    CHECK(service.expect() == delivery(R"({"good":1})", "h"));
    CHECK(at.guest.metric("vnf_guest_messaging_lines_rejected_total", reason) == 1);
    CHECK(at.guest.metric("vnf_guest_messaging_lines_rejected_total") == 1);
}

TEST_CASE("B-10: half a line costs itself alone, whatever follows it") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer service(at.stage, "svc");
    const std::string half = R"({"data":{"version":2,"ms)";
    const std::string follows = GENERATE("\n", "\n\n", " \n", "\r\n", "\n \n");
    at.host.send_raw(half);
    at.host.send_raw(follows);
    at.host.say(port_line(R"({"good":1})", "svc", "h"));
    CHECK(service.expect() == delivery(R"({"good":1})", "h"));
    CHECK(at.guest.metric("vnf_guest_messaging_lines_rejected_total") == 1);
}

TEST_CASE("B-10: half a line of one host is nothing to the next one") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer service(at.stage, "svc");
    at.host.send_raw(R"({"data":{"version":2,"ms)");
    at.stage.until(
        [&] { return number(at.guest.status("/v1/group").at("channel").as_object(), "bytes_in") > 0; },
        "the half to be read");
    at.host.detach();
    at.host.attach(at.guest.messaging_socket());
    at.stage.until([&] { return text(at.guest.status("/v1/group"), "state") == "up"; }, "the next host");
    at.host.say(port_line(R"({"good":1})", "svc", "h"));
    CHECK(service.expect() == delivery(R"({"good":1})", "h"));
}

TEST_CASE("A line split at every offset is one line, and a blank one is none") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    ServicePeer service(at.stage, "svc");
    const std::string line = " \n" + port_line("{}", "svc", "h") + "\n";
    for (std::size_t cut = 1; cut < line.size(); ++cut) {
        at.host.send_raw(std::string_view(line).substr(0, cut));
        at.host.send_raw(std::string_view(line).substr(cut));
        CHECK(service.expect() == delivery("{}", "h"));
    }
    CHECK(at.guest.metric("vnf_guest_messaging_lines_rejected_total") == 0);
}

TEST_CASE("B-19: who may speak for a service is asked of the kernel, by name") {
    if (!enter_own_network())
        return;
    if (::geteuid() != 0) {
        WARN("SKIPPED: only root can speak as somebody else");
        return;
    }
    const std::string settings =
        "messaging:\n  services:\n    - {address: open, allow: {anyone: true}}\n"
        "    - {address: ours, allow: {users: [\"1234\"]}}\n";
    GroupGuest at(settings);
    ServicePeer group(at.stage, "cgcs.server_grp"), open(at.stage, "open"), ours(at.stage, "ours");
    const std::string datagram = R"({"data":{},"version":2,"dest_addr":"x"})";
    group.send_as(1234, datagram);
    ours.send_as(1235, datagram);
    CHECK_FALSE(at.host.waiting());
    open.send_as(1235, datagram);
    CHECK(at.host.expect_line() == port_line("{}", "x", "open"));
    ours.send_as(1234, datagram);
    CHECK(at.host.expect_line() == port_line("{}", "x", "ours"));
    CHECK(refused(at.guest, "not_allowed") == 2);
    at.guest.rewrite_settings("messaging:\n  allow: {users: [\"1234\"]}\n");
    CHECK(at.guest.control("POST", "/v1/reload").status == 200);
    open.send_as(1235, datagram);
    ours.send_as(1234, datagram);
    CHECK(at.host.expect_line() == port_line("{}", "x", "ours"));
    CHECK(refused(at.guest, "not_allowed") == 3);
}

TEST_CASE("B-19: what a local process forges as the host's reaches no client") {
    if (!enter_own_network())
        return;
    GroupGuest at;
    HandlePeer handle(at.stage);
    handle.join(at.guest.group_socket());
    ServicePeer forger(at.stage, "forger"), old(at.stage, "cgcs.server_grp");
    forger.send(port_line(R"({"version":2,"msg_type":"broadcast","source_instance":"vm9","data":"forged"})"));
    CHECK(has(at.host.expect_line(), R"("source_addr":"forger")"));
    at.host.say(port_line(R"({"version":2,"msg_type":"broadcast","source_instance":"vm9","data":"x"})",
                          "cgcs.server_grp", "scale-00000001"));
    at.host.broadcast("true");
    CHECK(handle.expect<wire::GroupHeard>().text == "true");
    CHECK(has(old.expect(), "true"));
    CHECK(at.guest.metric("vnf_guest_messaging_total", "foreign_source") == 1);
}

TEST_CASE("A taken name is tried again, and handles need it not") {
    if (!enter_own_network())
        return;
    Stage elsewhere;
    auto squatter = std::make_unique<ServicePeer>(elsewhere, "taken");
    const GuestOptions options{.settings = "messaging:\n  address: taken\n", .messaging = true};
    GuestUnderTest guest(options);
    PortHost host(guest.stage);
    host.attach(guest.messaging_socket());
    HandlePeer handle(guest.stage);
    handle.join(guest.group_socket());
    guest.stage.until([&] { return text(guest.status("/v1/group"), "state") == "up"; }, "the link");
    const Json services = guest.status("/v1/group").at("services").as_object();
    CHECK_FALSE(services.at("bound").as_bool());
    CHECK_FALSE(text(services, "problem").empty());
    handle.records().clear();
    host.broadcast("heard");
    CHECK(handle.expect<wire::GroupHeard>().text == "heard");
    squatter.reset();
    guest.stage.until(
        [&] { return guest.status("/v1/group").at("services").as_object().at("bound").as_bool(); },
        "the name to be bound");
}

}  // namespace
}  // namespace vnf::test
