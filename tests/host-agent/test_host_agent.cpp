// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The agent in this process, with guests at real sockets.
#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "host-agent/host_agent.hpp"
#include "runtime/file_descriptor.hpp"
#include "tests/host-agent/agent_loop.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

const std::string uuid = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

std::string init_line(const std::string& action = "reboot") {
    return "\n{\"version\":3,\"revision\":1,\"msg_type\":\"init\",\"sequence\":1,\"invocation_id\":7,"
           "\"name\":\"x\","
           "\"heartbeat_interval_ms\":400,\"vote_secs\":9,\"shutdown_notice_secs\":9,\"suspend_notice_secs\":"
           "9,"
           "\"resume_notice_secs\":9,\"restart_secs\":9,\"corrective_action\":\"" +
           action + "\"}\n";
}

class Stage {
  public:
    Stage() {
        runtime::set_log_level(runtime::LogLevel::Error);
        settings.directories = {directory.path()};
        settings.api_socket = directory.at("api.sock");
        agent = std::make_unique<HostAgent>(io, settings);
        agent->journal().subscribe([this](std::string_view line) { events.emplace_back(line); });
        agent->start();
    }

    std::string path(const std::string& id = uuid) const {
        return directory.at("cgcs.heartbeat." + id + ".sock");
    }
    int count(const std::string& kind) const {
        int found = 0;
        for (const std::string& event : events)
            found += event.find("\"kind\":\"" + kind + "\"") != std::string::npos ? 1 : 0;
        return found;
    }
    bool until_event(const std::string& kind, int times = 1) {
        return run_until(io, [this, &kind, times] { return count(kind) >= times; });
    }

    OwnDirectory directory;
    asio::io_context io;
    AgentSettings settings;
    std::vector<std::string> events;
    std::unique_ptr<HostAgent> agent;
};

/// A guest's end: a listening socket and the agent's connection to it.
class Guest {
  public:
    Guest(Stage& stage, const std::string& path)
        : stage_(stage), acceptor_(stage.io, stream_protocol::endpoint(path)), socket_(stage.io) {
        accept();
    }
    void accept() {
        connected_ = false;
        acceptor_.async_accept(socket_, [this](const auto& error) { connected_ = !error; });
    }
    bool connected() {
        return run_until(stage_.io, [this] { return connected_; });
    }
    void say(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }
    void close() { socket_.close(); }

  private:
    Stage& stage_;
    stream_protocol::acceptor acceptor_;
    stream_protocol::socket socket_;
    bool connected_ = false;
};

}  // namespace

TEST_CASE(
    "A discovered guest is connected, initialised, gone when its socket ends, and removed with its file") {
    Stage at;
    {
        Guest guest(at, at.path());
        REQUIRE(guest.connected());
        guest.say(init_line());
        REQUIRE(at.until_event("initialized"));
        CHECK(at.agent->find(uuid)->channel().monitor().parameters().name == "x");
        ::unlink(at.path().c_str());
        run_ready(at.io);
        CHECK(at.agent->find(uuid) != nullptr);
    }
    REQUIRE(at.until_event("instance_removed"));
    CHECK(at.count("gone") == 1);
    CHECK(at.count("lost") == 0);
    CHECK(at.count("corrective_done") == 1);
    CHECK(at.agent->sessions().empty());
}

TEST_CASE("H-09: the end of a guest's socket is one event, not a loop, and the guest is attached again") {
    Stage at;
    Guest guest(at, at.path());
    REQUIRE(guest.connected());
    guest.say(init_line());
    REQUIRE(at.until_event("initialized"));
    guest.close();
    REQUIRE(at.until_event("gone"));
    guest.accept();
    REQUIRE(guest.connected());
    guest.say(init_line());
    REQUIRE(at.until_event("initialized", 2));
    CHECK(at.count("gone") == 1);
}

