// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The example programs as processes, each in a guest of its own, and a group between them that relays.

#include <poll.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "example_programs.hpp"
#include "scripted_agent.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/process.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;

namespace {

/// A guest's agent, and the one program in it.
struct Guest {
    Guest(const harness::ScratchDirectory& directory, std::string guest_name, std::vector<std::string> argv)
        : name(std::move(guest_name)), agent(directory / (name + ".sock")) {
        argv.insert(argv.end(), {"--socket", directory / (name + ".sock")});
        program.emplace(
            harness::ProcessSpec{.argv = std::move(argv), .output_file = directory / (name + ".log")});
    }

    std::string name;
    test::ScriptedAgent agent;
    std::unique_ptr<test::Peer> peer;
    std::optional<harness::Process> program;
};

struct Group {
    /// `text` behind the options, if there is one.
    Guest& add(const std::string& name, const char* program, const std::vector<std::string>& options) {
        std::vector<std::string> argv{program};
        argv.insert(argv.end(), options.begin(), options.end());
        return *guests.emplace_back(std::make_unique<Guest>(directory, name, argv));
    }
    void relay() {
        for (const auto& guest : guests) {
            if (!guest->peer && (guest->peer = guest->agent.accept()))
                guest->peer->send(wire::GroupLink{true, ""});
            if (!guest->peer)
                continue;
            guest->peer->poll();
            while (const auto sent = guest->peer->take<wire::GroupSend>())
                tell_others(*guest, wire::GroupHeard{guest->name, sent->text});
            while (const auto ask = guest->peer->take<wire::GroupAsk>())
                answer(*guest, ask->query);
        }
    }
    void tell_others(const Guest& except, const wire::GroupDaemonRecord& record) {
        for (const auto& guest : guests)
            if (guest.get() != &except && guest->peer && !guest->peer->has_ended())
                guest->peer->send(record);
    }
    void answer(Guest& guest, std::uint32_t query) {
        for (const auto& one : guests)
            guest.peer->send(wire::GroupEntry{query, entry(*one)});
        guest.peer->send(wire::GroupAnswered{query});
    }
    static std::string entry(const Guest& guest) {
        return R"({"instance_id":"u-)" + guest.name + R"(","display_name":")" + guest.name +
               R"(","state":"active"})";
    }
    void notify_lost(const Guest& lost) {
        relay();  // what it said before
        tell_others(
            lost,
            wire::GroupNotified{
                R"({"payload":{"instance_id":"u-)" + lost.name + R"(","display_name":")" + lost.name +
                R"(","state":"error","metadata":{"cause":"heartbeat_lost"}},"event_type":"compute.instance.update","priority":"INFO","timestamp":"t"})"});
    }
    bool wait_until(const std::function<bool()>& condition) {
        const harness::Deadline deadline(harness::patience);
        while (!deadline.passed()) {
            relay();
            if (condition())
                return true;
            std::vector<pollfd> descriptors;
            for (const auto& guest : guests)
                descriptors.push_back({guest->peer ? guest->peer->fd() : guest->agent.fd(), POLLIN, 0});
            // Output files wake nobody.
            ::poll(descriptors.data(), descriptors.size(), 10);
        }
        return false;
    }
    bool says(const Guest& guest, const std::string& line) {
        const bool is_said =
            wait_until([&] { return guest.program->output().find(line) != std::string::npos; });
        if (!is_said)
            UNSCOPED_INFO(guest.name << " said: " << guest.program->output());
        return is_said;
    }

    harness::ScratchDirectory directory;
    std::vector<std::unique_ptr<Guest>> guests;
};

std::vector<std::string> pair_options(const std::string& id, const std::string& guest) {
    return {"--id", id, "--guest", guest, "--interval", "50", "--silence", "3000"};
}

}  // namespace

