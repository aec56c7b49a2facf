// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the members of a group are told of each other: the operator's word, what is seen on a paired guest's heartbeat, and
// membership at run time.
#include <catch2/catch.hpp>

#include <csignal>

#include "shipped_binaries.hpp"
#include "tests/daemon/messaging_guest.hpp"

namespace vnf::test {
namespace {

const std::string two_guests =
    "guests:\n  - {id: vm1, messaging: @/vm1.sock, group: g}\n  - {id: vm2, messaging: @/vm2.sock, group: "
    "g}\n";

/// One notification, taken apart.
struct Told {
    explicit Told(const Json& data)
        : wrapper(data.at("data").as_object()), payload(wrapper.at("payload").as_object()) {}
    std::string event_type() const { return text(wrapper, "event_type"); }
    std::string of(std::string_view key) const { return text(payload, key); }
    std::string metadata(std::string_view key) const { return text(payload.at("metadata").as_object(), key); }
    Json wrapper, payload;
};

struct Pair {
    explicit Pair(const std::string& settings = two_guests) : agent(settings) {
        one.await_connected();
        two.await_connected();
        agent.stage.until([this] { return two.status(1).size() == 2; }, "both members");
        one.round_trip();
        one.forget();
        two.forget();
    }
    void tell(const std::string& id, const std::string& body) {
        INFO(body);
        CHECK(agent.api("POST", "/v1/instances/" + id + "/event", body).status == 200);
    }
    AgentUnderTest agent;
    MessagingGuest one{agent.stage, agent.scratch / "vm1.sock"};
    MessagingGuest two{agent.stage, agent.scratch / "vm2.sock"};
};

TEST_CASE("What an operator tells of a guest is told to the others in nova's words, and is in its status") {
    const auto [event, event_type, state, task] =
        GENERATE(table<std::string, std::string, std::string, std::string>({
            {"created", "create.end", "active", ""},
            {"started", "power_on.end", "active", ""},
            {"stopped", "power_off.end", "stopped", ""},
            {"paused", "pause.end", "paused", ""},
            {"unpaused", "unpause.end", "active", ""},
            {"suspended", "suspend.end", "suspended", ""},
            {"resumed", "resume.end", "active", ""},
            {"rebooted", "reboot.end", "active", ""},
            {"migrated", "live_migration._post.end", "active", ""},
            {"resized", "finish_resize.end", "active", ""},
            {"deleted", "delete.end", "deleted", ""},
            {"stopping", "power_off.start", "active", "powering-off"},
            {"rebooting", "reboot.start", "active", "rebooting"},
            {"migrating", "live_migration.pre.start", "active", "migrating"},
        }));
    Pair at;
    at.tell("vm1", R"({"event":")" + event + R"("})");
    const Told told(at.two.expect("notification"));
    CHECK(told.event_type() == "compute.instance." + event_type);
    CHECK(text(told.wrapper, "priority") == "INFO");
    CHECK(text(told.wrapper, "timestamp").size() == std::string("2017-06-27T18:26:00.000000").size());
    CHECK(told.of("display_name") == "vm1");
    CHECK(told.of("state") == state);
    CHECK(told.of("state_description") == task);
    CHECK(told.payload.size() == (event == "created" ? 35 : 34));
    CHECK(told.of("launched_at").empty() == (event != "created" && event != "started"));
    CHECK(told.of("created_at").ends_with("+00:00") == (event == "created"));
    CHECK(text(at.two.status(2)[0], "state") == state);
    at.one.round_trip();
    CHECK(at.one.count("notification") == 0);
}

TEST_CASE(
    "What nova never told is an update with the cause in metadata, byte for byte in the order of the old "
    "host") {
    Pair at;
    const std::size_t before = at.two.raw().size();
    at.tell("vm1", R"({"event":"failed","cause":"kernel panic: \"x\" /dev/sda"})");
    const Told told(at.two.expect("notification"));
    CHECK(told.event_type() == "compute.instance.update");
    CHECK(told.metadata("cause") == "failed");
    CHECK(told.metadata("reason") == "kernel panic: \"x\" /dev/sda");
    CHECK(told.of("old_state") == "active");
    CHECK(told.of("state") == "error");
    CHECK(number(told.payload, "power_state") == 6);
    CHECK(told.payload.at("new_task_state").is_null());
    CHECK(told.payload.at("bandwidth").as_object().empty());
    const std::string raw = at.two.raw().substr(before);
    CHECK_THAT(
        raw,
        Catch::StartsWith(
            "\n{\"data\":{\"version\":2,\"msg_type\":\"notification\",\"data\":{\"payload\":{\"state_"
            "description\":\"\",\"availability_zone\":null,") &&
            Catch::Contains(
                "\"metadata\":{\"cause\":\"failed\",\"reason\":\"kernel panic: \\\"x\\\" \\/dev\\/sda\"},") &&
            Catch::Contains(
                "\"instance_flavor_id\":\"\",\"old_state\":\"active\",\"old_task_state\":null,\"new_task_"
                "state\":null,\"power_state\":6,\"audit_period_beginning\":\"\",\"audit_period_ending\":"
                "\"\",\"bandwidth\":{}},\"event_type\":\"compute.instance.update\",\"priority\":\"INFO\","
                "\"timestamp\":\"20") &&
            Catch::EndsWith(
                "\"}},\"version\":2,\"dest_addr\":\"cgcs.server_grp\",\"source_addr\":\"cgcs.server_"
                "grp\"}\n"));
}

TEST_CASE("An unknown event, an unknown guest and a wrong method are refused with their reason") {
    Pair at;
    const auto post = [&at](const std::string& id, const std::string& body) {
        return at.agent.api("POST", "/v1/instances/" + id + "/event", body);
    };
    CHECK(post("vm1", R"({"event":"exploded"})").status == 400);
    CHECK(post("vm1", R"({})").status == 400);
    CHECK(post("vm1", R"({"event":"failed","why":"x"})").status == 400);
    CHECK(post("vm1", R"({"event":"heartbeat_lost"})").status == 400);
    CHECK(post("vm9", R"({"event":"failed"})").status == 404);
    CHECK(at.agent.api("GET", "/v1/instances/vm1/event").status == 405);
    CHECK(at.agent.api("GET", "/v1/groups/none").status == 404);
    CHECK(at.agent.api("GET", "/v1/groups/a%20b").status == 400);
    CHECK(at.agent.api("PUT", "/v1/groups/g/members/vm9").status == 404);
    CHECK(at.agent.api("DELETE", "/v1/groups/other/members/vm1").status == 404);
    CHECK(at.agent.api("POST", "/v1/groups/g/members/vm1").status == 405);
    CHECK(at.agent.api("POST", "/v1/instances/vm1/vote", R"({"event":"stop"})").status == 409);
}

const std::string paired =
    "actuator: {kind: log, guest_burst: 100, guest_period_ms: 1}\ngroups:\n  pairs:\n    - {heartbeat: " +
    uuid_1 + ", messaging: one, group: g}\n    - {messaging: two, group: g}\n";

/// A guest with both channels, found by the names of its sockets and paired by settings, and one that listens.
struct Paired {
    explicit Paired(const std::vector<std::string>& capabilities = {}) {
        heartbeat.capabilities = capabilities;
        one->await_connected();
        two.await_connected();
        agent.await_state(uuid_1, "heartbeating");
        agent.stage.until([this] { return two.status(1).size() == 2; }, "both members");
        two.round_trip();
        two.forget();
    }
    Told told() { return Told(two.expect("notification")); }

