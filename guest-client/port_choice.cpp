// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Looks at the machine once, at start.
#include "guest-client/port_choice.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

#include "runtime/run_directory.hpp"
#include "runtime/settings.hpp"

namespace vnf::guest {
namespace {

constexpr std::string_view port_name = "cgcs.heartbeat", messaging_port_name = "cgcs.messaging";
constexpr const char* old_default_device = "/dev/vport1p1";

runtime::PortAddress parsed(const std::string& device, const char* option) {
    const auto address = runtime::parse_port_address(device);
    if (const auto* problem = std::get_if<std::string>(&address)) {
        throw runtime::SettingsError(option, 0, "", *problem);
    }
    return std::get<runtime::PortAddress>(address);
}

/// FNV-1a over the name, with a start of its own for each half: names a file, protects nothing.
std::uint64_t hash(const std::string& text, std::uint64_t value) {
    for (const char byte : text) {
        value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    }
    return value;
}

}  // namespace

runtime::PortAddress port_for(const Settings& settings) {
    if (!settings.device.empty()) {
        return parsed(settings.device, "--device");
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

std::optional<runtime::PortAddress> messaging_port_for(const Settings& settings,
                                                       const runtime::PortAddress& heartbeat) {
    using Kind = runtime::PortAddress::Kind;
    const std::string& device = settings.messaging.device;
    if (device == MessagingSettings::off) {
        return std::nullopt;
    }
    if (!device.empty()) {
        return parsed(device, "--messaging-device");
    }
    // Beside a virtio port its sister is waited for: the two appear one after the other, and the first starts us.
    if (heartbeat.kind == Kind::VirtioName || runtime::find_virtio_port(messaging_port_name)) {
        return runtime::PortAddress{Kind::VirtioName, std::string(messaging_port_name)};
    }
    if (!settings.device.empty() || heartbeat.kind != Kind::UnixListen) {
        return std::nullopt;
    }
    const std::string file =
        std::string(messaging_port_name) + "." + instance_of(settings.session.name) + ".sock";
    return runtime::PortAddress{Kind::UnixListen, runtime::default_guest_directory() / file};
}

std::string instance_of(const std::string& name) {
    std::string instance = name.substr(0, wire::source_instance_limit);
    const auto fits = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
               byte == '_' || byte == '-';
    };
    std::replace_if(instance.begin(), instance.end(), std::not_fn(fits), '-');
    return instance;
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