TEST_CASE("the member examples print the lines of the old sample, each followed by an empty one") {
    const char* const program = GENERATE(harness::servergroup_c_path, harness::servergroup_cpp_path);
    Group group;
    Guest& listener = group.add("vm1", program, {});
    REQUIRE(group.says(
        listener,
        R"(got server group status response msg: [{"instance_id":"u-vm1","display_name":"vm1","state":"active"}])"
        "\n\n"));
    Guest& speaker = group.add("vm2", program, {"hello from guest two"});
    CHECK(group.says(
        listener, "got server group broadcast msg: len: 20, sinstance: vm2, msg: hello from guest two\n\n"));
    CHECK(group.says(speaker, "got server group status response msg: ["));
    group.notify_lost(speaker);
    CHECK(group.says(listener, R"(got server group notification msg: {"payload":{"instance_id":"u-vm2",)"));
    CHECK(group.says(listener, "\"timestamp\":\"t\"}\n\n"));
    CHECK(group.says(listener, "member vm2 (u-vm2) failed: heartbeat_lost\n"));
}

TEST_CASE("the examples explain themselves, and refuse what they don't understand") {
    const char* const program =
        GENERATE(harness::servergroup_c_path, harness::servergroup_cpp_path, harness::standby_pair_path);
    harness::ScratchDirectory directory;
    const auto help = harness::run({program, "--help"}, directory / "help");
    CHECK(help.status == harness::ExitStatus{false, 0});
    CHECK_THAT(help.output, Catch::StartsWith("usage: "));
    CHECK(harness::run({program, "--bogus"}, directory / "bogus").status.code == 2);
    CHECK(harness::run({program, "--socket", "relative", "--id", "a"}, directory / "path").status.code == 2);
}

TEST_CASE("a pair elects one, and the other takes over when the host tells that its guest is lost") {
    Group group;
    Guest& b = group.add("vm2", harness::standby_pair_path, pair_options("b", "vm2"));
    Guest& a = group.add("vm1", harness::standby_pair_path, pair_options("a", "vm1"));
    REQUIRE(group.says(a, "role: active (won the election, term 1)\n"));
    REQUIRE(group.says(b, "role: standby (a is active, term 1)\n"));
    a.program->signal(SIGKILL);
    a.program->wait();
    group.notify_lost(a);
    CHECK(group.says(b, "role: active (guest vm1 failed: heartbeat_lost, term 2)\n"));
}

TEST_CASE("a pair's standby takes over when the active one is told to end") {
    Group group;
    Guest& a = group.add("vm1", harness::standby_pair_path, pair_options("a", "vm1"));
    REQUIRE(group.says(a, "role: active (won the election, term 1)\n"));
    Guest& b = group.add("vm2", harness::standby_pair_path, pair_options("b", "vm2"));
    REQUIRE(group.says(b, "role: standby (a is active, term 1)\n"));
    a.program->signal(SIGTERM);
    CHECK(group.says(b, "role: active (a left, term 2)\n"));
    CHECK(a.program->wait() == harness::ExitStatus{false, 0});
}

TEST_CASE("a pair's standby takes over when the active one is silent, which stands by when it is back") {
    Group group;
    const auto options = [](const std::string& id, const std::string& guest) {
        return std::vector<std::string>{"--id",       id,   "--guest",   guest,
                                        "--interval", "20", "--silence", "1000"};
    };
    Guest& a = group.add("vm1", harness::standby_pair_path, options("a", "vm1"));
    REQUIRE(group.says(a, "role: active (won the election, term 1)\n"));
    Guest& b = group.add("vm2", harness::standby_pair_path, options("b", "vm2"));
    REQUIRE(group.says(b, "role: standby (a is active, term 1)\n"));
    a.program->signal(SIGSTOP);
    CHECK(group.says(b, "role: active (a silent for 1000 ms, term 2)\n"));
    a.program->signal(SIGCONT);
    CHECK(group.says(a, "role: standby (b is active, term 2)\n"));
}
