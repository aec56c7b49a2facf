// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The native form. Every key is asked for with its range; what is asked for nowhere is an error of the file.
#include "guest-client/settings.hpp"

#include <unistd.h>

#include <array>
#include <utility>

#include "runtime/log_settings.hpp"
#include "runtime/port_address.hpp"
#include "runtime/run_directory.hpp"
#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using runtime::SettingsMap;
using std::chrono::seconds;

constexpr seconds longest_timeout{86400};

void read_device(SettingsMap& map, Settings& settings) {
    settings.device = map.text("device", settings.device);
    if (settings.device.empty()) {
        return;
    }
    const auto address = runtime::parse_port_address(settings.device);
    if (const auto* problem = std::get_if<std::string>(&address)) {
        map.fail("device", *problem);
    }
}

void read_heartbeat(SettingsMap map, SessionSettings& session) {
    constexpr Milliseconds retry_most{600000};
    constexpr std::array actions{wire::CorrectiveAction::Reboot, wire::CorrectiveAction::Stop,
                                 wire::CorrectiveAction::Log};
    session.interval = map.milliseconds("interval_ms", session.interval, wire::fast_interval_least,
                                        wire::fast_interval_most);
    session.init_retry = map.milliseconds("init_retry_ms", session.init_retry, Milliseconds(100), retry_most);
    session.watchdog_shortest =
        map.milliseconds("watchdog_shortest_ms", session.watchdog_shortest, Milliseconds(100), retry_most);
    session.corrective_action = actions.at(map.choice("corrective_action", 0, {"reboot", "stop", "log"}));
    const std::pair<const char*, seconds*> timeouts[] = {{"vote_s", &session.vote},
                                                         {"shutdown_notice_s", &session.shutdown_notice},
                                                         {"suspend_notice_s", &session.suspend_notice},
                                                         {"resume_notice_s", &session.resume_notice},
                                                         {"restart_s", &session.restart}};
    for (const auto& [key, value] : timeouts) {
        *value = map.seconds(key, *value, seconds(1), longest_timeout);
    }
    map.finish();
}

void read_script_path(SettingsMap& map, ScriptSettings& script) {
    script.path = map.text("path", script.path, 4095);
    if (!script.path.empty() && script.path.front() != '/') {
        map.fail("path", "must be absolute: no search path and no shell is used");
    }
}

void read_health_script(SettingsMap map, ScriptSettings& script) {
    read_script_path(map, script);
    script.interval = map.seconds("interval_s", seconds(30), seconds(1), longest_timeout);
    script.timeout =
        map.milliseconds("timeout_ms", Milliseconds(0), Milliseconds(1), Milliseconds(longest_timeout));
    map.finish();
}

void read_event_script(SettingsMap map, ScriptSettings& script) {
    read_script_path(map, script);
    script.timeout =
        map.milliseconds("timeout_ms", Milliseconds(0), Milliseconds(1), Milliseconds(longest_timeout));
    map.finish();
}

bool failed_when_closed(SettingsMap& map, std::string_view key, bool fallback) {
    return map.choice(key, fallback ? 1 : 0, {"healthy", "failed"}) == 1;
}

void read_applications(SettingsMap map, Settings& settings) {
    constexpr std::int64_t most_applications = 65536;
    ApplicationPolicy& policy = settings.applications;
    runtime::read_socket(map, settings.application_socket);
    policy.limit = static_cast<std::size_t>(
        map.integer("limit", static_cast<std::int64_t>(policy.limit), 1, most_applications));
    policy.per_user = static_cast<std::size_t>(
        map.integer("limit_per_user", static_cast<std::int64_t>(policy.limit), 1, most_applications));
    policy.silent_close_v2_failed = failed_when_closed(map, "silent_close_v2", policy.silent_close_v2_failed);
    policy.silent_close_v3_failed = failed_when_closed(map, "silent_close_v3", policy.silent_close_v3_failed);
    policy.dead_hold = map.seconds("dead_hold_s", seconds(0), seconds(0), longest_timeout);
    policy.offer_version_3 = map.boolean("version_3", policy.offer_version_3);
    map.finish();
}

void read_control(SettingsMap map, SocketSettings& socket) {
    runtime::read_socket(map, socket);
    map.finish();
}

Settings read(SettingsMap map, const std::string& file_name) {
    Settings settings = default_settings();
    settings.source = file_name;
    settings.session.name = map.text("name", settings.session.name, wire::name_limit);
    if (settings.session.name.empty()) {
        map.fail("name", "must not be empty");
    }
    read_device(map, settings);
    if (map.choice("capabilities", 0, {"auto", "never"}) == 1) {
        settings.session.offered = {};
    }
    read_heartbeat(map.map("heartbeat"), settings.session);
    if (settings.session.offered.empty() && settings.session.interval < HostSession::shortest_old_interval) {
        map.fail("capabilities", "an interval below 400 ms needs them: every host may be an old one");
    }
    read_health_script(map.map("health_script"), settings.health_script);
    read_event_script(map.map("event_script"), settings.event_script);
    settings.legacy_script_exit = map.boolean("legacy_script_exit", false);
    read_applications(map.map("applications"), settings);
    read_control(map.map("control"), settings.control_socket);
    settings.messaging = read_messaging(map.map("messaging"));
    read_groups(map.map("groups"), settings.groups);
    settings.user = map.text("user", "");
    if (!settings.user.empty() && !runtime::user_id(settings.user)) {
        map.fail("user", "no user " + settings.user);
    }
    settings.log_level = runtime::read_log_level(map);
    map.finish();
    return settings;
}

}  // namespace

std::string default_name() {
    // POSIX allows 255 bytes, and a cut name may lack its end (G-35).
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') {
        return "guest";
    }
    return std::string(name.data()).substr(0, wire::name_limit);
}

Settings default_settings() {
    Settings settings;
    settings.source = "built-in defaults";
    settings.session.name = default_name();
    settings.application_socket.path = runtime::default_application_socket();
    // Who may speak is decided by credentials, so that the refusal is counted and logged.
    settings.application_socket.mode = 0666;
    settings.control_socket.path = runtime::default_guest_control_socket();
    settings.groups.socket.path = runtime::default_group_socket();
    settings.groups.socket.mode = 0666;
    return settings;
}

Settings load_settings(const std::string& file) {
    return read(SettingsMap::load(file), file);
}

Settings parse_settings(const std::string& text, const std::string& file_name) {
    return read(SettingsMap::parse(text, file_name), file_name);
}

std::vector<std::string> needs_restart(const Settings& running, const Settings& wanted) {
    std::vector<std::string> keys;
    const auto compare = [&keys](bool same, const char* key) {
        if (!same) {
            keys.emplace_back(key);
        }
    };
    compare(running.device == wanted.device, "device");
    compare(running.user == wanted.user, "user");
    compare(runtime::same_binding(running.application_socket, wanted.application_socket),
            "applications.socket");
    compare(runtime::same_binding(running.control_socket, wanted.control_socket), "control.socket");
    compare(runtime::same_binding(running.groups.socket, wanted.groups.socket), "groups.socket");
    compare_messaging(running.messaging, wanted.messaging, keys);
    compare(running.control_socket.allow == wanted.control_socket.allow, "control.allow");
    return keys;
}

}  // namespace vnf::guest
