// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The whole host, put together by its settings: devices with their servers, ends, switches and pairs between them, and
// the workers that move their frames. Ports neither come nor go while it runs.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "avp-host/daemon/device_port.hpp"
#include "avp-host/daemon/host_settings.hpp"
#include "avp-host/ports/generator_port.hpp"
#include "avp-host/ports/learning_switch.hpp"
#include "avp-host/ports/port_pair.hpp"
#include "avp-host/ports/worker.hpp"

namespace vnf::avp {

/// What a port is wired to.
struct Placement {
    std::string switch_name;  ///< empty: `peer`
    std::string vlans;        ///< on a switch
    std::string peer;
};

struct HostDevice {
    HostDevice(boost::asio::io_context& io, const DevicePortSettings& settings,
               const std::optional<PortHandover>& left, Placement where)
        : port(io, settings, left), placement(std::move(where)) {}
    DevicePort port;
    Placement placement;
};

struct HostEnd {
    HostEnd(const std::string& name, const EndSettings& settings, Placement where)
        : end(make_end(settings)), attachment(name, *end, gate), placement(std::move(where)) {}
    std::unique_ptr<EndPort> end;
    PortGate gate;
    Attachment attachment;
    Placement placement;
};

struct HostWorker {
    WorkerSettings settings;
    std::vector<Forwarder*> forwarders;
    std::unique_ptr<Worker> worker;  ///< while it runs
};

class AvpHost {
  public:
    /// Binds all sockets, opens all TAPs and files. Throws std::exception that names the port.
    /// Guests that a predecessor left go on with the ports of their names.
    AvpHost(boost::asio::io_context& io, HostSettings settings, std::vector<PortHandover> left = {});
    AvpHost(const AvpHost&) = delete;
    AvpHost& operator=(const AvpHost&) = delete;

    void start();
    /// Guests are let go, then the workers end.
    void stop();
    void start_workers();
    void stop_workers();

    /// Takes what can be taken while it runs, and returns the keys of the rest.
    std::vector<std::string> reload(const HostSettings& wanted);

    const HostSettings& settings() const { return settings_; }
    std::deque<HostDevice>& devices() { return devices_; }
    std::deque<HostEnd>& ends() { return ends_; }
    std::deque<LearningSwitch>& switches() { return switches_; }
    const std::deque<HostWorker>& workers() const { return workers_; }
    HostDevice* find_device(std::string_view name);
    HostEnd* find_end(std::string_view name);
    LearningSwitch* find_switch(std::string_view name);

  private:
    void add_switch(const SwitchSettings& settings);
    void add_device(boost::asio::io_context& io, const DevicePortSettings& settings);
    HostWorker& worker(const std::string& name);

    std::optional<PortHandover> left_for(const std::string& name) const;

    HostSettings settings_;
    std::vector<PortHandover> left_;
    std::deque<HostDevice> devices_;
    std::deque<HostEnd> ends_;
    std::deque<LearningSwitch> switches_;
    std::deque<PortPair> pairs_;
    std::deque<HostWorker> workers_;
};

}  // namespace vnf::avp
