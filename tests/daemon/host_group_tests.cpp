// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Server groups of one host: broadcast, notification and status among guests at real sockets (server-group
// specification, sections 1-3; captured bytes of the old peers).
#include <catch2/catch.hpp>

#include <csignal>

#include "tests/daemon/messaging_guest.hpp"

namespace vnf::test {
namespace {

/// vm1, vm2, ... of group `group`, each with a messaging port alone.
std::string members(std::size_t count, const std::string& group = "group", std::size_t first = 1) {
    std::string text;
    for (std::size_t i = first; i < first + count; ++i) {
        const std::string id = "vm" + std::to_string(i);
        text += "  - {id: " + id + ", messaging: @/" + id + ".sock";
        text += group.empty() ? "}\n" : ", group: " + group + "}\n";
    }
    return text;
}

struct Group {
    explicit Group(std::size_t count = 2, const std::string& more = {})
        : agent("guests:\n" + members(count) + more) {
        for (std::size_t i = 1; i <= count; ++i)
            open(i);
        for (const auto& guest : guests)
            guest->round_trip();
        for (const auto& guest : guests)
            guest->forget();
    }
    MessagingGuest& open(std::size_t number) {
        guests.push_back(std::make_unique<MessagingGuest>(
            agent.stage, agent.scratch / ("vm" + std::to_string(number) + ".sock")));
        guests.back()->await_connected();
        return *guests.back();
    }
    MessagingGuest& operator[](std::size_t index) { return *guests[index]; }

