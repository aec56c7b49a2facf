// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The sections `messaging` and `groups`.
#include "guest-client/messaging_settings.hpp"

#include <array>

#include "runtime/port_address.hpp"

namespace vnf::guest {
namespace {

constexpr std::int64_t most_group_clients = 4096;
constexpr std::size_t most_services = 256;

std::string read_address(runtime::SettingsMap& map, std::string_view fallback) {
    std::string address = map.text("address", fallback, wire::service_address_limit);
    if (!wire::is_service_address(address)) {
        map.fail("address", "must be 1 to 107 printable characters without blank, quote and backslash");
    }
    return address;
}

}  // namespace

MessagingSettings read_messaging(runtime::SettingsMap map) {
    MessagingSettings settings;
    settings.device = map.text("device", "");
    if (!settings.device.empty() && settings.device != MessagingSettings::off) {
        const auto address = runtime::parse_port_address(settings.device);
        if (const auto* problem = std::get_if<std::string>(&address)) {
            map.fail("device", *problem);
        }
    }
    settings.address = read_address(map, settings.address);
    constexpr std::array scale{MessagingSettings::Scale::Auto, MessagingSettings::Scale::On,
                               MessagingSettings::Scale::Off};
    settings.scale = scale.at(map.choice("scale", 0, {"auto", "on", "off"}));
    runtime::read_allow(map.map("allow"), settings.allow.any);
    for (runtime::SettingsMap& service : map.maps("services", most_services)) {
        const std::string name = read_address(service, "");
        if (settings.allow.by_name.contains(name)) {
            service.fail("address", name + " is there twice");
        }
        runtime::read_allow(service.map("allow"), settings.allow.by_name[name]);
        service.finish();
    }
    map.finish();
    return settings;
}

void read_groups(runtime::SettingsMap map, GroupSettings& settings) {
    runtime::read_socket(map, settings.socket);
    const auto limit = static_cast<std::int64_t>(settings.limits.clients);
    settings.limits.clients = static_cast<std::size_t>(map.integer("limit", limit, 1, most_group_clients));
    settings.limits.per_user = static_cast<std::size_t>(map.integer(
        "limit_per_user", static_cast<std::int64_t>(settings.limits.clients), 1, most_group_clients));
    map.finish();
}

void compare_messaging(const MessagingSettings& running, const MessagingSettings& wanted,
                       std::vector<std::string>& keys) {
    if (running.device != wanted.device) {
        keys.emplace_back("messaging.device");
    }
    if (running.address != wanted.address) {
        keys.emplace_back("messaging.address");
    }
}

}  // namespace vnf::guest
