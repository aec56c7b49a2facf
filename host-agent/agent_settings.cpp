// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See agent_settings.hpp. One function for each mapping of the file.
#include "host-agent/agent_settings.hpp"

#include <array>
#include <set>

#include "runtime/log_settings.hpp"
#include "runtime/run_directory.hpp"
#include "runtime/settings.hpp"

namespace vnf::host {

namespace {

using namespace std::chrono_literals;
using runtime::Milliseconds;
using runtime::SettingsMap;
using wire::CorrectiveAction;

constexpr std::size_t path_limit = 4096;

std::string absolute_path(SettingsMap& map, std::string_view key, const std::string& fallback) {
    std::string path = map.text(key, fallback, path_limit);
    if (!path.empty() && path.front() != '/') {
        map.fail(key, "must be an absolute path");
    }
    return path;
}

std::vector<uid_t> users(SettingsMap& map, std::string_view key) {
    std::vector<uid_t> uids;
    for (const std::string& name : map.texts(key)) {
        const auto uid = runtime::user_id(name);
        if (!uid) {
            map.fail(key, "no user named \"" + name + "\"");
        }
        uids.push_back(*uid);
    }
    return uids;
}

gid_t group(SettingsMap& map, std::string_view key, const std::string& name) {
    const auto gid = runtime::group_id(name);
    if (!gid) {
        map.fail(key, "no group named \"" + name + "\"");
    }
    return *gid;
}

mode_t octal_mode(SettingsMap& map, std::string_view key, std::string_view fallback) {
    const std::string text = map.text(key, fallback, 4);
    mode_t mode = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '7') {
            map.fail(key, "must be an octal mode in quotes, like \"0660\"");
        }
        mode = mode * 8 + static_cast<mode_t>(digit - '0');
    }
    if (text.empty() || mode > 0777) {
        map.fail(key, "must be an octal mode up to \"0777\"");
    }
    return mode;
}

void read_api(SettingsMap map, AgentSettings& settings) {
    settings.api_socket = absolute_path(map, "socket", settings.api_socket);
    settings.api_mode = octal_mode(map, "mode", "0660");
    const std::string owner_group = map.text("group", "");
    if (!owner_group.empty()) {
        settings.api_group = group(map, "group", owner_group);
    }
    settings.api_allow.uids = users(map, "allow_users");
    for (const std::string& name : map.texts("allow_groups")) {
        settings.api_allow.gids.push_back(group(map, "allow_groups", name));
    }
    map.finish();
}

void read_discovery(SettingsMap map, AgentSettings& settings) {
    if (map.has("directories")) {
        settings.directories = map.texts("directories", 64);
        for (const std::string& directory : settings.directories) {
            if (directory.empty() || directory.front() != '/') {
                map.fail("directories", "must be absolute paths");
            }
        }
    }
    settings.trusted_owners.uids = users(map, "trusted_owners");
    settings.qmp_pattern = absolute_path(map, "qmp", "");
    if (!settings.qmp_pattern.empty() && settings.qmp_pattern.find("{id}") == std::string::npos) {
        map.fail("qmp", "must contain {id}, which stands for the instance");
    }
    map.finish();
}

runtime::PortAddress port(SettingsMap& map, std::string_view key) {
    auto address = runtime::parse_port_address(map.text(key, "", path_limit));
    if (const auto* wrong = std::get_if<std::string>(&address)) {
        map.fail(key, *wrong);
    }
    return std::get<runtime::PortAddress>(std::move(address));
}

std::optional<runtime::PortAddress> optional_port(SettingsMap& map, std::string_view key) {
    return map.has(key) ? std::optional(port(map, key)) : std::nullopt;
}

GuestSpec read_guest(SettingsMap map) {
    GuestSpec guest;
    guest.id = map.text("id", "");
    if (!is_instance_id(guest.id)) {
        map.fail("id", "must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'");
    }
    read_membership(map, guest);
    guest.messaging = optional_port(map, "messaging");
    guest.scaling = read_guest_scaling(map, guest.name.starts_with("instance-") ? guest.name : guest.id);
    if (guest.scaling && !guest.messaging) {
        map.fail("scaling", "needs a messaging port");
    }
    guest.heartbeat = map.has("socket") || !guest.messaging;
    guest.socket = guest.heartbeat ? port(map, "socket") : runtime::PortAddress{};
    guest.qmp = absolute_path(map, "qmp", "");
    guest.reporting = map.choice("reporting", 0, {"enabled", "disabled"}) == 0;
    map.finish();
    return guest;
}

