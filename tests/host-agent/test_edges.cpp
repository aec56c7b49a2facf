// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The QMP client against a scripted socket, and the exec actuator with real children.
#include <catch2/catch.hpp>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <sstream>

#include "host-agent/exec_actuator.hpp"
#include "host-agent/log_actuator.hpp"
#include "host-agent/qmp_run_state.hpp"
#include "tests/host-agent/agent_loop.hpp"

using namespace vnf;
using namespace vnf::host;
using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

constexpr const char* greeting = "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n";

/// Says its lines: the first at once, each further one after a line of the client's.
class ScriptedQmp {
  public:
    ScriptedQmp(asio::io_context& io, const std::string& path, std::vector<std::string> lines)
        : acceptor_(io, stream_protocol::endpoint(path)), socket_(io), lines_(std::move(lines)) {
        acceptor_.async_accept(socket_, [this](const auto& error) {
            if (!error)
                say(0);
        });
    }

  private:
    void say(std::size_t which) {
        if (which >= lines_.size())
            return;
        asio::write(socket_, asio::buffer(lines_[which]));
        asio::async_read_until(socket_, input_, '\n', [this, which](const auto& error, std::size_t size) {
            input_.consume(size);
            if (!error)
                say(which + 1);
        });
    }

    stream_protocol::acceptor acceptor_;
    stream_protocol::socket socket_;
    std::vector<std::string> lines_;
    asio::streambuf input_;
};

std::optional<RunState> ask(asio::io_context& io, QmpRunState& source) {
    std::optional<RunState> answer;
    source.ask([&answer](RunState state, std::string_view) { answer = state; });
    CHECK_FALSE(answer);
    run_until(io, [&answer] { return answer.has_value(); });
    return answer;
}

std::string contents(const std::string& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

CorrectiveOrder order(const std::string& reason = "no answer") {
    return {"vm1", {wire::CorrectiveAction::Reboot, "heartbeat_loss", reason, "db"}, 2, 77};
}

}  // namespace

TEST_CASE("The QMP client asks for the status and understands it, events in between or not") {
    asio::io_context io;
    const OwnDirectory directory;
    const std::string path = directory.at("qmp.sock");
    const ScriptedQmp qemu(io, path,
                           {greeting, "{\"event\": \"STOP\"}\r\n{\"return\": {}}\r\n",
                            "{\"return\": {\"status\": \"paused\", \"running\": false}}\r\n"});
    QmpRunState source(io, path, 60s);
    CHECK(ask(io, source) == RunState::NotRunning);
}

TEST_CASE("No QMP socket, a closed one, a silent one and a chatty one are unknown") {
    asio::io_context io;
    const OwnDirectory directory;
    const std::string path = directory.at("qmp.sock");
    SECTION("no socket") {
        QmpRunState source(io, path, 60s);
        CHECK(ask(io, source) == RunState::Unknown);
    }
    SECTION("a path that no socket can have") {
        QmpRunState source(io, path + std::string(200, 'x'), 60s);
        CHECK(ask(io, source) == RunState::Unknown);
    }
    SECTION("silent") {
        const ScriptedQmp qemu(io, path, {greeting});
        QmpRunState source(io, path, 50ms);
        CHECK(ask(io, source) == RunState::Unknown);
    }
    SECTION("garbage") {
        const ScriptedQmp qemu(io, path, {"hello\r\n"});
        QmpRunState source(io, path, 60s);
        CHECK(ask(io, source) == RunState::Unknown);
    }
    SECTION("a line without end") {
        const ScriptedQmp qemu(io, path, {std::string(100000, 'x')});
        QmpRunState source(io, path, 60s);
        CHECK(ask(io, source) == RunState::Unknown);
    }
}

TEST_CASE("A question that is given up is never answered") {
    asio::io_context io;
    const OwnDirectory directory;
    bool answered = false;
    {
        QmpRunState source(io, directory.at("qmp.sock"), 60s);
        source.ask([&answered](RunState, std::string_view) { answered = true; });
    }
    run_ready(io);
    CHECK_FALSE(answered);
}

TEST_CASE("The actuator's program gets the action as its last argument and the rest in its environment") {
    ExecRules rules;
    rules.command = {"/bin/act", "--now"};
    const auto spec = child_spec(rules, order("line\none\x1b[31m"));
    CHECK(spec.argv == std::vector<std::string>{"/bin/act", "--now", "reboot"});
    const std::vector<std::string> expected{
        "VNF_INSTANCE=vm1",   "VNF_ACTION=reboot", "VNF_CAUSE=heartbeat_loss", "VNF_REASON=line one [31m",
        "VNF_APPLICATION=db", "VNF_ATTEMPT=2",     "VNF_EVENT_ID=77"};
    CHECK(spec.environment == expected);
}

TEST_CASE("Exit status 0 is a success; another one, a signal, the deadline or no program are failures") {
    asio::io_context io;
    ExecRules rules;
    bool expected = false;
    SECTION("0") {
        rules.command = {"/bin/true"};
        expected = true;
    }
    SECTION("1") {
        rules.command = {"/bin/false"};
    }
    SECTION("a signal") {
        rules.command = {"/bin/sh", "-c", "kill -9 $$"};
    }
    SECTION("the deadline") {
        rules.command = {"/bin/sh", "-c", "exec sleep 1000"};
        rules.deadline = 50ms;
    }
    SECTION("no program") {
        rules.command = {"/nowhere/act"};
    }
    ExecActuator actuator(io, rules);
    std::optional<ActuatorResult> result;
    actuator.run(order(), [&result](const ActuatorResult& ended) { result = ended; });
    CHECK_FALSE(result);
    REQUIRE(run_until(io, [&result] { return result.has_value(); }));
    CHECK(result->succeeded == expected);
    CHECK_FALSE(result->detail.empty());
}

TEST_CASE("No more programs run at once than allowed; all of them have their turn") {
    asio::io_context io;
    const OwnDirectory directory;
    const std::string log = directory.at("log");
    ExecRules rules;
    rules.command = {"/bin/sh", "-c", "echo begin >> " + log + "; echo end >> " + log};
    rules.concurrent = 1;
    ExecActuator actuator(io, rules);
    int done = 0;
    for (int i = 0; i < 5; ++i)
        actuator.run(order(), [&done](const ActuatorResult&) { ++done; });
    REQUIRE(run_until(io, [&done] { return done == 5; }));
    std::string expected;
    for (int i = 0; i < 5; ++i)
        expected += "begin\nend\n";
    CHECK(contents(log) == expected);
}

TEST_CASE("The log actuator always succeeds, from the loop") {
    asio::io_context io;
    LogActuator actuator(io);
    bool succeeded = false;
    actuator.run(order(), [&succeeded](const ActuatorResult& result) { succeeded = result.succeeded; });
    CHECK_FALSE(succeeded);
    run_ready(io);
    CHECK(succeeded);
}
