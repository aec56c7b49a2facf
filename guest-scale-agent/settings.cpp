// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Every key is asked for with its range; what is asked for nowhere is an error of the file.
#include "guest-scale-agent/settings.hpp"

#include "runtime/log_settings.hpp"
#include "runtime/run_directory.hpp"
#include "runtime/settings.hpp"

namespace vnf::scale {
namespace {

using runtime::Milliseconds;
using runtime::SettingsMap;

constexpr std::size_t longest_path = 4095;

std::string read_address(SettingsMap& map, const std::string& fallback) {
    std::string address = map.text("address", fallback, wire::service_address_limit);
    if (!wire::is_service_address(address)) {
        map.fail("address", "must be 1 to 107 printable characters without blank, quote and backslash");
    }
    return address;
}

/// Absolute, or empty for none.
std::string read_path(SettingsMap& map, std::string_view key, const std::string& fallback) {
    std::string path = map.text(key, fallback, longest_path);
    if (!path.empty() && path.front() != '/') {
        map.fail(key, "must be absolute, or \"\" for none");
    }
    return path;
}

void read_messaging(SettingsMap map, RequestSettings& requests) {
    requests.client_address = read_address(map, requests.client_address);
    runtime::read_allow(map.map("allow"), requests.allow);
    map.finish();
}

void read_helper(SettingsMap map, Settings& settings) {
    settings.helper = read_path(map, "path", settings.helper);
    map.finish();
}

void read_applications(SettingsMap map, Settings& settings) {
    constexpr std::int64_t most = 1024;
    runtime::read_socket(map, settings.application_socket);
    ApplicationLimits& limits = settings.applications;
    limits.clients =
        static_cast<std::size_t>(map.integer("limit", static_cast<std::int64_t>(limits.clients), 1, most));
    limits.per_user = static_cast<std::size_t>(
        map.integer("limit_per_user", static_cast<std::int64_t>(limits.clients), 1, most));
    map.finish();
}

void read_control(SettingsMap map, runtime::SocketSettings& socket) {
    runtime::read_socket(map, socket);
    map.finish();
}

void read_restore(SettingsMap map, RestoreSettings& restore) {
    constexpr Milliseconds longest{60000};
    restore.client_socket = read_path(map, "guest_client_socket", restore.client_socket);
    restore.client_wait =
        map.milliseconds("guest_client_wait_ms", restore.client_wait, Milliseconds(0), longest);
    restore.metadata_url = map.text("metadata_url", restore.metadata_url, 1023);
    if (!restore.metadata_url.empty() && !restore.metadata_url.starts_with("http://")) {
        map.fail("metadata_url", "must begin with http://, or be \"\" for none");
    }
    restore.metadata_timeout =
        map.milliseconds("metadata_timeout_ms", restore.metadata_timeout, Milliseconds(1), longest);
    map.finish();
}

Settings read(SettingsMap map, const std::string& file_name) {
    Settings settings = default_settings();
    settings.source = file_name;
    settings.requests.address = read_address(map, settings.requests.address);
    read_messaging(map.map("messaging"), settings.requests);
    read_helper(map.map("helper"), settings);
    read_applications(map.map("applications"), settings);
    read_control(map.map("control"), settings.control_socket);
    settings.state_file = read_path(map, "state_file", settings.state_file);
    read_restore(map.map("restore"), settings.restore);
    settings.log_level = runtime::read_log_level(map);
    map.finish();
    return settings;
}

}  // namespace

Settings default_settings() {
    Settings settings;
    settings.application_socket.path = runtime::default_scale_socket();
    // Who may speak is decided by credentials, so that the refusal is counted and logged.
    settings.application_socket.mode = 0666;
    settings.control_socket.path = runtime::default_scale_control_socket();
    settings.restore.client_socket = runtime::default_guest_control_socket();
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
    compare(running.requests.address == wanted.requests.address, "address");
    compare(running.requests.client_address == wanted.requests.client_address, "messaging.address");
    compare(runtime::same_binding(running.application_socket, wanted.application_socket),
            "applications.socket");
    compare(runtime::same_binding(running.control_socket, wanted.control_socket), "control.socket");
    compare(running.control_socket.allow == wanted.control_socket.allow, "control.allow");
    compare(running.state_file == wanted.state_file, "state_file");
    return keys;
}

}  // namespace vnf::scale
