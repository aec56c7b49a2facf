// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See devargs.hpp. One row of a table for each key.
#include "avp-host/dpdk/devargs.hpp"

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <set>

#include "avp-host/ports/ethernet.hpp"
#include "runtime/peer_credentials.hpp"

namespace vnf::avp::dpdk {
namespace {

using Fault = std::optional<std::string>;

struct Key {
    std::string_view name;
    std::string_view field;  ///< as fault_of(DeviceSettings) names it
    Fault (*read)(const std::string& value, HostPortSettings& settings);
};

Fault read_number(const std::string& value, std::uint32_t& into) {
    const char* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, into);
    if (parsed.ec == std::errc() && parsed.ptr == end)
        return std::nullopt;
    return "\"" + value + "\" is not a number";
}

Fault read_socket(const std::string& value, HostPortSettings& settings) {
    constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    settings.socket = value;
    if (!value.empty() && value.size() <= longest)
        return std::nullopt;
    return "must be a path of 1 to " + std::to_string(longest) + " bytes";
}

Fault read_group(const std::string& value, HostPortSettings& settings) {
    settings.group = runtime::group_id(value);
    return settings.group ? std::nullopt : Fault("there is no group \"" + value + "\"");
}

Fault read_mac(const std::string& value, HostPortSettings& settings) {
    const auto mac = mac_of(value);
    if (!mac)
        return "\"" + value + "\" is not six bytes in hexadecimal, like 02:00:00:00:00:01";
    settings.device.mac = *mac;
    return std::nullopt;
}

/// The most of either kind; the guest's driver chooses.
Fault read_queues(const std::string& value, HostPortSettings& settings) {
    std::uint32_t queues = 0;
    if (auto fault = read_number(value, queues))
        return fault;
    if (queues < 1 || queues > AVP_MAX_QUEUES)
        return value + " is not between 1 and " + std::to_string(AVP_MAX_QUEUES);
    settings.device.rx_queues.maximum = static_cast<std::uint8_t>(queues);
    settings.device.tx_queues.maximum = static_cast<std::uint8_t>(queues);
    return std::nullopt;
}

template <std::uint32_t DeviceSettings::*field>
Fault read_field(const std::string& value, HostPortSettings& settings) {
    return read_number(value, settings.device.*field);
}

Fault read_name(const std::string& value, HostPortSettings& settings) {
    settings.device.interface_name = value;
    return std::nullopt;
}

constexpr std::array<Key, 9> keys{{
    {"socket", "", read_socket},
    {"group", "", read_group},
    {"mac", "mac", read_mac},
    {"queues", "rx_queues", read_queues},
    {"ring-slots", "ring_slots", read_field<&DeviceSettings::ring_slots>},
    {"buffers", "buffers", read_field<&DeviceSettings::buffers>},
    {"buffer-bytes", "buffer_bytes", read_field<&DeviceSettings::buffer_bytes>},
    {"max-frame", "max_frame_bytes", read_field<&DeviceSettings::max_frame_bytes>},
    {"name", "interface_name", read_name},
}};

std::string all_keys() {
    std::string all;
    for (const Key& key : keys)
        all.append(all.empty() ? "" : ", ").append(key.name);
    return all;
}

MacAddress random_mac() {
    std::random_device source;
    MacAddress mac{};
    for (std::uint8_t& byte : mac)
        byte = static_cast<std::uint8_t>(source());
    mac[0] = static_cast<std::uint8_t>((mac[0] & 0xFCU) | 0x02U);  // unicast, locally administered
    return mac;
}

Fault read_pair(std::string_view pair, HostPortSettings& settings, std::set<std::string_view>& given) {
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    const auto* key =
        std::find_if(keys.begin(), keys.end(), [name](const Key& one) { return one.name == name; });
    if (key == keys.end())
        return "no key \"" + std::string(name) + "\", allowed are " + all_keys();
    if (equals == std::string_view::npos)
        return std::string(name) + ": has no value";
    if (!given.insert(key->name).second)
        return std::string(name) + ": is given twice";
    if (const auto fault = key->read(std::string(pair.substr(equals + 1)), settings))
        return std::string(name) + ": " + *fault;
    return std::nullopt;
}

/// In the words of devargs.
Fault fault_of_device(const DeviceSettings& device) {
    const auto fault = fault_of(device);
    if (!fault)
        return std::nullopt;
    const std::string_view field = std::string_view(*fault).substr(0, fault->find(": "));
    const auto* key =
        std::find_if(keys.begin(), keys.end(), [field](const Key& one) { return one.field == field; });
    return key == keys.end() ? *fault : std::string(key->name) + fault->substr(field.size());
}

}  // namespace

std::variant<HostPortSettings, std::string> parse_devargs(std::string_view text) {
    HostPortSettings settings;
    settings.device.mac = random_mac();
    settings.device.device_id = std::random_device{}();
    std::set<std::string_view> given;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        if (auto fault = read_pair(text.substr(0, comma), settings, given))
            return *fault;
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    if (settings.socket.empty())
        return "socket: must be given, as socket=PATH";
    if (auto fault = fault_of_device(settings.device))
        return *fault;
    return settings;
}

}  // namespace vnf::avp::dpdk
