// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A small device behind a real vfio-user server, in a folder of its own; the loop runs in the test's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>

#include "avp-host/presentation/vfio_user_server.hpp"
#include "tests/runtime/loop_fixture.hpp"

namespace vnf::avp::test {

inline DeviceSettings small_device() {
    DeviceSettings settings;
    settings.interface_name = "avp0";
    settings.mac = {2, 0, 0, 0, 0, 1};
    settings.device_id = 7;
    settings.ring_slots = 64;
    settings.buffers = 512;
    return settings;
}

struct PresentedPort {
    explicit PresentedPort(runtime::Milliseconds message_deadline = runtime::Milliseconds(60000),
                           std::size_t most_maps = VfioUserDialogue::kMostMaps)
        : PresentedPort(Device::sealed_regions(small_device()), message_deadline, most_maps) {}
    explicit PresentedPort(DeviceRegions regions,
                           runtime::Milliseconds message_deadline = runtime::Milliseconds(60000),
                           std::size_t most_maps = VfioUserDialogue::kMostMaps)
        : device(small_device(), std::move(regions), interrupts),
          server(io, {"port1", socket_options(), message_deadline, most_maps}, {device, gate, interrupts}) {
        server.start();
    }

    runtime::LocalServerOptions socket_options() const {
        runtime::LocalServerOptions options;
        options.path = path();
        return options;
    }
    std::string path() const { return folder / "port1.sock"; }
    bool run_until(const std::function<bool()>& happened) { return vnf::test::run_until_seen(io, happened); }

    boost::asio::io_context io;
    vnf::test::ScratchFolder folder;
    InterruptEvents interrupts;
    PortGate gate;
    Device device;
    VfioUserServer server;
};

}  // namespace vnf::avp::test