void read_guests(SettingsMap& map, AgentSettings& settings) {
    std::set<std::string> seen;
    for (SettingsMap& entry : map.maps("guests")) {
        settings.guests.push_back(read_guest(entry));
        if (!seen.insert(settings.guests.back().id).second) {
            entry.fail("id", "is used twice");
        }
    }
}

CorrectiveAction action_choice(SettingsMap& map, std::string_view key, CorrectiveAction fallback) {
    constexpr std::array actions{CorrectiveAction::None, CorrectiveAction::Log, CorrectiveAction::Reboot,
                                 CorrectiveAction::Stop};
    std::size_t index = 0;
    while (actions[index] != fallback) {
        ++index;
    }
    return actions[map.choice(key, index, {"none", "log", "reboot", "stop"})];
}

void read_heartbeat(SettingsMap map, HeartbeatRules& rules) {
    rules.missed_challenges =
        static_cast<unsigned>(map.integer("missed_challenges", rules.missed_challenges, 2, 10));
    rules.init_wait = map.milliseconds("init_wait_ms", rules.init_wait, 1000ms, 3600000ms);
    rules.init_wait_longest =
        map.milliseconds("init_wait_longest_ms", rules.init_wait_longest, rules.init_wait, 3600000ms);
    rules.reconnect_pause = map.milliseconds("reconnect_pause_ms", rules.reconnect_pause, 100ms, 60000ms);
    rules.establish_limit = map.milliseconds("establish_limit_ms", rules.establish_limit, 1000ms, 86400000ms);
    rules.repeat_unhealthy =
        map.milliseconds("repeat_unhealthy_ms", rules.repeat_unhealthy, 1000ms, 86400000ms);
    rules.announced_limit = map.milliseconds("announced_limit_ms", rules.announced_limit, 1000ms, 86400000ms);
    rules.migration_limit = map.milliseconds("migration_limit_ms", rules.migration_limit, 1000ms, 86400000ms);
    rules.resume_limit = map.milliseconds("resume_limit_ms", rules.resume_limit, 1000ms, 86400000ms);
    rules.run_state_again = map.milliseconds("run_state_again_ms", rules.run_state_again, 100ms, 60000ms);
    rules.interval_lowest = map.milliseconds("interval_lowest_ms", rules.interval_lowest, 400ms, 60000ms);
    rules.interval_fast_lowest =
        map.milliseconds("interval_fast_lowest_ms", rules.interval_fast_lowest, 10ms, 60000ms);
    rules.interval_highest =
        map.milliseconds("interval_highest_ms", rules.interval_highest, rules.interval_lowest, 60000ms);
    rules.gone_action = action_choice(map, "gone", rules.gone_action);
    rules.action_longest = map.milliseconds("action_longest_ms", rules.action_longest, 2000ms, 3600000ms);
    if (map.choice("capabilities", 0, {"offer", "never"}) == 1) {
        rules.capabilities = wire::Capabilities();
    }
    map.finish();
}

void read_limits(SettingsMap map, AgentSettings& settings) {
    ChannelRules& channel = settings.rules.channel;
    settings.most_guests = static_cast<std::size_t>(map.integer("guests", 20000, 1, 100000));
    settings.journal_entries = static_cast<std::size_t>(map.integer("journal_entries", 4096, 16, 1000000));
    const auto rate = map.integer("messages_per_second", 200, 10, 100000);
    channel.message_period = std::chrono::microseconds(1000000 / rate);
    channel.message_burst = static_cast<std::uint64_t>(map.integer("message_burst", 400, 10, 1000000));
    const auto bytes = map.integer("bytes_per_second", 1000000, 10000, 1000000000);
    channel.byte_period = std::chrono::nanoseconds(1000000000 / bytes);
    channel.byte_burst = static_cast<std::uint64_t>(map.integer("byte_burst", 262144, 65536, 1 << 30));
    channel.flood_after = static_cast<std::uint64_t>(map.integer("flood_after", 1000, 1, 1000000));
    channel.flood_pause = map.milliseconds("flood_pause_ms", channel.flood_pause, 100ms, 3600000ms);
    map.finish();
}

