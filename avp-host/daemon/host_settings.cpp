// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See host_settings.hpp. One function for each mapping of the file; names and references are checked last.
#include "avp-host/daemon/host_settings.hpp"

#include <algorithm>
#include <set>

#include "runtime/log_settings.hpp"
#include "runtime/run_directory.hpp"

namespace vnf::avp {
namespace {

using runtime::SettingsMap;

constexpr std::size_t kMostPorts = 512;
constexpr std::int64_t kMostAddresses = 65536;  // of one switch, all shares together

/// Names that were given, each once; ports and ends share theirs.
struct Names {
    std::set<std::string> ports, sockets;
};

bool is_name(const std::string& text) {
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), is_good);
}

std::string read_name(SettingsMap& map, const std::string& fallback, std::set<std::string>& taken) {
    std::string name = map.text("name", fallback);
    if (!is_name(name))
        map.fail("name", "must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'");
    if (!taken.insert(name).second)
        map.fail("name", "\"" + name + "\" is used twice");
    return name;
}

std::vector<WorkerSettings> read_workers(SettingsMap& map) {
    std::vector<WorkerSettings> workers;
    std::set<std::string> names;
    for (SettingsMap& entry : map.maps("workers", 64)) {
        WorkerSettings worker;
        worker.name = read_name(entry, "worker" + std::to_string(workers.size()), names);
        if (entry.has("cpu"))
            worker.cpu = static_cast<unsigned>(entry.integer("cpu", 0, 0, 1023));
        worker.idle = entry.choice("idle", 1, {"poll", "sleep"}) == 0 ? IdleMode::Poll : IdleMode::Sleep;
        worker.longest_sleep = std::chrono::microseconds(
            entry.integer("longest_sleep_us", worker.longest_sleep.count(), 1, 10000));
        entry.finish();
        workers.push_back(std::move(worker));
    }
    if (workers.empty())
        workers.push_back({"worker0"});
    return workers;
}

std::string read_worker(SettingsMap& map, const HostSettings& settings) {
    std::string name = map.text("worker", settings.workers.front().name);
    const auto& all = settings.workers;
    if (std::none_of(all.begin(), all.end(), [&name](const WorkerSettings& one) { return one.name == name; }))
        map.fail("worker", "there is no worker \"" + name + "\"");
    return name;
}

/// "10" or "10-20".
void add_vlans(SettingsMap& map, const std::string& text, std::vector<VlanId>& vlans) {
    const auto range = number_range(text, 1, kLastVlan);
    if (!range)
        map.fail("trunk", "\"" + text + "\" must be a VLAN of 1..4094, or two with a '-' between them");
    for (unsigned vlan = range->first; vlan <= range->second; ++vlan)
        vlans.push_back(static_cast<VlanId>(vlan));
}

VlanMembership read_vlans(SettingsMap& map) {
    if (map.has("vlan")) {
        const auto vlan = static_cast<VlanId>(map.integer("vlan", 1, 1, kLastVlan));
        if (map.has("trunk") || map.has("native"))
            map.fail("vlan", "is for an access port, trunk and native are for a trunk");
        return VlanMembership::access(vlan);
    }
    if (!map.has("trunk")) {
        if (map.has("native"))
            map.fail("native", "needs trunk");
        return VlanMembership::open();
    }
    std::vector<VlanId> tagged;
    for (const std::string& text : map.texts("trunk"))
        add_vlans(map, text, tagged);
    std::optional<VlanId> native;
    if (map.has("native"))
        native = static_cast<VlanId>(map.integer("native", 1, 1, kLastVlan));
    return VlanMembership::trunk(tagged, native);
}

SwitchPortSettings read_switch_port(SettingsMap& map) {
    SwitchPortSettings port;
    port.vlans = read_vlans(map);
    port.mac_share = static_cast<std::uint32_t>(map.integer("macs", port.mac_share, 1, kMostAddresses));
    return port;
}