    AgentUnderTest agent;
    std::vector<std::unique_ptr<MessagingGuest>> guests;
};

TEST_CASE("A broadcast reaches all others of the group, byte for byte, and not its sender") {
    Group at(3);
    const std::size_t before = at[1].raw().size();
    at[0].send_raw(
        "\n{\"data\":{\"version\":2,\"msg_type\":\"broadcast\",\"data\":\"hello from guest "
        "one\"},\"version\":2,"
        "\"dest_addr\":\"cgcs.server_grp\",\"source_addr\":\"cgcs.server_grp\"}\n");
    CHECK(text(at[1].expect("broadcast"), "data") == "hello from guest one");
    CHECK(at[1].raw().substr(before) ==
          "\n{\"data\":{\"version\":2,\"msg_type\":\"broadcast\",\"source_instance\":\"vm1\",\"data\":"
          "\"hello from guest "
          "one\"},\"version\":2,\"dest_addr\":\"cgcs.server_grp\",\"source_addr\":\"cgcs.server_grp\"}\n");
    CHECK(text(at[2].expect("broadcast"), "source_instance") == "vm1");
    at[0].round_trip();
    CHECK(at[0].count("broadcast") == 0);
}

TEST_CASE("B-04: the first and every later message is forwarded both ways, and the daemon lives") {
    Group at(2, "groups:\n  broadcasts_per_s: 100000\n");
    constexpr int messages = 1000;
    for (int i = 0; i < messages; ++i) {
        const std::string nth = std::to_string(i);
        at[0].broadcast(nth);
        CHECK(text(at[1].expect("broadcast"), "data") == nth);
        at[1].broadcast(nth);
        CHECK(text(at[0].expect("broadcast"), "data") == nth);
        CHECK(at[i % 2 == 0 ? 0 : 1].status(i).size() == 2);
    }
    CHECK(at.agent.process().running());
    CHECK(at.agent.metric("vnf_host_group_broadcasts_total") == 2 * messages);
}

TEST_CASE(
    "A status has one entry for each member, the asker included, and then its end, for the sequence asked") {
    Group at(2);
    const std::size_t before = at[0].raw().size();
    at[0].send_raw(
        "\n{\"data\":{\"version\":2,\"msg_type\":\"status_query\",\"seq\":-7},\"version\":2,\"dest_addr\":"
        "\"cgcs.server_"
        "grp\",\"source_addr\":\"cgcs.server_grp\"}\n");
    const Json first = at[0].expect("status_response");
    const Json second = at[0].expect("status_response");
    const Json done = at[0].expect("status_response_done");
    CHECK(number(first, "seq") == -7);
    CHECK(number(done, "seq") == -7);
    CHECK(first.at("data").as_object().size() == 34);
    CHECK(text(first.at("data").as_object(), "display_name") == "vm1");
    CHECK(text(second.at("data").as_object(), "display_name") == "vm2");
    CHECK_THAT(
        at[0].raw().substr(before),
        Catch::StartsWith("\n{\"data\":{\"version\":2,\"msg_type\":\"status_response\",\"seq\":-7,\"data\":{"
                          "\"state_description\":\"\",\"availability_zone\":null,") &&
            Catch::EndsWith(
                "\n{\"data\":{\"version\":2,\"msg_type\":\"status_response_done\",\"seq\":-7},"
                "\"version\":2,\"dest_addr\":\"cgcs.server_grp\",\"source_addr\":\"cgcs.server_grp\"}\n"));
}

TEST_CASE("What the settings say of a guest is in its entry, typed, in the order of the old host") {
    AgentUnderTest agent(
        "guests:\n  - id: vm1\n    messaging: @/vm1.sock\n    name: instance-00000001\n    status:\n"
        "      availability_zone: nova\n      ephemeral_gb: 0\n      instance_type_id: 6\n      "
        "reservation_id: r-8oqyf4t5\n"
        "      memory_mb: 512\n      display_name: instance-00000001\n      launched_at: "
        "2017-06-27T18:25:18.000000\n"
        "      node: compute-0\n      disk_gb: 1\n      host: compute-0\n      user_id: 0c5ff5a5\n"
        "      image_ref_url: http://127.0.0.1:9292/images/\n      root_gb: 1\n      tenant_id: 7c9d\n"
        "      created_at: 2017-06-27 18:25:00+00:00\n      instance_id: "
        "8d80875b-fa73-4ccb-bce3-1cd4df104401\n"
        "      instance_type: sg\n      vcpus: 2\n      instance_flavor_id: \"101\"\n");
    MessagingGuest guest(agent.stage, agent.scratch / "vm1.sock");
    guest.await_connected();
    CHECK(guest.status(1).size() == 1);
    // Captured from the old host, but for its missing first LF.
    CHECK_THAT(
        guest.raw(),
        Catch::StartsWith(
            " \n\n{\"data\":{\"version\":2,\"msg_type\":\"status_response\",\"seq\":1,\"data\":{\"state_"
            "description\":"
            "\"\",\"availability_zone\":\"nova\",\"terminated_at\":\"\",\"ephemeral_gb\":0,\"instance_type_"
            "id\":6,"
            "\"deleted_at\":\"\",\"reservation_id\":\"r-8oqyf4t5\",\"memory_mb\":512,\"display_name\":"
            "\"instance-"
            "00000001\",\"hostname\":\"instance-00000001\",\"state\":\"active\",\"progress\":\"\",\"launched_"
            "at\":"
            "\"2017-06-27T18:25:18.000000\",\"metadata\":{},\"node\":\"compute-0\",\"ramdisk_id\":\"\","
            "\"access_ip_v6\":"
            "null,\"disk_gb\":1,\"access_ip_v4\":null,\"kernel_id\":\"\",\"host\":\"compute-0\",\"user_id\":"
            "\"0c5ff5a5\","
            "\"image_ref_url\":\"http:\\/\\/127.0.0.1:9292\\/images\\/"
            "\",\"cell_name\":\"\",\"root_gb\":1,\"tenant_id\":"
            "\"7c9d\",\"created_at\":\"2017-06-27 18:25:00+00:00\",\"instance_id\":\"8d80875b-fa73-4ccb-bce3-"
            "1cd4df104401\",\"instance_type\":\"sg\",\"vcpus\":2,\"image_meta\":{},\"architecture\":null,"
            "\"os_type\":null,"
            "\"instance_flavor_id\":\"101\"}},\"version\":2,\"dest_addr\":\"cgcs.server_grp\",\"source_"
            "addr\":\"cgcs."
            "server_grp\"}\n"));
}

TEST_CASE("A guest without a group gets itself alone") {
    AgentUnderTest agent("guests:\n" + members(2, ""));
    MessagingGuest one(agent.stage, agent.scratch / "vm1.sock");
    MessagingGuest two(agent.stage, agent.scratch / "vm2.sock");
    one.await_connected();
    two.await_connected();
    const auto entries = one.status(1);
    REQUIRE(entries.size() == 1);
    CHECK(text(entries[0], "display_name") == "vm1");
    one.broadcast("is anybody there?");
    one.round_trip();
    two.round_trip();
    CHECK(two.count("broadcast") == 0);
    CHECK(one.count("nack") == 0);
}

TEST_CASE("A status of 70 and of 200 members is complete, also when its reader is slow") {
    const std::size_t count = GENERATE(70U, 200U);
    AgentUnderTest agent("guests:\n" + members(count));
    MessagingGuest guest(agent.stage, agent.scratch / "vm1.sock");
    guest.await_connected();
    guest.connection().hold_reading(true);
    for (int seq = 1; seq <= 5; ++seq)
        guest.query(seq);
    agent.stage.until([&] { return agent.metric("vnf_host_group_status_queries_total") == 5; },
                      "the queries");
    guest.connection().hold_reading(false);
    for (int seq = 1; seq <= 5; ++seq) {
        agent.stage.until(
            [&] { return guest.count("status_response_done") >= static_cast<std::size_t>(seq); }, "answer");
    }
    CHECK(guest.count("status_response") == 5 * count);
    CHECK(guest.count("status_response_done") == 5);
}

TEST_CASE("Every legal text arrives as it was; one byte more is refused with a nack that says so") {
    Group at;
    const auto [what, text_in_quotes, refused] = GENERATE(table<const char*, std::string, bool>({
        {"nothing", "", false},
        {"one byte", "x", false},
        {"3050 bytes", std::string(3050, 'x'), false},
        {"3051 bytes", std::string(3051, 'x'), true},
        {"slashes that make 3951 escaped bytes",
         [] {
             std::string text = "x";
             for (int i = 0; i < 1975; ++i)
                 text += "\\/";
             return text;
         }(),
         false},
        {"slashes that make 3952 escaped bytes",
         [] {
             std::string text;
             for (int i = 0; i < 1976; ++i)
                 text += "\\/";
             return text;
         }(),
         true},
        {"control characters that make 3948 escaped bytes",
         [] {
             std::string text;
             for (int i = 0; i < 658; ++i)
                 text += "\\u0001";
             return text;
         }(),
         false},
        {"control characters that make 3954 escaped bytes",
         [] {
             std::string text;
             for (int i = 0; i < 659; ++i)
                 text += "\\u0001";
             return text;
         }(),
         true},
        {"other scripts", "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", false},
    }));
    INFO(what);
    at[0].broadcast(text_in_quotes);
    if (refused) {
        const Json nack = at[0].expect("nack");
        CHECK(text(nack, "orig_msg_type") == "broadcast");
        CHECK_FALSE(text(nack, "log_msg").empty());
        at[0].round_trip();
        at[1].round_trip();
        CHECK(at[1].count("broadcast") == 0);
    } else {
        const std::string meant{boost::json::parse('"' + text_in_quotes + '"').as_string()};
        CHECK(text(at[1].expect("broadcast"), "data") == meant);
    }
}

TEST_CASE(
    "B-03, B-05: unknown types, missing, null and wrong data get a nack, and the next good message works") {
    const auto [data, type] = GENERATE(table<std::string, std::string>({
        {R"({"version":2,"msg_type":"bogus"})", "bogus"},
        {R"({"version":2,"msg_type":"broadcast"})", "broadcast"},
        {R"({"version":2,"msg_type":"broadcast","data":null})", "broadcast"},
        {R"({"version":2,"msg_type":"broadcast","data":{}})", "broadcast"},
        {R"({"version":2,"msg_type":"broadcast","data":7})", "broadcast"},
        {R"({"version":2,"msg_type":"status_query"})", "status_query"},
        {R"({"version":2,"msg_type":"status_query","seq":"x"})", "status_query"},
        {R"({"version":2,"msg_type":"status_query","seq":2147483648})", "status_query"},
        {R"({"version":2,"msg_type":null})", "unknown"},
        {R"({"version":2})", "unknown"},
        {R"({"version":3,"msg_type":"broadcast","data":"x"})", "broadcast"},
        {R"([1,2,3])", "unknown"},
        {R"("broadcast")", "unknown"},
    }));
    INFO(data);
    Group at;
    at[0].send_data(data);
    const Json nack = at[0].expect("nack");
    CHECK(text(nack, "orig_msg_type") == type);
    CHECK_FALSE(text(nack, "log_msg").empty());
    at[0].broadcast("good");
    CHECK(text(at[1].expect("broadcast"), "data") == "good");
    CHECK(at[1].count("broadcast") == 0);
}

TEST_CASE(
    "B-01, B-02, B-05, B-06: an envelope with a foreign, endless, null or missing address goes nowhere") {
    const std::string broadcast = R"({"version":2,"msg_type":"broadcast","data":"x"})";
    const std::string end = R"(,"source_addr":"cgcs.server_grp"})";
    const auto line = GENERATE_COPY(
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":"cgcs.scale")" + end,
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":"scale-0000000a")" + end,
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":"/dev/log")" + end,
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":")" + std::string(108, 'a') + '"' + end,
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":")" + std::string(60000, 'a') + '"' + end,
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":"")" + end,
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":null)" + end,
        R"({"data":)" + broadcast + R"(,"version":2)" + end,
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":"cgcs.server_grp"})",
        R"({"data":)" + broadcast + R"(,"version":2,"dest_addr":"cgcs.server_grp","source_addr":null})",
        R"({"data":null,"version":2,"dest_addr":"cgcs.server_grp")" + end,
        R"({"version":2,"dest_addr":"cgcs.server_grp")" + end,
        R"({"data":)" + broadcast + R"(,"version":1,"dest_addr":"cgcs.server_grp")" + end,
        std::string("not JSON at all"), std::string("{"), std::string(70000, '['),
        std::string(70000, ' ') + "x");
    INFO(line.substr(0, 200));
    Group at;
    at[0].send_raw("\n" + line + "\n");
    at[0].broadcast("good");
    CHECK(text(at[1].expect("broadcast"), "data") == "good");
    CHECK(at.agent.process().running());
    CHECK(at.agent.metric("vnf_host_messaging_rejected_total") +
              at.agent.metric("vnf_host_messaging_foreign_total") ==
          1);
}

