// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client's part in scaling: what it offers the host and when, what the host says of offline vCPUs, metrics, guestctl.
#include <catch2/catch.hpp>
#include <csignal>

#include "shipped_binaries.hpp"
#include "tests/daemon/scale_stage.hpp"

namespace vnf::test {
namespace {

bool offers(const Json& init, const char* word) {
    const auto& words = init.at("capabilities").as_array();
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// An init_ack of a host of ours.
void acknowledge(ScriptedHost& host, const Json& init, const std::string& rest) {
    host.send_line(R"({"version":3,"revision":1,"msg_type":"init_ack","sequence":1,"invocation_id":)" +
                   std::to_string(number(init, "invocation_id")) + rest + "}");
}

struct Offered {
    explicit Offered(const std::string& settings = {}) : guest({.settings = settings, .messaging = true}) {
        host.answer_init = false;
        host.connect(guest.host_socket());
    }
    std::string scale(const char* key) { return boost::json::serialize(guest.status("/v1/scale").at(key)); }

    GuestUnderTest guest;
    ScriptedHost host{guest.stage};
};

TEST_CASE("Scaling is offered while an agent listens, and at once when it comes") {
    if (!enter_own_network())
        return;
    Offered at;
    Json init = at.host.expect("init");
    CHECK_FALSE(offers(init, "scale"));
    CHECK(offers(init, "metrics"));
    acknowledge(at.host, init, R"(,"capabilities":["health_push"])");
    at.host.exchange();
    CHECK(at.scale("host") == R"("without")");
    CHECK(at.scale("agent") == "false");
    {
        ScaleAgentUnderTest agent(at.guest.stage);
        init = at.host.expect("init");
        CHECK(offers(init, "scale"));
        CHECK(at.scale("host") == R"("asked")");
        CHECK(at.scale("agent") == "true");
        acknowledge(at.host, init, R"(,"capabilities":["scale"],"offline_cpus":"2-3")");
        at.host.exchange();
        CHECK(at.scale("host") == R"("scales")");
        CHECK(at.scale("offline_cpus") == "[2,3]");
        at.host.disconnect();
        at.host.connect(at.guest.host_socket());
        CHECK(offers(at.host.expect("init"), "scale"));
    }
    at.host.disconnect();
    at.host.connect(at.guest.host_socket());
    CHECK_FALSE(offers(at.host.expect("init"), "scale"));
}

TEST_CASE("What the host says of offline vCPUs holds until it says something else") {
    if (!enter_own_network())
        return;
    Offered at("messaging:\n  scale: on\n");
    const auto [said, shown] = GENERATE(table<std::string, std::string>(
        {{R"(,"offline_cpus":"1,3")", "[1,3]"}, {R"(,"offline_cpus":"")", "[]"}, {"", "null"}}));
    Json init = at.host.expect("init");
    CHECK(offers(init, "scale"));
    CHECK(at.scale("host") == R"("asked")");
    acknowledge(at.host, init, R"(,"capabilities":["scale"])" + said);
    at.host.exchange();
    CHECK(at.scale("offline_cpus") == shown);
    at.host.disconnect();
    at.guest.stage.until([&] { return at.scale("host") == R"("absent")"; }, "the host to be gone");
}

TEST_CASE("Scaling that is off is offered to nobody, nor is anything to an old-style guest") {
    if (!enter_own_network())
        return;
    const std::string settings = GENERATE("messaging:\n  scale: off\n", "capabilities: never\n");
    Offered at(settings);
    ScaleAgentUnderTest agent(at.guest.stage);
    const Json init = at.host.expect("init");
    CHECK((!init.contains("capabilities") || !offers(init, "scale")));
}

TEST_CASE("Metrics go to a host that takes them, and are refused where none does") {
    Offered at;
    const auto put = [&at](const std::string& body) {
        return http(at.guest.stage, at.guest.control_socket(), "PUT", "/v1/metrics", body).status;
    };
    const Json init = at.host.expect("init");
    CHECK(put(R"({"load":1})") == 503);
    acknowledge(at.host, init, R"(,"capabilities":["metrics"])");
    at.host.exchange();
    CHECK(put(R"({"load":0.75,"sessions_open":1250})") == 200);
    CHECK(boost::json::serialize(at.host.expect("metrics").at("values")) ==
          R"({"load":7.5E-1,"sessions_open":1250})");
    for (const char* bad : {"", "7", "{}", "[1]", R"({"load":null})", R"({"load":"1"})", R"({"lo ad":1})",
                            R"({"":1})", R"({"load":1e999})", R"({"load":[1]})"}) {
        INFO(bad);
        CHECK(put(bad) == 400);
    }
    CHECK(put(R"({"load":1})") == 200);
    CHECK(put(R"({"load":2})") == 200);
    CHECK(put(R"({"load":3,"other":-1})") == 200);
    // At most one message a second: the last value of each name.
    CHECK(boost::json::serialize(at.host.expect("metrics").at("values")) == R"({"load":3,"other":-1})");
    at.host.exchange();
    CHECK_FALSE(at.host.has("metrics"));
}

TEST_CASE("guestctl shows scaling and the agent, and gives metrics") {
    if (!enter_own_network())
        return;
    Offered at("messaging:\n  scale: on\n");
    acknowledge(at.host, at.host.expect("init"), R"(,"capabilities":["scale","metrics"],"offline_cpus":"3")");
    at.host.exchange();
    ScaleAgentUnderTest agent(at.guest.stage);
    const ScratchDirectory directory;
    const auto guestctl = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {guestctl_path, "--socket", at.guest.control_socket()});
        return run(arguments, directory / "out");
    };
    const Completed scale = guestctl({"scale", "--agent-socket", agent.control_socket()});
    CHECK(scale.status.code == 0);
    CHECK_THAT(scale.output, Catch::Contains("offline by the host  3"));
    CHECK_THAT(scale.output, Catch::Contains("0 1 2 3"));
    CHECK(guestctl({"--json", "scale"}).output == at.guest.control("GET", "/v1/scale").body + "\n");
    CHECK(guestctl({"metric", "load=0.5", "sessions=12"}).status.code == 0);
    CHECK(boost::json::serialize(at.host.expect("metrics").at("values")) == R"({"load":5E-1,"sessions":12})");
    for (const char* bad : {"load", "load=", "load=x", "=1", "load=1x"}) {
        INFO(bad);
        CHECK(guestctl({"metric", bad}).status.code == 2);
    }
    CHECK(guestctl({"metric", "lo-ad=1"}).status.code == 1);
}

}  // namespace
}  // namespace vnf::test
