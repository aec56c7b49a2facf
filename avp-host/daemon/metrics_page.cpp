// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Samples of one name must stand together: each function writes one name for all ports.
#include "avp-host/daemon/metrics_page.hpp"

#include "runtime/metrics.hpp"

namespace vnf::avp {
namespace {

using runtime::MetricsWriter;

/// One look at each device, for all names.
struct SeenDevice {
    const HostDevice& host;
    DeviceSnapshot now;
};
using SeenDevices = std::vector<SeenDevice>;

std::vector<const Attachment*> attachments(AvpHost& host) {
    std::vector<const Attachment*> all;
    for (const HostDevice& device : host.devices())
        all.push_back(&device.port.attachment());
    for (const HostEnd& end : host.ends())
        all.push_back(&end.attachment);
    return all;
}

void write_forwarded(MetricsWriter& out, AvpHost& host) {
    const auto all = attachments(host);
    for (const Attachment* port : all)
        out.counter("vnf_avp_port_frames_from_total", "Frames that came from a port.",
                    {{"port", port->name()}}, port->counters().frames_from.value());
    for (const Attachment* port : all)
        out.counter("vnf_avp_port_bytes_from_total", "Their bytes.", {{"port", port->name()}},
                    port->counters().bytes_from.value());
    for (const Attachment* port : all)
        out.counter("vnf_avp_port_frames_to_total", "Frames that a port took.", {{"port", port->name()}},
                    port->counters().frames_to.value());
    for (const Attachment* port : all) {
        for (std::size_t i = 0; i < kForwardDrops; ++i)
            out.counter("vnf_avp_port_dropped_total", "Frames from a port or to it that were dropped.",
                        {{"port", port->name()}, {"reason", name_of(static_cast<ForwardDrop>(i))}},
                        port->counters().drops[i].value());
    }
}

void write_ends(MetricsWriter& out, AvpHost& host) {
    for (const HostEnd& one : host.ends()) {
        for (const auto& [name, value] : one.end->counters())
            out.counter("vnf_avp_end_total", "What an end of the host's own counted.",
                        {{"port", one.attachment.name()}, {"kind", one.end->kind()}, {"count", name}}, value);
    }
}

void write_states(MetricsWriter& out, const SeenDevices& devices) {
    for (const SeenDevice& device : devices) {
        for (const DeviceState state : {DeviceState::Waiting, DeviceState::Down, DeviceState::Up,
                                        DeviceState::ShutDown, DeviceState::Detached, DeviceState::Stopped})
            out.gauge("vnf_avp_device_state", "1 for the state in which a device is.",
                      {{"port", device.host.port.name()}, {"state", name_of(state)}},
                      device.now.state == state ? 1 : 0);
    }
    for (const SeenDevice& device : devices)
        out.gauge("vnf_avp_device_link_up", "Whether the guest is told that its link is up.",
                  {{"port", device.host.port.name()}}, device.now.link_is_up ? 1 : 0);
    for (const SeenDevice& device : devices)
        out.gauge("vnf_avp_device_client", "Whether a guest, or its driver, is there.",
                  {{"port", device.host.port.name()}}, device.host.port.presentation().has_guest() ? 1 : 0);
}

using Queues = std::array<QueueStatistics, AVP_MAX_QUEUES> DeviceStatistics::*;

void write_queues(MetricsWriter& out, const SeenDevices& devices, std::string_view name,
                  std::string_view help, std::uint64_t QueueStatistics::*number) {
    constexpr std::pair<std::string_view, Queues> directions[] = {
        {"from_guest", &DeviceStatistics::from_guest}, {"to_guest", &DeviceStatistics::to_guest}};
    for (const SeenDevice& device : devices) {
        for (const auto& [direction, queues] : directions) {
            std::size_t queue = 0;
            for (const QueueStatistics& one : device.now.statistics.*queues) {
                const std::string index = std::to_string(queue++);
                if (one.frames != 0 || one.dropped != 0 || queue == 1)
                    out.counter(
                        name, help,
                        {{"port", device.host.port.name()}, {"direction", direction}, {"queue", index}},
                        one.*number);
            }
        }
    }
}

void write_faults(MetricsWriter& out, const SeenDevices& devices) {
    for (const SeenDevice& device : devices) {
        for (std::size_t i = 0; i < kDrops; ++i)
            out.counter("vnf_avp_device_dropped_total", "Frames for a guest that did not reach it.",
                        {{"port", device.host.port.name()}, {"reason", name_of(static_cast<Drop>(i))}},
                        device.now.statistics.drops[i]);
    }
    for (const SeenDevice& device : devices) {
        for (std::size_t i = 0; i < kFaults; ++i)
            out.counter("vnf_avp_guest_faults_total", "What a guest did against the rules.",
                        {{"port", device.host.port.name()}, {"fault", name_of(static_cast<Fault>(i))}},
                        device.now.statistics.faults[i]);
    }
    for (const SeenDevice& device : devices)
        out.counter("vnf_avp_guest_requests_total", "Control requests.", {{"port", device.host.port.name()}},
                    device.now.statistics.requests);
    for (const SeenDevice& device : devices)
        out.counter("vnf_avp_device_resets_total", "Resets, by a guest or because it went.",
                    {{"port", device.host.port.name()}}, device.now.statistics.resets);
}

void write_switches(MetricsWriter& out, AvpHost& host) {
    for (LearningSwitch& one : host.switches())
        out.gauge("vnf_avp_switch_addresses", "Addresses that are known.", {{"switch", one.name()}},
                  static_cast<double>(one.learnt(Clock::now()).size()));
    for (LearningSwitch& one : host.switches())
        out.counter("vnf_avp_switch_moved_addresses_total", "Addresses seen behind another port.",
                    {{"switch", one.name()}}, one.moved_addresses());
    for (LearningSwitch& one : host.switches())
        out.counter("vnf_avp_switch_refused_addresses_total",
                    "Frames whose address found its port's share used up.", {{"switch", one.name()}},
                    one.refused_addresses());
}

void write_workers(MetricsWriter& out, AvpHost& host) {
    const auto write = [&](std::string_view name, std::string_view help, auto number) {
        for (const HostWorker& one : host.workers()) {
            if (one.worker)
                out.counter(name, help, {{"worker", one.settings.name}}, number(*one.worker));
        }
    };
    write("vnf_avp_worker_rounds_total", "Rounds of a worker.",
          [](const Worker& one) { return one.rounds(); });
    write("vnf_avp_worker_idle_rounds_total", "Rounds in which nothing came.",
          [](const Worker& one) { return one.idle_rounds(); });
    write("vnf_avp_worker_frames_total", "Frames that it took.",
          [](const Worker& one) { return one.frames(); });
}

}  // namespace

std::string metrics_page(AvpHost& host) {
    SeenDevices devices;
    for (HostDevice& device : host.devices())
        devices.push_back({device, device.port.snapshot()});
    MetricsWriter out;
    write_forwarded(out, host);
    write_ends(out, host);
    write_states(out, devices);
    write_queues(out, devices, "vnf_avp_queue_frames_total", "Frames of a guest's queue.",
                 &QueueStatistics::frames);
    write_queues(out, devices, "vnf_avp_queue_bytes_total", "Their bytes.", &QueueStatistics::bytes);
    write_queues(out, devices, "vnf_avp_queue_dropped_total", "Frames of a guest's queue that were dropped.",
                 &QueueStatistics::dropped);
    write_faults(out, devices);
    write_switches(out, host);
    write_workers(out, host);
    return out.take();
}

}  // namespace vnf::avp