void read_command(SettingsMap& map, AgentSettings& settings) {
    settings.exec.command = map.texts("command", 64);
    if (settings.actuator == ActuatorKind::Exec) {
        if (settings.exec.command.empty() || settings.exec.command.front().empty() ||
            settings.exec.command.front().front() != '/') {
            map.fail("command", "must be a list that begins with the absolute path of a program");
        }
    } else if (!settings.exec.command.empty()) {
        map.fail("command", "needs kind: exec");
    }
}

void read_allowed(SettingsMap& map, CorrectiveRules& rules) {
    if (!map.has("allowed_actions")) {
        return;
    }
    rules.allow_log = rules.allow_reboot = rules.allow_stop = false;
    for (const std::string& name : map.texts("allowed_actions", 3)) {
        const auto action = wire::corrective_action_of(name);
        rules.allow_log = rules.allow_log || action == CorrectiveAction::Log;
        rules.allow_reboot = rules.allow_reboot || action == CorrectiveAction::Reboot;
        rules.allow_stop = rules.allow_stop || action == CorrectiveAction::Stop;
        if (action != CorrectiveAction::Log && action != CorrectiveAction::Reboot &&
            action != CorrectiveAction::Stop) {
            map.fail("allowed_actions", "\"" + name + "\" is none of log, reboot, stop");
        }
    }
}

void read_actuator(SettingsMap map, AgentSettings& settings) {
    CorrectiveRules& rules = settings.corrective;
    settings.actuator = map.choice("kind", 0, {"log", "exec"}) == 0 ? ActuatorKind::Log : ActuatorKind::Exec;
    read_command(map, settings);
    settings.exec.deadline = map.milliseconds("deadline_ms", settings.exec.deadline, 100ms, 3600000ms);
    settings.exec.concurrent = static_cast<std::size_t>(map.integer("concurrent", 32, 1, 1024));
    read_allowed(map, rules);
    rules.attempts = static_cast<unsigned>(map.integer("attempts", rules.attempts, 1, 20));
    rules.retry_pause = map.milliseconds("retry_pause_ms", rules.retry_pause, 100ms, 600000ms);
    rules.guest_burst = static_cast<std::uint64_t>(map.integer("guest_burst", 3, 1, 1000));
    rules.guest_period = map.milliseconds("guest_period_ms", rules.guest_period, 1ms, 86400000ms);
    rules.global_burst = static_cast<std::uint64_t>(map.integer("global_burst", 50, 1, 100000));
    rules.global_period = map.milliseconds("global_period_ms", rules.global_period, 1ms, 86400000ms);
    map.finish();
}

AgentSettings read(SettingsMap map) {
    AgentSettings settings = default_settings();
    settings.log_level = runtime::read_log_level(map);
    settings.reporting = map.choice("reporting", 0, {"enabled", "disabled"}) == 0;
    settings.guest_metrics =
        static_cast<GuestMetrics>(map.choice("metrics_per_guest", 0, {"auto", "always", "never"}));
    read_api(map.map("api"), settings);
    read_discovery(map.map("discovery"), settings);
    read_guests(map, settings);
    read_heartbeat(map.map("heartbeat"), settings.rules.heartbeat);
    read_limits(map.map("limits"), settings);
    settings.groups = read_groups(map.map("groups"), settings.rules.channel);
    settings.scaling = read_scaling(map.map("scaling"));
    settings.scaling.rules.timing.extended = !settings.rules.heartbeat.capabilities.empty();
    read_actuator(map.map("actuator"), settings);
    map.finish();
    return settings;
}

}  // namespace

AgentSettings default_settings() {
    AgentSettings settings;
    settings.api_socket = runtime::default_host_api_socket();
    settings.directories = {runtime::default_guest_directory()};
    settings.groups = read_groups(SettingsMap::parse("", "defaults"), settings.rules.channel);
    settings.scaling = read_scaling(SettingsMap::parse("", "defaults"));
    return settings;
}

AgentSettings load_settings(const std::string& file) {
    return read(SettingsMap::load(file));
}

AgentSettings parse_settings(const std::string& text, const std::string& file_name) {
    return read(SettingsMap::parse(text, file_name));
}

}  // namespace vnf::host
