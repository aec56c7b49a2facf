// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See avp_host.hpp.
#include "avp-host/daemon/avp_host.hpp"

#include <algorithm>
#include <stdexcept>

#include "runtime/random_source.hpp"

namespace vnf::avp {
namespace {

/// Whatever `make` throws, with the port's name before it.
template <typename Make>
void naming(const std::string& name, Make&& make) {
    try {
        make();
    } catch (const std::exception& error) {
        throw std::runtime_error(name + ": " + error.what());
    }
}

std::uint64_t secret() {
    runtime::KernelRandom random;
    const std::uint64_t high = random.next();
    return high << 32 | random.next();
}

template <typename All, typename Name>
auto* find_by(All& all, std::string_view wanted, Name&& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return name(one) == wanted; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

AvpHost::AvpHost(boost::asio::io_context& io, HostSettings settings, std::vector<PortHandover> left)
    : settings_(std::move(settings)), left_(std::move(left)) {
    for (const WorkerSettings& one : settings_.workers)
        workers_.push_back({one, {}, nullptr});
    for (const SwitchSettings& one : settings_.switches)
        add_switch(one);
    for (const DevicePortSettings& one : settings_.ports)
        naming(one.name, [&] { add_device(io, one); });
    for (const PortHandover& one : left_) {
        if (find_device(one.name) != nullptr)
            continue;
        runtime::log_error("guest of the predecessor is lost, there is no such port", {{"port", one.name}});
        for (const int descriptor : descriptors_of(one))
            const runtime::FileDescriptor closed(descriptor);
    }
    left_.clear();
}

void AvpHost::add_switch(const SwitchSettings& settings) {
    LearningSwitch& added = switches_.emplace_back(settings.name, settings.mac_age, secret());
    for (const SwitchEndSettings& one : settings.ends) {
        naming(one.name, [&] {
            ends_.emplace_back(
                one.name, one.end,
                Placement{settings.name, one.port.is_mirror ? "mirror" : one.port.vlans.text(), {}});
        });
        added.add_port(ends_.back().attachment, one.port);
    }
    worker(settings.worker).forwarders.push_back(&added);
}

void AvpHost::add_device(boost::asio::io_context& io, const DevicePortSettings& settings) {
    if (const auto* place = std::get_if<SwitchPlace>(&settings.behind)) {
        HostDevice& device =
            devices_.emplace_back(io, settings, left_for(settings.name),
                                  Placement{place->switch_name, place->port.vlans.text(), {}});
        find_switch(place->switch_name)->add_port(device.port.attachment(), place->port);
        return;
    }
    const auto& direct = std::get<DirectPlace>(settings.behind);
    HostDevice& device =
        devices_.emplace_back(io, settings, left_for(settings.name), Placement{{}, {}, direct.name});
    HostEnd& end = ends_.emplace_back(direct.name, direct.end, Placement{{}, {}, settings.name});
    pairs_.emplace_back(device.port.attachment(), end.attachment);
    worker(direct.worker).forwarders.push_back(&pairs_.back());
}

HostWorker& AvpHost::worker(const std::string& name) {
    return *find_by(workers_, name, [](const HostWorker& one) { return one.settings.name; });
}

std::optional<PortHandover> AvpHost::left_for(const std::string& name) const {
    const auto* left = find_by(left_, name, [](const PortHandover& one) { return one.name; });
    return left != nullptr ? std::optional(*left) : std::nullopt;
}

void AvpHost::start() {
    start_workers();
    for (HostDevice& device : devices_)
        device.port.start();
}

void AvpHost::start_workers() {
    for (HostWorker& one : workers_) {
        if (!one.forwarders.empty())
            naming("worker " + one.settings.name,
                   [&one] { one.worker = std::make_unique<Worker>(one.settings, one.forwarders); });
    }
}

void AvpHost::stop() {
    for (HostDevice& device : devices_)
        device.port.stop();
    stop_workers();
}

void AvpHost::stop_workers() {
    for (HostWorker& one : workers_)
        one.worker.reset();
}

std::vector<std::string> AvpHost::reload(const HostSettings& wanted) {
    auto left = needs_restart(settings_, wanted);
    runtime::set_log_level(wanted.log_level);
    settings_.log_level = wanted.log_level;
    for (const DevicePortSettings& port : wanted.ports) {
        HostDevice* device = find_device(port.name);
        // With another address it would be another port to the switch.
        if (device == nullptr || device->port.snapshot().settings.mac != port.device.mac)
            continue;
        device->port.set_next(port.device);
    }
    return left;
}

HostDevice* AvpHost::find_device(std::string_view name) {
    return find_by(devices_, name, [](const HostDevice& one) { return one.port.name(); });
}

HostEnd* AvpHost::find_end(std::string_view name) {
    return find_by(ends_, name, [](const HostEnd& one) { return one.attachment.name(); });
}

LearningSwitch* AvpHost::find_switch(std::string_view name) {
    return find_by(switches_, name, [](const LearningSwitch& one) { return one.name(); });
}

}  // namespace vnf::avp