TEST_CASE(
    "B-10: after a connect the first bytes resynchronise an old guest, and a cut message costs no other") {
    Group at;
    CHECK(at[0].raw().starts_with(" \n"));
    at[0].send_raw("\n{\"data\":{\"version\":2,\"msg_type\":\"broadc");
    at.agent.stage.settle();
    at[0].hang_up();
    at.agent.stage.until([&] { return at[0].connects() == 2 && at[0].connected(); }, "a second connection");
    at[0].broadcast("after the cut");
    CHECK(text(at[1].expect("broadcast"), "data") == "after the cut");
    // A part, and then a chunk that begins with a LF: the old parser went on with the part.
    at[0].send_raw("{\"data\":{\"version\":2,");
    at[0].round_trip();
    at[0].broadcast("and again");
    CHECK(text(at[1].expect("broadcast"), "data") == "and again");
    CHECK(at[0].raw().starts_with(" \n"));
}

TEST_CASE("B-10: the halves of two guests' messages never meet") {
    Group at(3);
    const std::string message =
        "\n{\"data\":{\"version\":2,\"msg_type\":\"broadcast\",\"data\":\"AAAA\"},\"version\":2,\"dest_"
        "addr\":\"cgcs."
        "server_grp\",\"source_addr\":\"cgcs.server_grp\"}\n";
    std::string other = message;
    other.replace(other.find("AAAA"), 4, "BBBB");
    for (std::size_t cut = 1; cut < message.size(); cut += 7) {
        at[0].send_raw(message.substr(0, cut));
        at.agent.stage.settle();
        at[1].send_raw(other.substr(0, cut));
        at.agent.stage.settle();
        at[0].send_raw(message.substr(cut));
        at[1].send_raw(other.substr(cut));
        for (int i = 0; i < 2; ++i) {
            const Json heard = at[2].expect("broadcast");
            CHECK(text(heard, "data") == (text(heard, "source_instance") == "vm1" ? "AAAA" : "BBBB"));
        }
    }
}