TEST_CASE("H-08: a guest removed while its action is open has it decided, and nothing is used afterwards") {
    Stage at;
    Guest guest(at, at.path());
    REQUIRE(guest.connected());
    guest.say(init_line());
    REQUIRE(at.until_event("initialized"));
    std::optional<ActionOutcome> outcome;
    at.agent->find(uuid)->begin_action({wire::Event::Stop, wire::Notification::Revocable, std::nullopt, "me"},
                                       [&outcome](const ActionOutcome& decided) { outcome = decided; });
    CHECK(at.agent->remove(uuid));
    REQUIRE(run_until(at.io, [&outcome] { return outcome.has_value(); }));
    CHECK(outcome->result == ActionResult::Error);
    CHECK_FALSE(at.agent->remove(uuid));
}

TEST_CASE("An id belongs to whoever named it first, and there is a most of guests") {
    Stage at;
    GuestSpec spec;
    spec.id = "vm1";
    spec.socket.text = at.directory.at("vm1.sock");
    CHECK(at.agent->add(spec) == HostAgent::Adding::Added);
    CHECK(at.agent->add(spec) == HostAgent::Adding::Exists);
    at.settings.most_guests = 1;
    at.agent->reload(at.settings);
    spec.id = "vm2";
    CHECK(at.agent->add(spec) == HostAgent::Adding::Full);
}

TEST_CASE("A reload takes guests over by difference: what is unchanged is not touched") {
    Stage at;
    GuestSpec kept;
    kept.id = "kept";
    kept.socket.text = at.directory.at("kept.sock");
    GuestSpec dropped = kept;
    dropped.id = "dropped";
    at.settings.guests = {kept, dropped};
    at.agent->reload(at.settings);
    const auto session = at.agent->find("kept");
    GuestSpec added = kept;
    added.id = "added";
    at.settings.guests = {added, kept};
    at.agent->reload(at.settings);
    CHECK(at.agent->find("kept") == session);
    CHECK(at.agent->find("dropped") == nullptr);
    CHECK(at.agent->find("added") != nullptr);
    CHECK(at.count("settings_reloaded") == 2);
}

TEST_CASE(
    "A discovered guest stays through a reload, and leaves when its directory is not watched any more") {
    Stage at;
    Guest guest(at, at.path());
    REQUIRE(guest.connected());
    const auto session = at.agent->find(uuid);
    at.agent->reload(at.settings);
    CHECK(at.agent->find(uuid) == session);
    at.settings.directories.clear();
    at.agent->reload(at.settings);
    guest.close();
    REQUIRE(at.until_event("instance_removed"));
}

TEST_CASE("H-30: with reporting disabled, globally or for the guest, nothing is acted upon") {
    Stage at;
    Guest guest(at, at.path());
    REQUIRE(guest.connected());
    guest.say(init_line());
    REQUIRE(at.until_event("initialized"));
    SECTION("globally") {
        at.agent->set_reporting(false);
    }
    SECTION("for the guest") {
        at.agent->find(uuid)->set_reporting(false);
    }
    CHECK(at.count("reporting_changed") == 1);
    guest.close();
    REQUIRE(at.until_event("gone"));
    CHECK(at.count("corrective_started") == 0);
    CHECK(at.count("corrective_suppressed") == 1);
}

TEST_CASE("A guest that floods the agent with sessions fills neither journal nor log") {
    Stage at;
    Guest guest(at, at.path());
    REQUIRE(guest.connected());
    std::string flood;
    for (int i = 0; i < 300; ++i)
        flood += init_line();
    guest.say(flood);
    REQUIRE(run_until(at.io, [&at] { return at.agent->monitor_counters().inits == 300; }));
    CHECK(at.count("initialized") < 100);
    CHECK(at.agent->context().counters.journal_suppressed > 100);
}

TEST_CASE("H-11: a guest whose descriptor is beyond 1024 is served like any other") {
    Stage at;
    std::vector<runtime::FileDescriptor> taken;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < 1200) {
        WARN("SKIPPED: no more than 1024 descriptors are allowed here");
        return;
    }
    while (taken.size() < 1100)
        taken.emplace_back(::dup(0));
    Guest guest(at, at.path());
    REQUIRE(guest.connected());
    guest.say(init_line());
    CHECK(at.until_event("initialized"));
}
