// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The settings file: what is read, what is refused and how the refusal reads.
#include <catch2/catch.hpp>

#include "host-agent/agent_settings.hpp"
#include "runtime/settings.hpp"

using namespace vnf;
using namespace vnf::host;
using namespace std::chrono_literals;

namespace {

AgentSettings parse(const std::string& text) {
    return parse_settings(text, "host-agent.yaml");
}

std::string complaint(const std::string& text) {
    try {
        parse(text);
    } catch (const runtime::SettingsError& error) {
        return error.what();
    }
    return {};
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("No settings at all: the default directory is watched, and actions are logged") {
    const AgentSettings settings = parse("");
    CHECK(settings.directories.size() == 1);
    CHECK_FALSE(settings.api_socket.empty());
    CHECK(settings.actuator == ActuatorKind::Log);
    CHECK(settings.reporting);
    CHECK(settings.guests.empty());
    CHECK(settings.rules.heartbeat.capabilities == wire::Capabilities::all());
}

TEST_CASE("Every part of the file reaches its place") {
    const AgentSettings settings = parse(R"(
log_level: debug
reporting: disabled
metrics_per_guest: never
api: {socket: /run/a.sock, mode: "0600", allow_users: [root]}
discovery: {directories: [/run/one, /run/two], trusted_owners: [root], qmp: "/run/qmp/{id}.sock"}
guests:
  - {id: vm1, socket: /run/vm1.sock, qmp: /run/vm1.qmp, reporting: disabled}
  - {id: vm2, socket: "listen:/run/vm2.sock"}
heartbeat: {missed_challenges: 3, init_wait_ms: 5000, gone: reboot, capabilities: never}
limits: {guests: 5, messages_per_second: 1000, journal_entries: 100}
actuator:
  kind: exec
  command: [/bin/act, now]
  deadline_ms: 5000
  allowed_actions: [log, reboot]
  attempts: 5
)");
    CHECK(settings.log_level == runtime::LogLevel::Debug);
    CHECK_FALSE(settings.reporting);
    CHECK(settings.guest_metrics == GuestMetrics::Never);
    CHECK(settings.api_socket == "/run/a.sock");
    CHECK(settings.api_mode == 0600);
    CHECK(settings.directories == std::vector<std::string>{"/run/one", "/run/two"});
    CHECK(settings.qmp_pattern == "/run/qmp/{id}.sock");
    REQUIRE(settings.guests.size() == 2);
    CHECK(settings.guests[0].qmp == "/run/vm1.qmp");
    CHECK_FALSE(settings.guests[0].reporting);
    CHECK(settings.guests[1].socket.kind == runtime::PortAddress::Kind::UnixListen);
    CHECK(settings.rules.heartbeat.missed_challenges == 3);
    CHECK(settings.rules.heartbeat.init_wait == 5000ms);
    CHECK(settings.rules.heartbeat.gone_action == wire::CorrectiveAction::Reboot);
    CHECK(settings.rules.heartbeat.capabilities.empty());
    CHECK(settings.most_guests == 5);
    CHECK(settings.rules.channel.message_period == 1000us);
    CHECK(settings.actuator == ActuatorKind::Exec);
    CHECK(settings.exec.command == std::vector<std::string>{"/bin/act", "now"});
    CHECK_FALSE(settings.corrective.allow_stop);
    CHECK(settings.corrective.allow_reboot);
    CHECK(settings.corrective.attempts == 5);
}

TEST_CASE("Each mistake is refused with file, line and key") {
    struct Mistake {
        std::string text, where;
    };
    const std::vector<Mistake> mistakes{
        {"colour: red\n", "colour"},
        {"log_level: loud\n", "log_level"},
        {"heartbeat: {missed_challenges: 1}\n", "heartbeat.missed_challenges"},
        {"heartbeat: {missed_challenges: two}\n", "heartbeat.missed_challenges"},
        {"heartbeat: {interval_lowest_ms: 10}\n", "heartbeat.interval_lowest_ms"},
        {"heartbeat: {gone: explode}\n", "heartbeat.gone"},
        {"api: {socket: relative.sock}\n", "api.socket"},
        {"api: {mode: \"0888\"}\n", "api.mode"},
        {"api: {group: no-such-group-here}\n", "api.group"},
        {"discovery: {directories: [guests]}\n", "discovery.directories"},
        {"discovery: {qmp: /run/qmp.sock}\n", "discovery.qmp"},
        {"discovery: {trusted_owners: [no-such-user-here]}\n", "discovery.trusted_owners"},
        {"guests: [{id: \"a/b\", socket: /x}]\n", "id"},
        {"guests: [{id: a, socket: \"\"}]\n", "socket"},
        {"guests: [{id: a, socket: /x, colour: red}]\n", "colour"},
        {"actuator: {kind: exec}\n", "actuator.command"},
        {"actuator: {kind: exec, command: [act]}\n", "actuator.command"},
        {"actuator: {command: [/bin/act]}\n", "actuator.command"},
        {"actuator: {allowed_actions: [explode]}\n", "actuator.allowed_actions"},
        {"limits: {messages_per_second: 0}\n", "limits.messages_per_second"}};
    for (const Mistake& mistake : mistakes) {
        const std::string said = complaint(mistake.text);
        INFO(mistake.text << " said: " << said);
        CHECK(has(said, "host-agent.yaml:1"));
        CHECK(has(said, mistake.where));
    }
}

TEST_CASE("Two guests of one name are refused at the second one's line") {
    const std::string said = complaint("guests:\n  - {id: a, socket: /x}\n  - {id: a, socket: /y}\n");
    CHECK(has(said, "host-agent.yaml:3"));
    CHECK(has(said, "used twice"));
}

TEST_CASE("A guest's messaging port and membership, the pairs and the limits of groups reach their places") {
    const AgentSettings settings = parse(R"(
guests:
  - {id: vm1, messaging: "listen:/run/vm1.sock", name: one, group: g, status: {vcpus: 3, metadata: {role: standby}}}
  - {id: vm2, socket: /run/vm2.sock, messaging: /run/vm2m.sock}
groups:
  broadcasts_per_s: 1000
  queue_bytes: 65536
  pairs:
    - {heartbeat: 0a1b2c3d-4e5f-6789-abcd-ef0123456789, messaging: instance-0000001f, group: g}
    - {messaging: alone, name: other}
)");
    const GuestSpec& first = settings.guests[0];
    CHECK_FALSE(first.heartbeat);
    CHECK(first.messaging->kind == runtime::PortAddress::Kind::UnixListen);
    CHECK(first.member_name() == "one");
    CHECK(has(first.status->entry()->text(), R"("vcpus":3)"));
    CHECK(has(first.status->entry()->text(), R"("metadata":{"role":"standby"})"));
    CHECK(settings.guests[1].heartbeat);
    CHECK(settings.guests[1].member_name() == "vm2");
    const GroupSettings& groups = settings.groups;
    CHECK(groups.engine == GroupEngineKind::Memory);
    CHECK(groups.queue_bytes == 65536);
    CHECK(groups.rules.broadcast_period == 1ms);
    CHECK(groups.rules.broadcast_burst == 2000);
    CHECK(groups.rules.channel.message_burst >= 2 * groups.rules.broadcast_burst);
    CHECK(groups.pairs[0].guest.id == "0a1b2c3d-4e5f-6789-abcd-ef0123456789");
    CHECK(groups.pairs[0].guest.member_name() == "instance-0000001f");
    CHECK(groups.pairs[1].guest.id == "alone");
    CHECK(groups.pairs[1].guest.member_name() == "other");
}

TEST_CASE("An id that is too long for a member's name is none") {
    GuestSpec spec;
    spec.id = std::string(25, 'x');
    CHECK(spec.member_name() == spec.id);
    spec.id += 'x';
    CHECK(spec.member_name().empty());
}