    AgentUnderTest agent{paired};
    ScriptedGuest heartbeat{agent.stage, agent.guest_socket(uuid_1)};
    std::unique_ptr<MessagingGuest> one =
        std::make_unique<MessagingGuest>(agent.stage, messaging_socket(agent, "one"));
    MessagingGuest two{agent.stage, messaging_socket(agent, "two")};
};

TEST_CASE("Two sockets paired by settings are one guest, by the heartbeat's id and the messaging's name") {
    Paired at;
    const Json instance = at.agent.instance(uuid_1);
    const Json& member = instance.at("server_group").as_object();
    CHECK(text(member, "name") == "one");
    CHECK(text(member, "group") == "g");
    CHECK(at.agent.api("GET", "/v1/instances/one").status == 404);
    CHECK(text(at.agent.instance("two"), "id") == "two");
    at.one->broadcast("hello");
    CHECK(text(at.two.expect("broadcast"), "source_instance") == "one");
}

TEST_CASE("A heartbeat that is lost and regained, and a corrective action, are told to the group") {
    Paired at;
    at.heartbeat.answer_challenges = false;
    const Told lost = at.told();
    CHECK(lost.metadata("cause") == "heartbeat_lost");
    CHECK(lost.of("state") == "error");
    CHECK(lost.of("display_name") == "one");
    const Told reboot = at.told();
    CHECK(reboot.event_type() == "compute.instance.reboot.start");
    CHECK(reboot.metadata("reason") == "heartbeat_loss");
    at.heartbeat.answer_challenges = true;
    at.heartbeat.init();
    CHECK(at.told().metadata("cause") == "heartbeat_initialized");
    const Told regained = at.told();
    CHECK(regained.metadata("cause") == "heartbeat_regained");
    CHECK(regained.of("state") == "active");
    CHECK(regained.of("state_description").empty());
}

TEST_CASE(
    "A guest that says that it is unwell, and then that it is well, is told to the group with its words") {
    Paired at;
    at.heartbeat.health = "unhealthy";
    at.heartbeat.health_log = "disk full";
    const Told unhealthy = at.told();
    CHECK(unhealthy.metadata("cause") == "unhealthy");
    CHECK_THAT(unhealthy.metadata("reason"), Catch::Contains("disk full"));
    CHECK(unhealthy.of("state") == "active");
    at.heartbeat.health = "healthy";
    CHECK(at.told().metadata("cause") == "healthy");
}

TEST_CASE(
    "A notification to a guest announces to its group what will become of it; a vote announces nothing") {
    Paired at;
    at.heartbeat.vote_answer = "complete";
    at.agent.api("POST", "/v1/instances/" + uuid_1 + "/vote", R"({"event":"stop"})");
    at.agent.api("POST", "/v1/instances/" + uuid_1 + "/notify", R"({"event":"live_migrate_begin"})");
    const Told begin = at.told();
    CHECK(begin.event_type() == "compute.instance.live_migration.pre.start");
    CHECK(begin.of("state_description") == "migrating");
    at.agent.api("POST", "/v1/instances/" + uuid_1 + "/notify", R"({"event":"live_migrate_end"})");
    const Told end = at.told();
    CHECK(end.event_type() == "compute.instance.live_migration._post.end");
    CHECK(end.of("state_description").empty());
}

TEST_CASE("A machine that ends is told as gone, and its member leaves when both its sockets are gone") {
    Paired at;
    at.heartbeat.vanish();
    CHECK(at.told().metadata("cause") == "gone");
    CHECK(at.two.status(2).size() == 2);
    at.one->vanish();
    std::string cause;
    do {  // without a heartbeat the end of its port counts, too
        cause = at.told().metadata("cause");
    } while (cause == "gone");
    CHECK(cause == "left");
    CHECK(at.two.status(3).size() == 1);
}

TEST_CASE("A guest whose heartbeat named group_gap is told of gaps without having asked for a status") {
    Paired at({"health_push", "action_control", "fast_interval", "group_gap"});
    at.one->hang_up();
    at.two.broadcast("while it was away");
    at.two.round_trip();
    at.agent.stage.until([&] { return at.one->connects() == 2 && at.one->connected(); },
                         "a second connection");
    at.two.broadcast("afterwards");
    CHECK(number(at.one->expect("gap"), "missed") >= 0);
    CHECK(text(at.one->expect("broadcast"), "data") == "afterwards");
}

TEST_CASE("A guest that falls ill and well without end is limited, and its peers end up with the truth") {
    Paired at({"health_push", "action_control", "fast_interval"});
    at.heartbeat.expect("init_ack");
    for (int i = 0; i < 60; ++i) {
        at.heartbeat.send(
            "health",
            R"(,"heartbeat_health":"unhealthy","corrective_action":"none","cause":"application_died","application":"db","log_msg":"x")");
        at.heartbeat.send(
            "health",
            R"(,"heartbeat_health":"healthy","corrective_action":"none","cause":"recovered","application":"","log_msg":"")");
    }
    at.heartbeat.health = "unhealthy";
    at.heartbeat.health_log = "the last word";
    std::size_t told = 0;
    for (std::string reason; reason.find("the last word") == std::string::npos; ++told)
        reason = at.told().metadata("reason");
    CHECK(told < 60);
    CHECK(at.agent.metric("vnf_host_group_events_deferred_total") > 0);
}

TEST_CASE("vnfctl shows groups, lets guests join and leave, and tells events") {
    AgentUnderTest agent(
        "guests:\n  - {id: vm1, messaging: @/vm1.sock}\n  - {id: vm2, messaging: @/vm2.sock, group: g}\n"
        "  - {id: a-guest-with-a-very-long-id, messaging: @/vm3.sock}\n");
    MessagingGuest one(agent.stage, agent.scratch / "vm1.sock");
    MessagingGuest two(agent.stage, agent.scratch / "vm2.sock");
    one.await_connected();
    two.await_connected();
    const auto vnfctl = [&agent](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {vnfctl_path, "--socket", agent.api_socket(), "group"});
        return run(arguments, agent.scratch / "vnfctl.out");
    };
    const auto good = [&vnfctl](std::vector<std::string> arguments, const std::string& holds) {
        const Completed done = vnfctl(std::move(arguments));
        CHECK(done.status == ExitStatus{false, 0});
        CHECK_THAT(done.output, Catch::Contains(holds));
    };
    good({"join", "g", "vm1", "--name", "first"}, "name: first");
    CHECK(Told(two.expect("notification")).metadata("cause") == "joined");
    CHECK(two.status(1).size() == 2);
    one.broadcast("hello");
    CHECK(text(two.expect("broadcast"), "source_instance") == "first");
    good({"list"}, "g: first, vm2");
    good({"show", "g"}, "first");
    good({"show", "g", "--json"}, "\"state\":\"active\"");
    good({"event", "vm1", "paused", "--cause", "by hand"}, "server_group.state: paused");
    CHECK(Told(two.expect("notification")).event_type() == "compute.instance.pause.end");
    good({"sweep"}, "removed: 0");
    good({"leave", "g", "vm1"}, "left: g");
    CHECK(Told(two.expect("notification")).metadata("cause") == "left");
    CHECK(two.status(2).size() == 1);
    one.broadcast("nobody hears");
    one.round_trip();
    two.round_trip();
    CHECK(two.count("broadcast") == 0);
    CHECK(vnfctl({"leave", "g", "vm1"}).status.code == 1);
    CHECK(vnfctl({"join", "g", "vm9"}).status.code == 5);
    CHECK(vnfctl({"join", "g", "a-guest-with-a-very-long-id"}).status.code == 1);
    CHECK(vnfctl({"show", "nobodys"}).status.code == 1);
    CHECK(vnfctl({}).status.code == 2);
}

