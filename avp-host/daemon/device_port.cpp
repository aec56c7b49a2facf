// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See device_port.hpp.
#include "avp-host/daemon/device_port.hpp"

namespace vnf::avp {

DevicePort::DevicePort(boost::asio::io_context& io, const DevicePortSettings& settings,
                       const std::optional<PortHandover>& left)
    : presentation_(make_presentation(io, settings)),
      left_(left && presentation_->succeed(*left, settings.device) ? left : std::nullopt),
      device_(settings.device, presentation_->make_regions(settings.device), presentation_->interrupts()),
      attachment_(settings.name, device_, gate_),
      next_(settings.device) {
    presentation_->bind(device_, gate_);
}

void DevicePort::start() {
    presentation_->start();
    if (left_ && presentation_->has_guest()) {
        const auto held = gate_.hold();
        device_.write_register(AVP_REGISTER_INTERRUPT_MASK, left_->interrupt_mask);
        // A driver that listens but has configured nothing yet has read the old tables all the same.
        if (left_->had_driver || left_->interrupt_mask != AVP_INTERRUPTS_OFF)
            device_.attach(next_);
    }
    left_.reset();
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

void DevicePort::prepare_handover() {
    const auto held = gate_.hold();
    device_.detach();
    had_driver_ = device_.migration_answer() == MigrationAnswer::Awaited;
}

std::optional<PortHandover> DevicePort::handover() {
    const auto held = gate_.hold();
    auto port = presentation_->handover(device_.regions());
    if (port) {
        port->interrupt_mask = device_.read_register(AVP_REGISTER_INTERRUPT_MASK);
        port->had_driver = had_driver_;
    }
    return port;
}

void DevicePort::cancel_handover() {
    // A driver that has not answered runs on with its memory as it is.
    attach(false);
}

}  // namespace vnf::avp
