// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scaling over time: restarts and kills in the midst, a guest's reboot, guests of ours, the actuator, reconciliation, rules
// and metrics, vnfctl.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/daemon/scale_host.hpp"

namespace vnf::test {
namespace {

/// Writes what it was asked; while there is a file `hold` beside it it does not end.
const std::string holding_script =
    "d=$(dirname $0)\necho \"$1 $VNF_INSTANCE $VNF_ACTION $VNF_CPU $VNF_ONLINE_CPUS\" >> $d/acted\n"
    "while [ -e $d/hold ]; do sleep 0.02; done\n[ ! -e $d/fail ] || { echo no room; exit 3; }";
const std::string holding_actuator = "actuator: {kind: exec, command: [@/holding]}\n";

struct ActedHost : ScaleHost {
    explicit ActedHost(const std::string& section = old_times) : ScaleHost(section, {}, holding_actuator) {
        agent.scratch.write_script("holding", holding_script);
    }
    ~ActedHost() { release(); }
    void hold() { agent.scratch.write("hold", ""); }
    void release() { std::filesystem::remove(agent.scratch.path() / "hold"); }
    std::string acted() const { return read_file(agent.scratch.path() / "acted"); }
    void await_acted(const std::string& line) {
        agent.stage.until([this, &line] { return acted().find(line) != std::string::npos; }, "the actuator");
    }
    void restart() {
        agent.process().signal(SIGKILL);
        agent.process().wait();
        agent.restart();
    }
};

TEST_CASE(
    "The actuator is told which vCPU, and what is online then: after the guest on the way down, before it on "
    "the way up") {
    ActedHost at;
    const auto down = at.down();
    at.guest.expect_scale();
    CHECK(at.acted().empty());
    at.guest.answer_scale(gave_up(3, "[0,1,2]"));
    CHECK(down->answer().status == 200);
    CHECK(at.acted() == "scale_down vm1 scale_down 3 0-2\n");
    at.hold();
    const auto up = at.up();
    at.await_acted("scale_up vm1 scale_up 3 0-3\n");
    CHECK(at.guest.scale_requests() == 0);
    CHECK(at.online() == "[0,1,2]");
    at.release();
    at.guest.expect_scale();
    CHECK(at.online() == "[0,1,2,3]");
    at.guest.answer_scale(brought_back(3, "[0,1,2,3]"));
    CHECK(up->answer().status == 200);
}

TEST_CASE(
    "An actuator that fails: up is refused with its words, down leaves a difference that reconcile mends") {
    ActedHost at;
    at.go_down(3, "[0,1,2]");
    at.agent.scratch.write("fail", "");
    const HttpAnswer up = at.up()->answer();
    CHECK(error_code(up) == "actuator_failed");
    CHECK_THAT(error_message(up), Catch::Contains("no room"));
    const HttpAnswer down = at.go_down(2, "[0,1]");
    CHECK(error_code(down) == "actuator_failed");
    CHECK(at.online() == "[0,1,2]");
    CHECK(at.number_of("diverged") == "true");
    const auto mended = at.reconcile();
    CHECK(number(at.guest.expect_scale(), "online_cpu") == 2);
    at.guest.answer_scale(brought_back(2, "[0,1,2]"));
    CHECK(mended->answer().status == 200);
    CHECK(at.number_of("diverged") == "false");
}

TEST_CASE("An actuator that is too slow: the caller is told in time, and what it did counts when it ends") {
    ActedHost at(short_times);
    const auto events = at.agent.events();
    at.go_down(3, "[0,1,2]");
    at.hold();
    const HttpAnswer late = at.up()->answer();
    CHECK(error_code(late) == "timeout");
    CHECK(error_code(at.up()->answer()) == "busy");
    at.release();
    CHECK(text(events->expect("kind", "scale_partial"), "code") == "timeout");
    CHECK(at.online() == "[0,1,2,3]");
}

TEST_CASE("The count outlives the agent, a kill included") {
    ActedHost at;
    at.go_down(3, "[0,1,2]");
    at.go_down(1, "[0,2]");
    at.restart();
    at.connect();
    CHECK(at.online() == "[0,2]");
    CHECK(at.number_of("guest_online_cpus") == "null");
    const auto up = at.up();
    const Json asked = at.guest.expect_scale();
    CHECK(number(asked, "online_cpu") == 1);
    at.guest.answer_scale(brought_back(1, "[0,1,2]"));
    CHECK(up->answer().status == 200);
}

TEST_CASE("A reload that changes a guest's limits or rules leaves its count, and ends what was under way") {
    const std::string directory = GENERATE(as<std::string>{}, "@/state", "");
    const auto settings = [&directory](const std::string& more) {
        return "guests:\n" + scaled_guest(more) + "scaling: {state_directory: \"" + directory + "\"" +
               old_times + "}\n";
    };
    AgentUnderTest agent(settings(""));
    MessagingGuest guest(agent.stage, agent.scratch / "vm1.sock");
    guest.await_connected();
    guest.round_trip();
    const auto state = [&agent] {
        return agent.api("GET", "/v1/instances/vm1/scale").json();
    };
    CHECK(agent.api("PUT", "/v1/instances/vm1/scale", R"({"offline_cpus":[2]})").status == 200);
    HttpCall asked(agent.stage, agent.api_socket(), "POST", "/v1/instances/vm1/scale",
                   R"({"direction":"down"})");
    guest.expect_scale();
    agent.rewrite_settings(settings(", rules: [{metric: load, above: 1}]"));
    agent.process().signal(SIGHUP);
    CHECK(error_code(asked.answer()) == "removed");
    CHECK(state().at("rules").as_array().size() == 1);
    CHECK(serialize(state().at("online_cpus")) == "[0,1,3]");
    CHECK(state().at("operation").is_null());
}

TEST_CASE(
    "Killed while the guest was asked: the question is said to be open, and reconcile finds out what became "
    "of it") {
    ActedHost at;
    const auto asked = at.down();
    at.guest.expect_scale();
    at.restart();
    const auto events = at.agent.events();
    CHECK(text(events->expect("kind", "scale_interrupted"), "step") == "asking");
    at.connect();
    CHECK(at.online() == "[0,1,2,3]");
    const auto mended = at.reconcile();
    CHECK(number(at.guest.expect_scale(), "online_cpu") == 3);
    at.guest.answer_scale(brought_back(3, "[0,1,2,3]"));
    CHECK(mended->answer().status == 200);
    at.restart();
    CHECK_FALSE(at.agent.events()->has("kind", "scale_interrupted"));
}

TEST_CASE("Killed while the actuator worked: it is asked once more, and the account is what it did") {
    ActedHost at;
    at.hold();
    SECTION("taking") {
        const auto asked = at.down();
        at.guest.expect_scale();
        at.guest.answer_scale(gave_up(2, "[0,1,3]"));
        at.await_acted("scale_down vm1 scale_down 2 0-1,3\n");
        at.restart();
        at.release();
        at.agent.events()->expect("kind", "scale_done");
        CHECK(at.online() == "[0,1,3]");
        CHECK(at.acted() == "scale_down vm1 scale_down 2 0-1,3\nscale_down vm1 scale_down 2 0-1,3\n");
    }
    SECTION("giving") {
        at.release();
        at.go_down(3, "[0,1,2]");
        at.hold();
        const auto asked = at.up();
        at.await_acted("scale_up");
        at.restart();
        at.release();
        CHECK(text(at.agent.events()->expect("kind", "scale_partial"), "code") == "interrupted");
        CHECK(at.online() == "[0,1,2,3]");
    }
}

TEST_CASE("A damaged account is said, and the guest begins with all that it has") {
    const std::string content =
        GENERATE(as<std::string>{}, "", "nonsense", "vnf-guest-sdk scale 1\nmax 4\noffline 3-2\n",
                 "vnf-guest-sdk scale 1\nmax 4\noffline 3\npending taking\n");
    ActedHost at;
    at.go_down(3, "[0,1,2]");
    at.agent.process().signal(SIGTERM);
    at.agent.process().wait();
    at.agent.scratch.write("state/vm1.scale", content);
    at.agent.restart();
    CHECK(text(at.agent.events()->expect("kind", "scale_not_kept"), "instance") == "vm1");
    CHECK(at.online() == "[0,1,2,3]");
}

TEST_CASE("An account that can't be written is said, and scaling goes on") {
    ScaleHost at(old_times);
    at.agent.scratch.write("state", "a file, not a directory");
    const auto events = at.agent.events();
    CHECK(at.go_down(3, "[0,1,2]").status == 200);
    events->expect("kind", "scale_not_kept");
    CHECK(at.agent.metric("vnf_host_scale_keep_failures_total") > 0);
}

// ---- guests of ours ----------------------------------------------------------------------------------

/// vm1 with a heartbeat as well.
struct OurHost {
    explicit OurHost(const std::string& section = old_times, const std::string& more = {})
        : agent(
              "guests:\n  - {id: vm1, socket: @/vm1.hb, messaging: @/vm1.sock, name: instance-00000001, "
              "scaling: "
              "{max: 4" +
              more + "}}\n" + scale_section(section)) {
        heartbeat.capabilities = {"scale", "metrics"};
        guest.await_connected();
        agent.await_state("vm1", "heartbeating");
        agent.stage.until(
            [this] { return state().at("capability").as_bool() && state().at("connected").as_bool(); },
            "a guest of ours");
    }
    Json state() { return agent.api("GET", "/v1/instances/vm1/scale").json(); }
    std::unique_ptr<HttpCall> call(const std::string& direction) {
        return std::make_unique<HttpCall>(agent.stage, agent.api_socket(), "POST", "/v1/instances/vm1/scale",
                                          R"({"direction":")" + direction + R"("})");
    }
    AgentUnderTest agent;
    ScriptedGuest heartbeat{agent.stage, agent.scratch / "vm1.hb"};
    MessagingGuest guest{agent.stage, agent.scratch / "vm1.sock"};
};

TEST_CASE("An application that refuses is obeyed, and vnfctl says so with an exit status of its own") {
    OurHost at;
    const auto refuse = [&at](const std::string& refused) {
        const Json request = at.guest.expect_scale();
        CHECK(request.at("refusal").as_bool());
        at.guest.answer_scale(
            R"({"result":"fail","err_msg":"db: a backup is running","version":2,"resource":"cpu","direction":"down",)" +
            refused + R"("online_cpus":[0,1,2,3]})");
    };
    const auto asked = at.call("down");
    refuse("\"refused\":true,");
    const HttpAnswer answer = asked->answer();
    CHECK(answer.status == 409);
    CHECK(error_code(answer) == "refused");
    CHECK(error_message(answer) == "db: a backup is running");
    CHECK(serialize(at.state().at("online_cpus")) == "[0,1,2,3]");
    CHECK(at.agent.metric("vnf_host_scale_refused_total") == 1);

    Process vnfctl({.argv = {vnfctl_path, "--socket", at.agent.api_socket(), "scale", "vm1", "down"},
                    .output_file = at.agent.scratch / "vnfctl.out"});
    refuse("\"refused\":true,");
    at.agent.stage.until([&] { return !vnfctl.running(); }, "vnfctl to end");
    CHECK(vnfctl.wait() == ExitStatus{false, 3});
    CHECK_THAT(vnfctl.output(), Catch::Contains("refused: db: a backup is running"));
    const auto failing = at.call("down");
    refuse("");
    CHECK(error_code(failing->answer()) == "guest_failed");
}

TEST_CASE("A guest of ours that does not answer keeps its vCPUs") {
    OurHost at(short_times);
    const HttpAnswer answer = at.call("down")->answer();
    CHECK(error_code(answer) == "no_answer");
    CHECK(serialize(at.state().at("online_cpus")) == "[0,1,2,3]");
}

TEST_CASE("After its reboot a guest of ours is told what it has to hold offline") {
    OurHost at;
    CHECK(text(at.heartbeat.expect("init_ack"), "offline_cpus").empty());
    const auto asked = at.call("down");
    at.guest.expect_scale();
    at.guest.answer_scale(gave_up(2, "[0,1,3]"));
    CHECK(asked->answer().status == 200);
    at.heartbeat.init();
    const Json ack = at.heartbeat.expect("init_ack");
    CHECK(text(ack, "offline_cpus") == "2");
    CHECK(at.state().at("guest_online_cpus").is_null());
}

TEST_CASE("An old guest's init_ack has no word of vCPUs") {
    OurHost at;
    at.heartbeat.expect("init_ack");
    at.heartbeat.capabilities.clear();
    at.heartbeat.init();
    CHECK_FALSE(at.heartbeat.expect("init_ack").contains("offline_cpus"));
}

TEST_CASE("A vCPU that comes back by itself in a guest of ours is found out and reported") {
    OurHost at(old_times + ", check_ms: 50");
    const auto events = at.agent.events();
    CHECK(text(at.guest.expect_scale(), "direction") == "status");
    at.guest.answer_scale(
        R"({"result":"success","online_cpus":[0,1,2],"version":2,"resource":"cpu","direction":"status"})");
    CHECK(text(events->expect("kind", "scale_diverged"), "guest_online") == "0-2");
    CHECK(text(at.guest.expect_scale(), "direction") == "status");
    at.guest.answer_scale(
        R"({"result":"success","online_cpus":[0,1,2,3],"version":2,"resource":"cpu","direction":"status"})");
    events->expect("kind", "scale_in_step");
}

TEST_CASE("A guest's metric over its channel runs a rule, once for each cool-down") {
    OurHost at(old_times, ", rules: [{metric: load, above: 80, below: 20, hold_ms: 0}]");
    CHECK(at.agent.api("PUT", "/v1/instances/vm1/scale", R"({"offline_cpus":[2,3]})").status == 200);
    const auto events = at.agent.events();
    at.heartbeat.send("metrics", R"(,"values":{"load":50,"other":1})");
    at.heartbeat.send("metrics", R"(,"values":{"load":90.5})");
    const Json started = events->expect("kind", "scale_started");
    CHECK(text(started, "direction") == "up");
    CHECK(text(started, "cause") == "rule: load is 90.5");
    CHECK(number(at.guest.expect_scale(), "online_cpu") == 2);
    at.guest.answer_scale(brought_back(2, "[0,1,2]"));
    events->expect("kind", "scale_done");
    at.heartbeat.send("metrics", R"(,"values":{"load":95})");
    at.heartbeat.beat();
    CHECK(serialize(at.state().at("online_cpus")) == "[0,1,2]");
    CHECK(serialize(at.state().at("metrics")) == R"({"load":9.5E1,"other":1E0})");
    CHECK(at.agent.metric("vnf_host_guest_metric", "metric=\"load\"") == 95);
}

TEST_CASE("A metric of an operator's HTTP push runs a rule, too") {
    ScaleHost at(old_times, ", rules: [{metric: idle, above: 50, direction: down, hold_ms: 0}]");
    CHECK(at.agent.api("PUT", "/v1/instances/vm1/metrics", R"({"idle":75})").status == 200);
    CHECK(text(at.guest.expect_scale(), "direction") == "down");
    at.guest.answer_scale(gave_up(3, "[0,1,2]"));
    at.agent.stage.until([&] { return at.online() == "[0,1,2]"; }, "the rule to be done");
}

// ---- reconciliation and vnfctl -----------------------------------------------------------------------

TEST_CASE("vnfctl scales, shows, sets and reconciles, for people and for scripts") {
    ScaleHost at;
    const auto begin = [&at](std::vector<std::string> arguments) {
        std::vector<std::string> argv{vnfctl_path, "--socket", at.agent.api_socket(), "scale"};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return Process({.argv = argv, .output_file = at.agent.scratch / "vnfctl.out"});
    };
    const auto end = [&at](Process& process, int status, const std::string& holds) {
        at.agent.stage.until([&process] { return !process.running(); }, "vnfctl to end");
        CHECK(process.wait() == ExitStatus{false, status});
        CHECK_THAT(process.output(), Catch::Contains(holds));
    };
    Process down = begin({"vm1", "down"});
    at.guest.expect_scale();
    at.guest.answer_scale(gave_up(3, "[0,1]"));
    end(down, 0, "down of vm1: done, vCPU 3, online: 0, 1, 2");
    CHECK_THAT(down.output(), Catch::Contains("diverged: the guest has 0, 1"));
    Process show = begin({"vm1", "show"});
    end(show, 0, "guest_online_cpus: 0, 1\n");
    Process mend = begin({"vm1", "reconcile"});
    CHECK(number(at.guest.expect_scale(), "online_cpu") == 2);
    at.guest.answer_scale(brought_back(2, "[0,1,2]"));
    end(mend, 0, "reconcile of vm1: done, online: 0, 1, 2");
    Process json = begin({"vm1", "show", "--json"});
    end(json, 0, "\"diverged\":false");
    Process set = begin({"vm1", "set", "--offline", "1-3"});
    end(set, 0, "current: 1");
    Process up = begin({"vm1", "up"});
    at.guest.expect_scale();
    at.guest.answer_scale(
        R"({"result":"fail","err_msg":"no","version":2,"resource":"cpu","direction":"up"})");
    end(up, 4, "guest_failed: no");
    Process limit = begin({"vm1", "set", "--offline", ""});
    end(limit, 0, "current: 4");
    Process most = begin({"vm1", "up"});
    end(most, 1, "at_limit: the guest has its maximum");
    Process wrong = begin({"vm1", "set", "--offline", "3-1"});
    end(wrong, 2, "reversed");
    Process nothing = begin({"vm1", "set"});
    end(nothing, 2, "needs --offline");
    Process unknown = begin({"vm9", "up"});
    end(unknown, 5, "unknown_instance");
    Process usage = begin({"vm1", "sideways"});
    end(usage, 2, "");
}

TEST_CASE(
    "Reconcile, where the guest chooses another vCPU than the host has taken: the actuator follows, the "
    "count holds") {
    ActedHost at;
    at.go_down(2, "[0,1,2,3]");
    CHECK(at.online() == "[0,1,3]");
    const auto mended = at.reconcile();
    CHECK(text(at.guest.expect_scale(), "direction") == "down");
    at.guest.answer_scale(gave_up(3, "[0,1,2]"));
    const HttpAnswer answer = mended->answer();
    CHECK(answer.status == 200);
    CHECK_FALSE(answer.json().at("diverged").as_bool());
    CHECK(at.online() == "[0,1,2]");
    CHECK(
        at.acted() ==
        "scale_down vm1 scale_down 2 0-1,3\nscale_down vm1 scale_down 3 0-1\nscale_up vm1 scale_up 2 0-2\n");
}

TEST_CASE("A pair that was found is scaled at the address of its messaging name") {
    AgentUnderTest agent("groups:\n  pairs: [{heartbeat: " + uuid_1 +
                         ", messaging: instance-0000001f, scaling: {min: 1, max: 2}}]\n" +
                         scale_section(old_times));
    MessagingGuest guest(agent.stage, messaging_socket(agent, "instance-0000001f"));
    guest.await_connected();
    guest.round_trip();
    HttpCall asked(agent.stage, agent.api_socket(), "POST", "/v1/instances/" + uuid_1 + "/scale",
                   R"({"direction":"down"})");
    guest.expect_scale();
    CHECK(guest.scale_address() == "scale-0000001f");
    guest.answer_scale(gave_up(1, "[0]"));
    CHECK(asked.answer().status == 200);
    CHECK(agent.metric("vnf_host_guest_vcpus") == 1);
}

}  // namespace
}  // namespace vnf::test