TEST_CASE("B-11: a machine whose socket and file go in one moment is gone, and its group is told") {
    AgentUnderTest agent(
        "groups:\n  pairs:\n    - {messaging: one, group: g}\n    - {messaging: two, group: g}\n"
        "    - {messaging: three, group: g}\n");
    MessagingGuest one(agent.stage, messaging_socket(agent, "one"));
    auto two = std::make_unique<MessagingGuest>(agent.stage, messaging_socket(agent, "two"));
    MessagingGuest three(agent.stage, messaging_socket(agent, "three"));
    one.await_connected();
    two->await_connected();
    three.await_connected();
    agent.stage.until([&] { return one.status(1).size() == 3; }, "all members");
    one.forget();
    agent.process().signal(SIGSTOP);
    two->vanish();
    agent.process().signal(SIGCONT);
    agent.stage.until([&] { return one.status(2).size() == 2; }, "the member to leave");
    std::string causes;
    while (one.count("notification") > 0) {
        const Json payload = one.expect("notification").at("data").as_object().at("payload").as_object();
        CHECK(text(payload, "display_name") == "two");
        causes += text(payload.at("metadata").as_object(), "cause") + " ";
    }
    CHECK(causes == "gone left ");
    two = std::make_unique<MessagingGuest>(agent.stage, messaging_socket(agent, "two"));
    two->await_connected();
    agent.stage.until([&] { return three.status(1).size() == 3; }, "the member to come again");
}

