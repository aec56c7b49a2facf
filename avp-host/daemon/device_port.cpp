// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See device_port.hpp.
#include "avp-host/daemon/device_port.hpp"

namespace vnf::avp {

DevicePort::DevicePort(boost::asio::io_context& io, const DevicePortSettings& settings)
    : presentation_(make_presentation(io, settings)),
      device_(settings.device, presentation_->make_regions(settings.device), presentation_->interrupts()),
      attachment_(settings.name, device_, gate_),
      next_(settings.device) {
    presentation_->bind(device_, gate_);
}

DeviceSnapshot DevicePort::snapshot() {
    const auto held = gate_.hold();
    return {device_.state(),        device_.migration_answer(), device_.link_is_up(),
            device_.guest_driver(), device_.statistics(),       device_.settings()};
}

MigrationAnswer DevicePort::migration_answer() {
    const auto held = gate_.hold();
    return device_.migration_answer();
}

void DevicePort::detach() {
    const auto held = gate_.hold();
    device_.detach();
}

bool DevicePort::attach(bool by_force) {
    const auto held = gate_.hold();
    if (device_.state() != DeviceState::Detached && !by_force)
        return false;
    device_.attach(next_);
    return true;
}

void DevicePort::set_link(bool is_up) {
    const auto held = gate_.hold();
    device_.set_link(is_up);
}

}  // namespace vnf::avp