TEST_CASE("A name that the group has is refused and said; the one that has it is undisturbed") {
    AgentUnderTest agent(
        "guests:\n  - {id: vm1, messaging: @/vm1.sock, group: g, name: db}\n"
        "  - {id: vm2, messaging: @/vm2.sock, group: g, name: db}\n"
        "  - {id: vm3, messaging: @/vm3.sock, group: g}\n");
    const Json refused = agent.events()->expect("kind", "group_refused");
    CHECK(text(refused, "instance") == "vm2");
    MessagingGuest one(agent.stage, agent.scratch / "vm1.sock");
    MessagingGuest two(agent.stage, agent.scratch / "vm2.sock");
    MessagingGuest three(agent.stage, agent.scratch / "vm3.sock");
    one.await_connected();
    two.await_connected();
    three.await_connected();
    CHECK(one.status(1).size() == 2);
    two.query(1);
    CHECK(text(two.expect("nack"), "orig_msg_type") == "status_query");
    two.broadcast("as somebody else");
    CHECK(text(two.expect("nack"), "orig_msg_type") == "broadcast");
    three.round_trip();
    CHECK(three.count("broadcast") == 0);
    CHECK_FALSE(text(agent.instance("vm2").at("server_group").as_object(), "trouble").empty());
}

TEST_CASE("A reload adds, removes and changes members; the connections of the others stay") {
    Pair at;
    at.agent.rewrite_settings(two_guests +
                              "  - {id: vm3, messaging: @/vm3.sock, group: g, status: {vcpus: 7}}\n");
    at.agent.process().signal(SIGHUP);
    at.agent.events()->expect("kind", "settings_reloaded");
    MessagingGuest three(at.agent.stage, at.agent.scratch / "vm3.sock");
    three.await_connected();
    CHECK(Told(at.one.expect("notification")).of("display_name") == "vm3");
    const auto entries = at.two.status(5);
    REQUIRE(entries.size() == 3);
    CHECK(number(entries[2], "vcpus") == 7);
    CHECK(at.one.connects() + at.two.connects() == 2);
    at.agent.rewrite_settings(two_guests);
    at.agent.process().signal(SIGHUP);
    at.agent.stage.until([&] { return !three.connected(); }, "host-agent to hang up");
    CHECK(Told(at.one.expect("notification")).metadata("cause") == "left");
    CHECK(at.two.status(6).size() == 2);
    CHECK(at.one.connects() + at.two.connects() == 2);
}

