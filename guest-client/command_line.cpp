// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Options to settings.
#include "guest-client/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>

#include "guest-client/legacy_settings.hpp"
#include "guest-client/version.hpp"
#include "runtime/run_directory.hpp"
#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

constexpr const char* native_settings_path = "/etc/vnf-guest-sdk/guest-client.yaml";
constexpr std::string_view port_name = "cgcs.heartbeat";
constexpr const char* old_default_device = "/dev/vport1p1";
constexpr int usage_error = 2;

bool readable(const std::string& path) {
    return ::access(path.c_str(), R_OK) == 0;
}

Settings from_file(const CommandLine& line) {
    if (!line.config.empty()) {
        return load_settings(line.config);
    }
    if (!line.legacy_config.empty()) {
        return load_legacy_settings(line.legacy_config);
    }
    if (readable(native_settings_path)) {
        return load_settings(native_settings_path);
    }
    const std::string legacy(legacy_settings_path);
    return readable(legacy) ? load_legacy_settings(legacy) : default_settings();
}

/// FNV-1a over the name, with a start of its own for each half: names a file, protects nothing.
std::uint64_t hash(const std::string& text, std::uint64_t value) {
    for (const char byte : text) {
        value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    }
    return value;
}

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, CommandLine& line) {
    CLI::App app{
        "Guest daemon: heartbeat, health, votes and notifications between applications and the host."};
    app.set_version_flag("--version", std::string(program_version));
    app.add_option("--name", line.name, "name of this guest (default: the host name)");
    app.add_option(
        "--device", line.device,
        "port to the host: a virtio-serial port's name, a device, a socket, listen:PATH, vsock:CID:PORT");
    const auto config = app.add_option("--config", line.config, "settings file (YAML)");
    app.add_option("--legacy-config", line.legacy_config, "old guest_heartbeat.conf")->excludes(config);
    app.add_option("--application-socket", line.application_socket, "where applications connect");
    app.add_option("--control-socket", line.control_socket, "where guestctl connects");
    app.add_option("--log-level", line.log_level)
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}));
    app.add_flag("--check-config", line.check_config, "read the settings, say what is wrong, and exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : usage_error;
    }
    return std::nullopt;
}

Settings settings_for(const CommandLine& line) {
    Settings settings = from_file(line);
    const auto override_with = [](const std::string& given, std::string& value) {
        if (!given.empty()) {
            value = given;
        }
    };
    override_with(line.name.substr(0, wire::name_limit), settings.session.name);
    override_with(line.device, settings.device);
    override_with(line.application_socket, settings.application_socket.path);
    override_with(line.control_socket, settings.control_socket.path);
    settings.log_level = log_level_of(line.log_level).value_or(settings.log_level);
    return settings;
}

runtime::PortAddress port_for(const Settings& settings) {
    if (!settings.device.empty()) {
        const auto parsed = runtime::parse_port_address(settings.device);
        if (const auto* problem = std::get_if<std::string>(&parsed)) {
            throw runtime::SettingsError("--device", 0, "", *problem);
        }
        return std::get<runtime::PortAddress>(parsed);
    }
    if (runtime::find_virtio_port(port_name)) {
        return {runtime::PortAddress::Kind::VirtioName, std::string(port_name)};
    }
    if (::access(old_default_device, F_OK) == 0) {
        return {runtime::PortAddress::Kind::Path, old_default_device};
    }
    const auto directory = runtime::default_guest_directory();
    runtime::ensure_private_directory(directory);
    const std::string file = std::string(port_name) + "." + uuid_of(settings.session.name) + ".sock";
    return {runtime::PortAddress::Kind::UnixListen, directory / file};
}

std::string uuid_of(const std::string& name) {
    constexpr std::uint64_t version_8 = 0x8000U, version_mask = 0xf000U;
    constexpr std::uint64_t variant = std::uint64_t{1} << 63U, variant_mask = std::uint64_t{3} << 62U;
    const std::uint64_t high = (hash(name, 0xcbf29ce484222325U) & ~version_mask) | version_8;
    const std::uint64_t low = (hash(name, 0x84222325cbf29ce4U) & ~variant_mask) | variant;
    std::array<char, 37> text{};
    std::snprintf(text.data(), text.size(), "%08llx-%04llx-%04llx-%04llx-%012llx",
                  static_cast<unsigned long long>(high >> 32U),
                  static_cast<unsigned long long>((high >> 16U) & 0xffffU),
                  static_cast<unsigned long long>(high & 0xffffU),
                  static_cast<unsigned long long>(low >> 48U),
                  static_cast<unsigned long long>(low & 0xffffffffffffU));
    return text.data();
}

}  // namespace vnf::guest
