// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See host_documents.hpp.
#include "avp-host/daemon/host_documents.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

#include "avp-host/version.hpp"

namespace vnf::avp {
namespace {

namespace json = boost::json;

std::string_view driver_name(std::uint32_t kind) {
    switch (kind) {
        case AVP_DRIVER_DPDK:
            return "dpdk";
        case AVP_DRIVER_KERNEL:
            return "kernel";
        case AVP_DRIVER_QEMU:
            return "qemu";
        default:
            return "unknown";
    }
}

json::array feature_names(std::uint32_t features) {
    json::array names;
    if ((features & AVP_FEATURE_VLAN_OFFLOAD) != 0)
        names.emplace_back("vlan_offload");
    if ((features & AVP_FEATURE_RX_INTERRUPT) != 0)
        names.emplace_back("rx_interrupt");
    if ((features & AVP_FEATURE_KEPT_DESCRIPTORS) != 0)
        names.emplace_back("kept_descriptors");
    if ((features & AVP_FEATURE_LINK) != 0)
        names.emplace_back("link");
    return names;
}

json::value driver_document(const std::optional<GuestDriver>& driver) {
    if (!driver)
        return nullptr;
    json::object found{{"driver", driver_name(driver->kind)},
                       {"version", fmt::format("{}.{}.{}", AVP_VERSION_RELEASE(driver->version),
                                               driver->version >> 8 & 0xFF, driver->version & 0xFF)},
                       {"features", feature_names(driver->features)},
                       {"tx_queues", driver->tx_queues},
                       {"rx_queues", driver->rx_queues}};
    found.emplace("mtu", driver->mtu ? json::value(*driver->mtu) : json::value(nullptr));
    return found;
}

json::object place_document(const Placement& where) {
    if (where.switch_name.empty())
        return {{"port", where.peer}};
    return {{"switch", where.switch_name}, {"vlans", where.vlans}};
}

void add_counters(json::object& to, const PortCounters& counters) {
    json::object drops;
    for (std::size_t i = 0; i < kForwardDrops; ++i)
        drops.emplace(name_of(static_cast<ForwardDrop>(i)), counters.drops[i].value());
    to.emplace("frames_from", counters.frames_from.value());
    to.emplace("bytes_from", counters.bytes_from.value());
    to.emplace("frames_to", counters.frames_to.value());
    to.emplace("dropped", std::move(drops));
}

json::array queues_document(const std::array<QueueStatistics, AVP_MAX_QUEUES>& queues, std::size_t count) {
    json::array all;
    for (std::size_t i = 0; i < queues.size(); ++i) {
        const QueueStatistics& queue = queues[i];
        if (i < count || queue.frames != 0 || queue.dropped != 0)
            all.push_back(json::object{
                {"queue", i}, {"frames", queue.frames}, {"bytes", queue.bytes}, {"dropped", queue.dropped}});
    }
    return all;
}

json::object statistics_document(const DeviceSnapshot& device) {
    const DeviceStatistics& counts = device.statistics;
    json::object drops;
    for (std::size_t i = 0; i < kDrops; ++i)
        drops.emplace(name_of(static_cast<Drop>(i)), counts.drops[i]);
    json::object faults;
    for (std::size_t i = 0; i < kFaults; ++i)
        faults.emplace(name_of(static_cast<Fault>(i)), counts.faults[i]);
    return {{"from_guest", queues_document(counts.from_guest, device.driver ? device.driver->tx_queues : 0)},
            {"to_guest", queues_document(counts.to_guest, device.driver ? device.driver->rx_queues : 0)},
            {"dropped", std::move(drops)},
            {"faults", std::move(faults)},
            {"requests", counts.requests},
            {"resets", counts.resets},
            {"rx_interrupts", counts.rx_interrupts}};
}

}  // namespace

json::object device_document(HostDevice& device) {
    const DeviceSnapshot now = device.port.snapshot();
    json::object found{{"name", device.port.name()},
                       {"kind", "device"},
                       {"behind", place_document(device.placement)},
                       {"mac", text_of(key_of(now.settings.mac))},
                       {"state", name_of(now.state)},
                       {"link", now.link_is_up ? "up" : "down"},
                       {"migration", name_of(now.migration)},
                       {"max_frame_bytes", now.settings.max_frame_bytes},
                       {"guest", driver_document(now.driver)},
                       {"presentation", device.port.presentation().document()}};
    add_counters(found, device.port.attachment().counters());
    found.emplace("device", statistics_document(now));
    return found;
}

json::object end_document(const HostEnd& end) {
    json::object counters;
    for (const auto& [name, value] : end.end->counters())
        counters.emplace(name, value);
    json::object found{{"name", end.attachment.name()},
                       {"kind", end.end->kind()},
                       {"behind", place_document(end.placement)}};
    add_counters(found, end.attachment.counters());
    found.emplace("counters", std::move(counters));
    return found;
}

json::object ports_document(AvpHost& host) {
    json::array all;
    for (HostDevice& device : host.devices())
        all.push_back(device_document(device));
    for (const HostEnd& end : host.ends())
        all.push_back(end_document(end));
    return {{"ports", std::move(all)}};
}

json::object switch_document(LearningSwitch& of) {
    json::array names;
    for (const Attachment* port : of.attachments())
        names.emplace_back(port->name());
    return {{"name", of.name()},
            {"ports", std::move(names)},
            {"addresses", of.learnt(Clock::now()).size()},
            {"moved_addresses", of.moved_addresses()},
            {"refused_addresses", of.refused_addresses()}};
}

json::object switches_document(AvpHost& host) {
    json::array all;
    for (LearningSwitch& one : host.switches())
        all.push_back(switch_document(one));
    return {{"switches", std::move(all)}};
}

json::object macs_document(LearningSwitch& of, TimePoint now) {
    auto entries = of.learnt(now);
    std::sort(entries.begin(), entries.end(), [](const MacEntry& left, const MacEntry& right) {
        return std::tie(left.vlan, left.mac) < std::tie(right.vlan, right.mac);
    });
    json::array learnt;
    for (const MacEntry& entry : entries) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - entry.last_seen);
        learnt.push_back(json::object{{"mac", text_of(entry.mac)},
                                      {"vlan", entry.vlan},
                                      {"port", of.attachments()[entry.port]->name()},
                                      {"age_s", std::max<std::int64_t>(age.count(), 0)}});
    }
    json::array own;
    for (std::size_t i = 0; i < of.attachments().size(); ++i) {
        if (const auto& mac = of.settings_of(static_cast<PortIndex>(i)).own_mac)
            own.push_back(
                json::object{{"mac", text_of(key_of(*mac))}, {"port", of.attachments()[i]->name()}});
    }
    return {{"switch", of.name()}, {"learnt", std::move(learnt)}, {"own", std::move(own)}};
}

json::object status_document(AvpHost& host) {
    json::array workers;
    for (const HostWorker& one : host.workers()) {
        json::object found{{"name", one.settings.name},
                           {"idle", one.settings.idle == IdleMode::Poll ? "poll" : "sleep"},
                           {"forwarders", one.forwarders.size()}};
        found.emplace("cpu", one.settings.cpu ? json::value(*one.settings.cpu) : json::value(nullptr));
        if (one.worker) {
            found.emplace("rounds", one.worker->rounds());
            found.emplace("idle_rounds", one.worker->idle_rounds());
            found.emplace("frames", one.worker->frames());
        }
        workers.push_back(std::move(found));
    }
    return {{"version", program_version},
            {"ports", host.devices().size()},
            {"ends", host.ends().size()},
            {"switches", host.switches().size()},
            {"workers", std::move(workers)}};
}

json::object restart_document(const PlannedRestart& restart) {
    const std::string why = restart.why();
    return {{"state", name_of(restart.state())},
            {"fault", name_of(restart.fault())},
            {"why", why.empty() ? json::value(nullptr) : json::value(why)},
            {"instance", restart.instance()},
            {"pid", ::getpid()},
            {"version", program_version}};
}

}  // namespace vnf::avp