TEST_CASE("Settings of groups that make no sense are refused by line and key") {
    const ScratchDirectory directory;
    const auto [content, where] = GENERATE(table<std::string, std::string>({
        {"guests:\n  - {id: a, messaging: /x, name: twenty-six-bytes-long-name}\n", "guests[0].name"},
        {"guests:\n  - {id: a, messaging: /x, group: \"a b\"}\n", "guests[0].group"},
        {"guests:\n  - {id: a, messaging: /x, status: {vcpus: many}}\n", "guests[0].status.vcpus"},
        {"guests:\n  - {id: a, messaging: /x, status: {colour: red}}\n", "guests[0].status.colour"},
        {"guests:\n  - {id: a, messaging: /x, status: {metadata: [1]}}\n", "guests[0].status.metadata"},
        {"guests:\n  - {id: a, name: b}\n", "guests[0].socket"},
        {"groups: {engine: carrier-pigeon}\n", "groups.engine"},
        {"groups: {engine: etcd}\n", "groups.etcd.endpoints"},
        {"groups: {etcd: {endpoints: [http://x:1]}}\n", "groups.etcd"},
        {"groups: {broadcasts_per_s: 0}\n", "groups.broadcasts_per_s"},
        {"groups: {pairs: [{messaging: a.b}]}\n", "groups.pairs[0].messaging"},
        {"groups: {pairs: [{messaging: a}, {messaging: a}]}\n", "is used twice"},
        {"guests:\n  - id: a\n    messaging: /x\n    status:\n" +
             [] {
                 std::string keys;
                 for (const char* key :
                      {"tenant_id", "user_id", "reservation_id", "image_ref_url", "cell_name", "kernel_id",
                       "ramdisk_id", "instance_type", "architecture", "os_type", "access_ip_v4",
                       "access_ip_v6", "instance_flavor_id", "availability_zone"})
                     keys += std::string("      ") + key + ": \"" + std::string(250, '/') + "\"\n";
                 return keys;
             }(),
         "is too long"},
    }));
    INFO(content.substr(0, 200));
    const std::string file = directory.write("bad.yaml", content);
    const Completed result = run({host_agent_path, "--config", file, "--check-config"}, directory / "out");
    CHECK(result.status.code != 0);
    CHECK_FALSE(result.status.signalled);
    CHECK_THAT(result.output, Catch::Contains(where));
}

}  // namespace
}  // namespace vnf::test