TEST_CASE("B-12: 150 guests of one host are all served") {
    const std::size_t count = 150;
    Group at(count);
    at[0].broadcast("to all");
    for (std::size_t i = 1; i < count; ++i)
        CHECK(text(at[i].expect("broadcast"), "data") == "to all");
    at[count - 1].broadcast("from the last");
    CHECK(text(at[0].expect("broadcast"), "source_instance") == "vm150");
}

TEST_CASE(
    "B-31: who does not read costs the others nothing, and is told what it missed if it understands that") {
    Group at(3, "groups: {broadcasts_per_s: 100000, queue_bytes: 16384}\n");
    at[1].query(1, true);
    at[1].round_trip();
    at[1].forget();  // with the gap of what it missed before it connected
    at[1].connection().hold_reading(true);
    at[2].connection().hold_reading(true);
    const std::string text_of_3000(3000, 'x');
    const int sent = 400;
    for (int i = 0; i < sent; ++i) {
        at[0].broadcast(text_of_3000);
        at[0].round_trip();
    }
    CHECK(at[0].count("nack") == 0);
    CHECK(at.agent.metric("vnf_host_group_missed_total") > 0);
    at[1].connection().hold_reading(false);
    at[2].connection().hold_reading(false);
    const std::int64_t missed = number(at[1].expect("gap"), "missed");
    at[1].round_trip();
    CHECK(missed + static_cast<std::int64_t>(at[1].count("broadcast")) == sent);
    at[2].round_trip();
    CHECK(at[2].count("gap") == 0);
    CHECK(at[2].count("broadcast") < static_cast<std::size_t>(sent));
    at[0].broadcast("afterwards");
    at.agent.stage.until(
        [&] { return at[1].count("broadcast") + static_cast<std::size_t>(missed) == sent + 1; }, "mail");
}

