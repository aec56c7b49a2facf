// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scaling, host side: the old exchange byte for byte, answers of every kind, limits, times and divergence (server-group
// specification, section 4; captured bytes of a 17.06 guest and a StarlingX host).
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/daemon/scale_host.hpp"

namespace vnf::test {
namespace {

const std::string envelope_end =
    ",\"version\":2,\"dest_addr\":\"cgcs.scale\",\"source_addr\":\"scale-00000001\"}\n";

const std::string old_wire = "heartbeat: {capabilities: never}\n";

TEST_CASE("Down, with the bytes of the old host and the answer of the old guest") {
    ScaleHost at(old_times, {}, old_wire);
    const auto asked = at.down();
    at.guest.expect_scale();
    CHECK_THAT(
        at.guest.raw(),
        Catch::EndsWith("\n{\"data\":{\"version\":2,\"msg_type\":\"scale_request\",\"timeout_ms\":2500,"
                        "\"resource\":\"cpu\",\"direction\":\"down\"}" +
                        envelope_end));
    at.guest.send_raw(
        "\n{\"data\":{\"result\":\"success\",\"offline_cpu\":3,\"online_cpus\":[0,1,2],\"version\":2,"
        "\"resource\":\"cpu\",\"direction\":\"down\"},\"version\":2,\"dest_addr\":\"scale-00000001\","
        "\"source_addr\":\"cgcs.scale\"}\n");
    const HttpAnswer answer = asked->answer();
    CHECK(answer.status == 200);
    const Json done = answer.json();
    CHECK(text(done, "result") == "done");
    CHECK(number(done, "cpu") == 3);
    CHECK(serialize(done.at("online_cpus")) == "[0,1,2]");
    CHECK(at.online() == "[0,1,2]");
    CHECK(at.number_of("diverged") == "false");
    CHECK(at.number_of("current") == "3");
}

TEST_CASE(
    "Down and up say in one more key, the last, that this host understands more; an old guest ignores that") {
    ScaleHost at;
    at.go_down(3, "[0,1,2]");
    CHECK_THAT(at.guest.raw(), Catch::EndsWith("\"direction\":\"down\",\"refusal\":true}" + envelope_end));
    const auto asked = at.up();
    at.guest.expect_scale();
    CHECK_THAT(at.guest.raw(), Catch::EndsWith("\"online_cpus\":[0,1,2,3],\"refusal\":true}" + envelope_end));
    at.guest.answer_scale(brought_back(3, "[0,1,2,3]"));
    CHECK(asked->answer().status == 200);
}

TEST_CASE("Up, with the bytes of the old host and the answer of the old guest") {
    ScaleHost at(old_times, {}, old_wire);
    at.go_down(3, "[0,1,2]");
    at.go_down(2, "[0,1]");
    const auto asked = at.up();
    at.guest.expect_scale();
    CHECK_THAT(at.guest.raw(),
               Catch::EndsWith(
                   "\n{\"data\":{\"version\":2,\"msg_type\":\"scale_request\",\"timeout_ms\":2500,"
                   "\"resource\":\"cpu\",\"direction\":\"up\",\"online_cpu\":2,\"online_cpus\":[0,1,2]}" +
                   envelope_end));
    at.guest.send_raw(
        "\n{\"data\":{\"result\":\"success\",\"online_cpu\":2,\"online_cpus\":[0,1,2],\"version\":2,"
        "\"resource\":\"cpu\",\"direction\":\"up\"},\"version\":2,\"dest_addr\":\"scale-00000001\","
        "\"source_addr\":\"cgcs.scale\"}\n");
    CHECK(text(asked->answer().json(), "result") == "done");
    CHECK(at.online() == "[0,1,2]");
}

TEST_CASE("An up that the old guest fails holds all the same, and its caller is told why") {
    ScaleHost at;
    at.go_down(3, "[0,1,2]");
    const auto asked = at.up();
    at.guest.expect_scale();
    at.guest.send_raw(
        "\n{\"data\":{\"result\":\"fail\",\"err_msg\":\"can't open cpu online path: No such file or "
        "directory\",\"version\":2,\"resource\":\"cpu\",\"direction\":\"up\"},\"version\":2,\"dest_addr\":"
        "\"scale-00000001\",\"source_addr\":\"cgcs.scale\"}\n");
    const HttpAnswer answer = asked->answer();
    CHECK(answer.status == 200);
    CHECK(text(answer.json(), "result") == "partial");
    CHECK(text(answer.json(), "code") == "guest_failed");
    CHECK(text(answer.json(), "reason") == "can't open cpu online path: No such file or directory");
    CHECK(at.online() == "[0,1,2,3]");
}

TEST_CASE("B-02: a guest answers for itself alone: its own address on its own port") {
    AgentUnderTest agent(
        "guests:\n  - {id: vm1, messaging: @/vm1.sock, name: instance-00000001, scaling: {max: 4}}\n"
        "  - {id: vm2, messaging: @/vm2.sock, name: instance-00000002, scaling: {max: 4}}\n" +
        scale_section(old_times));
    MessagingGuest one(agent.stage, agent.scratch / "vm1.sock"), two(agent.stage, agent.scratch / "vm2.sock");
    one.await_connected();
    two.await_connected();
    one.round_trip();
    two.round_trip();
    HttpCall asked(agent.stage, agent.api_socket(), "POST", "/v1/instances/vm1/scale",
                   R"({"direction":"down"})");
    one.expect_scale();
    CHECK(one.scale_address() == "scale-00000001");
    two.send_data(gave_up(1, "[0,2,3]"), "scale-00000001");
    two.send_data(gave_up(1, "[0,2,3]"), "scale-00000002");
    two.send_data(gave_up(1, "[0,2,3]"), "cgcs.scale");
    two.round_trip();
    CHECK_FALSE(asked.done());
    CHECK(agent.metric("vnf_host_messaging_foreign_total") == 2);
    one.answer_scale(gave_up(3, "[0,1,2]"));
    CHECK(number(asked.answer().json(), "cpu") == 3);
    const Json of_two = agent.api("GET", "/v1/instances/vm2/scale").json();
    CHECK(serialize(of_two.at("online_cpus")) == "[0,1,2,3]");
    CHECK(of_two.at("diverged").as_bool());
}

TEST_CASE(
    "B-28, B-29: what is said to be online is compared, to its last number; a difference is shown and "
    "reported") {
    ScaleHost at;
    const auto events = at.agent.events();
    at.go_down(3, "[0,1,2]");
    CHECK_FALSE(events->has("kind", "scale_diverged"));
    const HttpAnswer answer = at.go_down(2, "[0]");
    CHECK(answer.json().at("diverged").as_bool());
    const Json event = events->expect("kind", "scale_diverged");
    CHECK(text(event, "online") == "0-1");
    CHECK(text(event, "guest_online") == "0");
    CHECK(at.number_of("guest_online_cpus") == "[0]");
    CHECK(at.agent.metric("vnf_host_scale_guests_diverged") == 1);
}

TEST_CASE(
    "A guest that names a vCPU that is offline or out of range: the old host's words, and nothing is taken") {
    const int cpu = GENERATE(0, 3, 4, 200);
    ScaleHost at;
    at.go_down(3, "[0,1,2]");
    const HttpAnswer answer = at.go_down(cpu, "[0,1,2]");
    CHECK(answer.status == 409);
    CHECK(error_code(answer) == "cannot_offline");
    CHECK(error_message(answer) == "Cpu " + std::to_string(cpu) + " is already offline or out of range.");
    CHECK(at.online() == "[0,1,2]");
}

TEST_CASE("Limits are answered clearly, and nobody is asked") {
    ScaleHost at(old_times, ", instance: some-name");
    const auto up = at.up()->answer();
    CHECK(up.status == 409);
    CHECK(error_code(up) == "at_limit");
    CHECK(error_message(up) == "the guest has its maximum, 4 vCPUs");
    CHECK(at.agent.api("PUT", "/v1/instances/vm1/scale", R"({"offline_cpus":[1,2,3]})").status == 200);
    const auto down = at.down()->answer();
    CHECK(error_code(down) == "at_limit");
    CHECK(error_message(down) == "the guest has its minimum, 1 vCPU");
    at.guest.round_trip();
    CHECK(at.guest.scale_requests() == 0);
}

TEST_CASE("One operation at a time; the second one hears so at once") {
    ScaleHost at;
    const auto first = at.down();
    at.guest.expect_scale();
    for (const auto& second : {at.down()->answer(), at.up()->answer(), at.reconcile()->answer()}) {
        CHECK(second.status == 409);
        CHECK(error_code(second) == "busy");
    }
    CHECK(text(at.state().at("operation").as_object(), "direction") == "down");
    at.guest.answer_scale(gave_up(3, "[0,1,2]"));
    CHECK(first->answer().status == 200);
    CHECK(at.state().at("operation").is_null());
}

TEST_CASE("An old guest is told 9 s, and the times are settings") {
    ScaleHost at("");
    const auto asked = at.down();
    CHECK(number(at.guest.expect_scale(), "timeout_ms") == 9000);
    at.guest.hang_up();
    CHECK(error_code(asked->answer()) == "guest_gone");
}

TEST_CASE("An old guest without an answer loses its highest vCPU, and the host says what it did") {
    ScaleHost at(short_times);
    const auto events = at.agent.events();
    const HttpAnswer answer = at.down()->answer();
    CHECK(answer.status == 200);
    CHECK(text(answer.json(), "result") == "partial");
    CHECK(text(answer.json(), "code") == "no_answer");
    CHECK(number(answer.json(), "cpu") == 3);
    CHECK(text(events->expect("kind", "scale_partial"), "code") == "no_answer");
    CHECK(number(at.guest.expect_scale(), "timeout_ms") == 150);
    SECTION("a late answer is recognised and not taken for the next one's") {
        at.agent.rewrite_settings("guests:\n" + scaled_guest() + scale_section(old_times));
        at.agent.process().signal(SIGHUP);
        events->expect("kind", "settings_reloaded");
        const auto next = at.down();
        at.guest.expect_scale();
        at.guest.answer_scale(gave_up(3, "[0,1,2]"));
        CHECK(number(events->expect("kind", "scale_late"), "cpu") == 3);
        at.guest.answer_scale(gave_up(2, "[0,1]"));
        CHECK(number(next->answer().json(), "cpu") == 2);
    }
    SECTION("a late answer that nobody waits for shows what the guest has") {
        at.guest.answer_scale(gave_up(1, "[0,2,3]"));
        CHECK(text(events->expect("kind", "scale_diverged"), "guest_online") == "0,2-3");
        CHECK(at.online() == "[0,1,2]");
    }
}

TEST_CASE("With without_answer: keep nothing is taken") {
    ScaleHost at(short_times + ", without_answer: keep");
    const HttpAnswer answer = at.down()->answer();
    CHECK(answer.status == 409);
    CHECK(error_code(answer) == "no_answer");
    CHECK(at.online() == "[0,1,2,3]");
}

TEST_CASE("A guest that is not there is not scaled; one that goes meanwhile ends the operation") {
    ScaleHost at;
    const auto asked = at.down();
    at.guest.expect_scale();
    at.guest.vanish();
    CHECK(error_code(asked->answer()) == "guest_gone");
    const HttpAnswer later = at.down()->answer();
    CHECK(later.status == 409);
    CHECK(error_code(later) == "not_connected");
    CHECK(at.online() == "[0,1,2,3]");
}

TEST_CASE("Hostile and useless answers: each is refused or ignored, and the next good one counts") {
    ScaleHost at;
    const auto asked = at.down();
    at.guest.expect_scale();
    const std::string data = GENERATE(
        as<std::string>{},
        R"({"result":"success","offline_cpu":3,"online_cpus":[0],"version":1,"resource":"cpu","direction":"down"})",
        R"({"result":"success","offline_cpu":3,"online_cpus":[0],"version":2,"resource":"memory","direction":"down"})",
        R"({"result":"success","online_cpu":3,"online_cpus":[0,1,2,3],"version":2,"resource":"cpu","direction":"up"})",
        R"({"result":"maybe","version":2,"resource":"cpu","direction":"down"})",
        R"({"result":"fail","err_msg":"x","version":2,"resource":"cpu","direction":"up"})",
        R"("just a text")", "[1,2,3]", "17");
    at.guest.answer_scale(data);
    const Json nack = at.guest.expect_scale();
    CHECK(text(nack, "msg_type") == "nack");
    CHECK_FALSE(text(nack, "log_msg").empty());
    CHECK_FALSE(asked->done());
    at.guest.answer_scale(gave_up(3, "[0,1,2]"));
    CHECK(asked->answer().status == 200);
}

TEST_CASE("An answer without what it must have is no answer: the guest is told, and the old rule holds") {
    ScaleHost at;
    const std::string data = GENERATE(
        as<std::string>{}, R"({"version":2,"resource":"cpu","direction":"down"})",
        R"({"result":"success","offline_cpu":3,"version":2,"resource":"cpu","direction":"down"})",
        R"({"result":"success","offline_cpu":"3; reboot","online_cpus":[0],"version":2,"resource":"cpu","direction":"down"})",
        R"x({"result":"success","offline_cpu":3,"online_cpus":["$(id)"],"version":2,"resource":"cpu","direction":"down"})x",
        R"({"result":"success","offline_cpu":4096,"online_cpus":[0],"version":2,"resource":"cpu","direction":"down"})",
        R"({"result":"success","offline_cpu":null,"online_cpus":null,"version":2,"resource":"cpu","direction":"down"})");
    const auto asked = at.down();
    at.guest.expect_scale();
    at.guest.answer_scale(data);
    CHECK(text(at.guest.expect_scale(), "msg_type") == "nack");
    const Json outcome = asked->answer().json();
    CHECK(text(outcome, "result") == "partial");
    CHECK(text(outcome, "code") == "no_answer");
    CHECK(at.online() == "[0,1,2]");
    CHECK(at.agent.process().running());
}

TEST_CASE("A client that leaves changes nothing: the operation goes on, and the journal has its outcome") {
    ScaleHost at;
    const auto events = at.agent.events();
    const auto asked = at.down();
    at.guest.expect_scale();
    asked->abandon();
    at.guest.answer_scale(gave_up(3, "[0,1,2]"));
    const Json done = events->expect("kind", "scale_done");
    CHECK(number(done, "cpu") == 3);
    CHECK(text(done, "online") == "0-2");
    CHECK_THAT(text(done, "cause"), Catch::StartsWith("uid "));
    CHECK(at.online() == "[0,1,2]");
}

TEST_CASE("A guest that answers without being asked, again and again, costs no more than its messages") {
    ScaleHost at;
    at.down();
    at.guest.expect_scale();
    at.guest.answer_scale(gave_up(3, "[0,1,2]"));
    for (int i = 0; i < 200; ++i)
        at.guest.answer_scale(gave_up(i, i % 2 == 0 ? "[0,1]" : "[0,1,2]"));
    at.guest.round_trip();
    CHECK(at.online() == "[0,1,2]");
    std::size_t reported = 0;
    const auto events = at.agent.events();
    events->expect("kind", "scale_done");
    for (const Json& event : events->lines().messages())
        reported += text(event, "kind") == "scale_diverged" ? 1U : 0U;
    CHECK(reported < 100);
}

TEST_CASE("Requests that make no sense are refused with their reason") {
    ScaleHost at;
    struct Row {
        std::string method, verb, body;
        unsigned status;
        std::string code;
    };
    const std::vector<Row> rows{
        {"POST", "scale", R"({"direction":"sideways"})", 400, "bad_request"},
        {"POST", "scale", "{}", 400, "bad_request"},
        {"POST", "scale", R"({"direction":"up","cpu":3})", 400, "bad_request"},
        {"DELETE", "scale", "", 405, "method_not_allowed"},
        {"GET", "scale/reconcile", "", 405, "method_not_allowed"},
        {"PUT", "scale", R"({"offline_cpus":"3"})", 400, "bad_request"},
        {"PUT", "scale", R"({"offline_cpus":[4096]})", 400, "bad_request"},
        {"PUT", "scale", R"({"offline_cpus":[1.5]})", 400, "bad_request"},
        {"PUT", "scale", R"({"offline_cpus":[0]})", 409, "not_possible"},
        {"PUT", "scale", R"({"offline_cpus":[4]})", 409, "not_possible"},
        {"PUT", "metrics", R"({"1load":3})", 400, "bad_request"},
        {"PUT", "metrics", R"({"load":"3"})", 400, "bad_request"},
        {"POST", "metrics", R"({"load":3})", 405, "method_not_allowed"},
    };
    for (const Row& row : rows) {
        INFO(row.method << ' ' << row.verb << ' ' << row.body);
        const HttpAnswer answer = at.agent.api(row.method, "/v1/instances/vm1/" + row.verb, row.body);
        CHECK(answer.status == row.status);
        CHECK(error_code(answer) == row.code);
    }
    CHECK(error_code(at.agent.api("GET", "/v1/instances/vm9/scale")) == "unknown_instance");
    CHECK(at.online() == "[0,1,2,3]");
}

TEST_CASE("A guest whose settings have no scaling is not scalable, until a reload gives it some") {
    AgentUnderTest agent("guests:\n  - {id: vm1, messaging: @/vm1.sock}\n" + scale_section(old_times));
    MessagingGuest guest(agent.stage, agent.scratch / "vm1.sock");
    guest.await_connected();
    CHECK(error_code(agent.api("POST", "/v1/instances/vm1/scale", R"({"direction":"down"})")) ==
          "not_scalable");
    guest.send_data(gave_up(3, "[0,1,2]"), "scale-511c93a7");
    guest.round_trip();
    CHECK(agent.metric("vnf_host_messaging_foreign_total") == 1);
    agent.rewrite_settings("guests:\n  - {id: vm1, messaging: @/vm1.sock, scaling: {max: 2}}\n" +
                           scale_section(old_times));
    agent.process().signal(SIGHUP);
    agent.events()->expect("kind", "settings_reloaded");
    guest.await_connected();
    agent.stage.until(
        [&] { return agent.api("GET", "/v1/instances/vm1/scale").json().at("connected").as_bool(); },
        "a port");
    HttpCall asked(agent.stage, agent.api_socket(), "POST", "/v1/instances/vm1/scale",
                   R"({"direction":"down"})");
    guest.expect_scale();
    CHECK(guest.scale_address() == "scale-511c93a7");
    guest.answer_scale(gave_up(1, "[0]"));
    CHECK(asked.answer().status == 200);
}

TEST_CASE("Settings of scaling that make no sense are refused by line and key") {
    const ScratchDirectory directory;
    const std::string guest = "guests:\n  - {id: a, messaging: /x, scaling: {";
    const auto [content, where] = GENERATE_COPY(table<std::string, std::string>({
        {guest + "min: 3, max: 2}}\n", "guests[0].scaling.min"},
        {guest + "max: 4097}}\n", "guests[0].scaling.max"},
        {guest + "max: 2, step: 1}}\n", "guests[0].scaling.step"},
        {guest + "max: 2, rules: [{metric: 1x, above: 1}]}}\n", "metric"},
        {guest + "max: 2, rules: [{metric: x}]}}\n", "needs above"},
        {guest + "max: 2, rules: [{metric: x, above: 1, below: 1}]}}\n", "must be less than above"},
        {guest + "max: 2, rules: [{metric: x, above: high}]}}\n", "above"},
        {guest + "max: 2, rules: [{metric: x, above: 1, direction: left}]}}\n", "direction"},
        {"guests:\n  - {id: a, socket: /x, scaling: {max: 2}}\n", "needs a messaging port"},
        {"scaling: {guest_ms: 9600}\n", "scaling.guest_ms"},
        {"scaling: {answer_ms: 11000}\n", "scaling.answer_ms"},
        {"scaling: {without_answer: hope}\n", "scaling.without_answer"},
        {"scaling: {state_directory: here}\n", "scaling.state_directory"},
    }));
    INFO(content);
    const std::string file = directory.write("bad.yaml", content);
    const Completed result = run({host_agent_path, "--config", file, "--check-config"}, directory / "out");
    CHECK(result.status.code != 0);
    CHECK_THAT(result.output, Catch::Contains(where) && Catch::Contains("bad.yaml:"));
}

}  // namespace
}  // namespace vnf::test
