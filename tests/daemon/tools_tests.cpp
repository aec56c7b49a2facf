// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What people start: vnfctl with the exit codes that a script relies on, and the two example applications, as real
// processes that are told things by signals and killed.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/daemon/chain_under_test.hpp"

namespace vnf::test {
namespace {

TEST_CASE(
    "vnfctl's exit codes: allowed, rejected, no answer in time, unknown instance, usage, no host-agent") {
    Chain chain;
    ScriptedApplication app(chain.stage, "db", RecordVersion::V3);
    app.vote = VoteResult::Accept;
    app.join(chain.guest.application_socket());
    CHECK(chain.vnfctl({"vote", uuid_1, "stop"}).status == ExitStatus{false, 0});
    app.vote = VoteResult::Reject;
    app.vote_log = "in a call";
    const Completed rejected = chain.vnfctl({"vote", uuid_1, "stop"});
    CHECK(rejected.status == ExitStatus{false, 3});
    CHECK_THAT(rejected.output, Catch::Contains("in a call"));
    app.vote.reset();
    CHECK(chain.vnfctl({"vote", uuid_1, "stop", "--timeout", "200"}).status == ExitStatus{false, 4});
    CHECK(chain.vnfctl({"vote", "nobody", "stop"}).status == ExitStatus{false, 5});
    CHECK(chain.vnfctl({"vote", uuid_1, "explode"}).status.code != 0);
    CHECK(chain.vnfctl({"list", "--nonsense"}).status == ExitStatus{false, 2});
    CHECK(chain.vnfctl({"list", "--socket", "/nonexistent/api.sock"}).status.code != 0);
    chain.agent.process().signal(SIGKILL);
    chain.agent.process().wait();
    CHECK(chain.vnfctl({"list"}).status == ExitStatus{false, 6});
}

TEST_CASE("vnfctl --json prints JSON for every reading command") {
    Chain chain;
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"list"}, std::vector<std::string>{"show", uuid_1},
          std::vector<std::string>{"status"}}) {
        std::vector<std::string> arguments{"--json"};
        arguments.insert(arguments.end(), command.begin(), command.end());
        const Completed result = chain.vnfctl(arguments);
        INFO(result.output);
        CHECK(result.status == ExitStatus{false, 0});
        CHECK(boost::json::parse(result.output).is_object());
    }
    CHECK_THAT(chain.vnfctl({"metrics"}).output, Catch::Contains("vnf_host_guests"));
}

/// One of the examples in a process of its own, registered.
class Example {
  public:
    Example(Chain& chain, const char* program, std::vector<std::string> arguments)
        : process_({.argv = with_defaults(chain, program, std::move(arguments)),
                    .output_file = chain.agent.scratch / "example.out"}) {
        chain.stage.until(
            [&chain] {
                const Json apps = chain.guest.status("/v1/apps");
                const auto& all = apps.at("applications").as_array();
                return !all.empty() && text(all.front().as_object(), "state") == "registered";
            },
            "the example to register");
    }
    Process& process() { return process_; }

  private:
    static std::vector<std::string> with_defaults(const Chain& chain, const char* program,
                                                  std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {program, "--name", "db", "--socket",
                                             chain.guest.application_socket(), "--interval", "50"});
        return arguments;
    }
    Process process_;
};

TEST_CASE("An example killed by SIGKILL is a corrective action, and a new one of its name the recovery") {
    const char* program = GENERATE(heartbeat_c_path, heartbeat_cpp_path);
    Chain chain(60000);
    const auto events = chain.agent.events();
    {
        Example example(chain, program, {"--action", "reboot"});
        example.process().signal(SIGKILL);
        const Json started = events->expect("kind", "corrective_started");
        CHECK(text(started, "cause") == "application_died");
        CHECK(text(started, "application") == "db");
    }
    events->expect("kind", "corrective_done");
    CHECK(chain.acted() == "reboot " + uuid_1 + " reboot application_died db\n");
    const Example again(chain, program, {"--action", "reboot"});
    events->expect("kind", "healthy");
}

TEST_CASE("An example killed in the middle of a vote: the vote ends at once, with its name") {
    const char* program = GENERATE(heartbeat_c_path, heartbeat_cpp_path);
    Chain chain;
    const auto events = chain.agent.events();
    Example example(chain, program, {"--slow", "stop=never", "--vote-timeout", "60000"});
    HttpCall vote(chain.stage, chain.agent.api_socket(), "POST", chain.path("vote"),
                  R"({"event":"stop","timeout_ms":60000})");
    events->expect("kind", "action_asked");
    chain.stage.until([&] { return !chain.guest.status().at("action").is_null(); },
                      "the vote in guest-client");
    example.process().signal(SIGKILL);
    const Json body = vote.answer().json();
    CHECK(text(body, "result") == "error");
    CHECK_THAT(boost::json::serialize(body.at("reasons")), Catch::Contains("db"));
}

TEST_CASE(
    "An example vetoes with its reason, is unwell and well again by SIGUSR1, and leaves orderly by SIGTERM") {
    const char* program = GENERATE(heartbeat_c_path, heartbeat_cpp_path);
    Chain chain;
    const auto events = chain.agent.events();
    Example example(chain, program, {"--reject", "stop=a call is in progress"});
    const Json body = chain.vote(R"({"event":"stop"})");
    CHECK(text(body, "result") == "reject");
    CHECK_THAT(boost::json::serialize(body.at("reasons")), Catch::Contains("a call is in progress"));
    CHECK(text(chain.vote(R"({"event":"pause"})"), "result") == "accept");
    example.process().signal(SIGUSR1);
    events->expect("kind", "unhealthy");
    example.process().signal(SIGUSR1);
    events->expect("kind", "healthy");
    example.process().signal(SIGTERM);
    CHECK(example.process().wait() == ExitStatus{false, 0});
    CHECK(text(chain.vote(R"({"event":"stop"})"), "result") == "accept");
}

TEST_CASE(
    "An example that is stopped misses its heartbeat, is blamed by name, and recovers when it goes on") {
    Chain chain;
    const auto events = chain.agent.events();
    Example example(chain, heartbeat_c_path, {"--action", "log"});
    example.process().signal(SIGSTOP);
    const Json unhealthy = events->expect("kind", "unhealthy");
    CHECK_THAT(boost::json::serialize(unhealthy),
               Catch::Contains("application_timeout") && Catch::Contains("db"));
    example.process().signal(SIGCONT);
    events->expect("kind", "healthy");
}

TEST_CASE("guest-client killed: an example registers again by itself when there is a new one") {
    Chain chain;
    const Example example(chain, heartbeat_cpp_path, {"--reject", "stop=still here"});
    chain.guest.process().signal(SIGKILL);
    chain.guest.restart();
    chain.stage.until([&] { return text(chain.vote(R"({"event":"stop"})"), "result") == "reject"; },
                      "the application's voice in the new guest-client");
}

}  // namespace
}  // namespace vnf::test