TEST_CASE(
    "A guest above its rate of broadcasts is told how many were dropped, and the others are told nothing") {
    Group at(2, "groups: {broadcasts_per_s: 1, burst: 5}\n");
    for (int i = 0; i < 20; ++i)
        at[0].broadcast(std::to_string(i));
    at[0].round_trip();
    at[1].round_trip();
    const std::size_t heard = at[1].count("broadcast");
    CHECK(heard >= 5);
    CHECK(heard < 20);
    CHECK(at[1].count("nack") + at[1].count("gap") == 0);
    CHECK(at[0].count("nack") == 20 - heard);
    const Json nack = at[0].expect("nack");
    CHECK(text(nack, "orig_msg_type") == "broadcast");
    CHECK_THAT(text(nack, "log_msg"), Catch::Contains("too many broadcasts") && Catch::Contains("1 dropped"));
}

TEST_CASE("A guest that floods its port is disconnected for a while; its group goes on") {
    Group at(3);
    std::string flood;
    for (int i = 0; i < 3000; ++i)
        flood += "\n{}\n";
    at[0].send_raw(flood);
    at.agent.events()->expect("kind", "flood");
    at[1].broadcast("still here");
    CHECK(text(at[2].expect("broadcast"), "data") == "still here");
    CHECK(at.agent.process().running());
}

TEST_CASE("A line without end is dropped in bounded memory, and the next message works") {
    Group at;
    at[0].send_raw("\n{\"data\":\"");
    for (int i = 0; i < 10; ++i)
        at[0].send_raw(std::string(20000, 'x'));
    at[0].send_raw("\"}\n");
    CHECK(text(at[0].expect("nack"), "orig_msg_type") == "unknown");
    at[0].broadcast("good");
    CHECK(text(at[1].expect("broadcast"), "data") == "good");
}

TEST_CASE("Two groups of one host never hear of each other, whatever a guest writes") {
    AgentUnderTest agent("guests:\n" + members(2, "red") + members(2, "blue", 3));
    std::vector<std::unique_ptr<MessagingGuest>> guests;
    for (int i = 1; i <= 4; ++i) {
        guests.push_back(std::make_unique<MessagingGuest>(
            agent.stage, agent.scratch / ("vm" + std::to_string(i) + ".sock")));
        guests.back()->await_connected();
    }
    guests[0]->send_raw(
        "\n{\"data\":{\"version\":2,\"msg_type\":\"broadcast\",\"group\":\"blue\",\"source_instance\":"
        "\"vm3\",\"data\":\"x\"},"
        "\"version\":2,\"dest_addr\":\"cgcs.server_grp\",\"source_addr\":\"cgcs.server_grp\",\"dest_"
        "instance\":\"vm3\","
        "\"source_instance\":\"vm4\"}\n");
    const Json heard = guests[1]->expect("broadcast");
    CHECK(text(heard, "source_instance") == "vm1");
    guests[2]->broadcast("y");
    CHECK(text(guests[3]->expect("broadcast"), "data") == "y");
    for (const auto& guest : guests) {
        guest->round_trip();
        CHECK(guest->count("broadcast") == 0);
    }
    CHECK(guests[3]->status(1).size() == 2);
}

TEST_CASE("host-agent killed and started again serves the same groups, and tells old guests nothing of it") {
    Group at;
    at.agent.restart();
    for (const auto& guest : at.guests)
        at.agent.stage.until([&] { return guest->connects() == 2 && guest->connected(); },
                             "a second connection");
    at[0].broadcast("after the restart");
    CHECK(text(at[1].expect("broadcast"), "data") == "after the restart");
    CHECK(at[0].status(1).size() == 2);
    for (const auto& guest : at.guests) {
        CHECK(guest->raw().starts_with(" \n"));
        CHECK(guest->count("gap") == 0);
    }
}

}  // namespace
}  // namespace vnf::test