SwitchSettings read_switch(SettingsMap map, const HostSettings& settings, Names& names,
                           std::set<std::string>& switch_names) {
    constexpr MacAddress everybody{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    SwitchSettings found;
    found.name = read_name(map, "", switch_names);
    found.worker = read_worker(map, settings);
    found.mac_age =
        map.seconds("mac_age_s", found.mac_age, std::chrono::seconds(10), std::chrono::seconds(86400));
    for (SettingsMap& entry : map.maps("ends", kMaxSwitchPorts)) {
        SwitchEndSettings end;
        end.name = read_name(entry, "", names.ports);
        end.end = read_end(entry, everybody);
        end.port = read_switch_port(entry);
        end.port.is_mirror = std::holds_alternative<PcapSettings>(end.end);
        entry.finish();
        found.ends.push_back(std::move(end));
    }
    map.finish();
    return found;
}

QueueRange read_queues(SettingsMap map, QueueRange range) {
    const auto read = [&map](std::string_view key, std::uint8_t fallback) {
        return static_cast<std::uint8_t>(map.integer(key, fallback, 1, AVP_MAX_QUEUES));
    };
    range.maximum = read("maximum", range.maximum);
    range.minimum = read("minimum", range.minimum);
    range.recommended = read("recommended", std::clamp(range.recommended, range.minimum, range.maximum));
    map.finish();
    return range;
}

/// The two ways; a socket, or a slot of a folder, is one port's.
std::variant<SocketPlace, DevicePlace> read_presentation(SettingsMap& map, const std::string& name,
                                                         unsigned index, Names& names) {
    if (map.choice("presentation", 0, {"vfio-user", "files"}) == 0) {
        SocketPlace place;
        place.socket.path = runtime::default_avp_directory() / (name + ".sock");
        runtime::read_socket(map, place.socket);
        if (place.socket.path.empty() || place.socket.path.front() != '/')
            map.fail("socket", "must be an absolute path");
        if (!names.sockets.insert(place.socket.path).second)
            map.fail("socket", "is used twice");
        place.has_msix = map.boolean("msix", place.has_msix);
        return place;
    }
    DevicePlace place;
    place.directory = std::filesystem::path(map.text("directory", "", 4000)).lexically_normal();
    if (!place.directory.is_absolute())
        map.fail("directory", "must be an absolute path, on a tmpfs");
    place.slot = static_cast<unsigned>(
        map.integer("slot", index % DevicePlace::kMostSlots, 0, DevicePlace::kMostSlots - 1));
    if (!names.sockets.insert(place.directory.string() + " slot " + std::to_string(place.slot)).second)
        map.fail("slot", std::to_string(place.slot) + " of that directory is used twice");
    return place;
}

DeviceSettings read_device(SettingsMap& map, std::uint64_t device_id, bool has_interrupts) {
    DeviceSettings device;
    device.offers_rx_interrupts = has_interrupts;
    const auto number = [&map](std::string_view key, std::uint32_t fallback) {
        return static_cast<std::uint32_t>(map.integer(key, fallback, 0, UINT32_MAX));
    };
    if (!map.has("mac"))
        map.fail("mac", "must be given, like \"02:00:00:00:00:01\"");
    device.mac = read_mac(map, "mac", device.mac);
    device.interface_name = map.text("interface_name", "");
    device.device_id = static_cast<std::uint64_t>(
        map.integer("device_id", static_cast<std::int64_t>(device_id), 0, INT64_MAX));
    device.rx_queues = read_queues(map.map("rx_queues"), device.rx_queues);
    device.tx_queues = read_queues(map.map("tx_queues"), device.tx_queues);
    device.ring_slots = number("ring_slots", device.ring_slots);
    device.buffers = number("buffers", device.buffers);
    device.buffer_bytes = number("buffer_bytes", device.buffer_bytes);
    device.max_frame_bytes = number("max_frame_bytes", device.max_frame_bytes);
    device.offers_vlan = map.boolean("vlan_offload", device.offers_vlan);
    device.offers_rx_interrupts = map.boolean("rx_interrupts", device.offers_rx_interrupts);
    device.offers_link = map.boolean("link", device.offers_link);
    device.offers_kept_descriptors = map.boolean("kept_descriptors", device.offers_kept_descriptors);
    if (device.offers_rx_interrupts && !has_interrupts)
        map.fail("rx_interrupts", "needs presentation: vfio-user, with msix");
    if (const auto fault = fault_of(device)) {
        const std::size_t colon = fault->find(": ");
        map.fail(fault->substr(0, colon), fault->substr(colon + 2));
    }
    return device;
}

std::variant<SwitchPlace, DirectPlace> read_behind(SettingsMap map, const HostSettings& settings,
                                                   const DevicePortSettings& port, Names& names) {
    if (map.has("end")) {
        DirectPlace direct;
        direct.end = read_end(map, port.device.mac);
        direct.name = read_name(map, port.name + "." + std::string(kind_of(direct.end)), names.ports);
        direct.worker = read_worker(map, settings);
        map.finish();
        return direct;
    }
    SwitchPlace place;
    const auto& all = settings.switches;
    if (!map.has("switch") && all.size() != 1)
        map.fail("switch", "must be given, or end, one of null, echo, counter, generator, tap, pcap");
    place.switch_name = map.text("switch", all.empty() ? "" : all.front().name);
    if (std::none_of(all.begin(), all.end(),
                     [&place](const SwitchSettings& one) { return one.name == place.switch_name; }))
        map.fail("switch", "there is no switch \"" + place.switch_name + "\"");
    place.port = read_switch_port(map);
    place.port.own_mac = port.device.mac;
    place.port.only_own_mac = map.boolean("only_own_mac", false);
    map.finish();
    return place;
}

DevicePortSettings read_port(SettingsMap map, const HostSettings& settings, Names& names) {
    DevicePortSettings port;
    port.name = read_name(map, "", names.ports);
    const auto index = static_cast<unsigned>(settings.ports.size());
    port.presentation = read_presentation(map, port.name, index, names);
    const auto* socket = std::get_if<SocketPlace>(&port.presentation);
    port.device = read_device(map, index + 1, socket != nullptr && socket->has_msix);
    port.behind = read_behind(map.map("behind"), settings, port, names);
    map.finish();
    return port;
}

/// Ports and shares of the address table, which are only known when all is read.
void check_switches(SettingsMap& map, const HostSettings& settings) {
    for (const SwitchSettings& one : settings.switches) {
        std::size_t ports = one.ends.size();
        std::int64_t addresses = 0;
        std::set<MacAddress> macs;
        for (const SwitchEndSettings& end : one.ends)
            addresses += end.port.mac_share;
        for (const DevicePortSettings& port : settings.ports) {
            const auto* place = std::get_if<SwitchPlace>(&port.behind);
            if (place == nullptr || place->switch_name != one.name)
                continue;
            ++ports;
            addresses += place->port.mac_share;
            if (!macs.insert(port.device.mac).second)
                map.fail("ports", "two on switch " + one.name + " have the mac of " + port.name);
        }
        if (ports > kMaxSwitchPorts)
            map.fail("switches", one.name + " has " + std::to_string(ports) + " ports, at most " +
                                     std::to_string(kMaxSwitchPorts));
        if (addresses > kMostAddresses)
            map.fail("switches", one.name + ": the macs of its ports are " + std::to_string(addresses) +
                                     " together, at most " + std::to_string(kMostAddresses));
    }
}

HostSettings read(SettingsMap map) {
    HostSettings settings;
    settings.log_level = runtime::read_log_level(map);
    settings.control.path = runtime::default_avp_control_socket();
    SettingsMap control = map.map("control");
    runtime::read_socket(control, settings.control);
    control.finish();
    settings.workers = read_workers(map);
    Names names;
    names.sockets.insert(settings.control.path);
    std::set<std::string> switch_names;
    for (SettingsMap& entry : map.maps("switches", 64))
        settings.switches.push_back(read_switch(std::move(entry), settings, names, switch_names));
    for (SettingsMap& entry : map.maps("ports", kMostPorts))
        settings.ports.push_back(read_port(std::move(entry), settings, names));
    if (!map.has("ports") && !map.has("switches")) {
        const HostSettings defaults = default_settings();
        settings.switches = defaults.switches;
        settings.switches.front().worker = settings.workers.front().name;
        settings.ports = defaults.ports;
    }
    check_switches(map, settings);
    map.finish();
    return settings;
}

bool same_socket(const runtime::SocketSettings& left, const runtime::SocketSettings& right) {
    return runtime::same_binding(left, right) && left.allow == right.allow;
}

bool same_presentation(const DevicePortSettings& left, const DevicePortSettings& right) {
    const auto* left_files = std::get_if<DevicePlace>(&left.presentation);
    const auto* right_files = std::get_if<DevicePlace>(&right.presentation);
    if (left_files != nullptr && right_files != nullptr)
        return left_files->directory == right_files->directory && left_files->slot == right_files->slot;
    if (left_files != right_files)
        return false;
    const auto& left_place = std::get<SocketPlace>(left.presentation);
    const auto& right_place = std::get<SocketPlace>(right.presentation);
    return same_socket(left_place.socket, right_place.socket) && left_place.has_msix == right_place.has_msix;
}

bool same_place(const DevicePortSettings& left, const DevicePortSettings& right) {
    return left.name == right.name && same_presentation(left, right) && left.device.mac == right.device.mac &&
           left.behind == right.behind;
}

}  // namespace

HostSettings default_settings() {
    return parse_settings(
        "switches: [{name: lan}]\n"
        "ports:\n"
        "- {name: vm1, mac: \"02:61:76:70:00:01\"}\n"
        "- {name: vm2, mac: \"02:61:76:70:00:02\"}\n",
        "defaults");
}

HostSettings load_settings(const std::string& file) {
    return read(SettingsMap::load(file));
}

HostSettings parse_settings(const std::string& text, const std::string& file_name) {
    return read(SettingsMap::parse(text, file_name));
}

std::vector<std::string> needs_restart(const HostSettings& running, const HostSettings& wanted) {
    std::vector<std::string> keys;
    const auto compare = [&keys](bool is_same, const char* key) {
        if (!is_same)
            keys.emplace_back(key);
    };
    compare(same_socket(running.control, wanted.control), "control");
    compare(running.workers == wanted.workers, "workers");
    compare(running.switches == wanted.switches, "switches");
    compare(std::equal(running.ports.begin(), running.ports.end(), wanted.ports.begin(), wanted.ports.end(),
                       same_place),
            "ports");
    return keys;
}

}  // namespace vnf::avp
