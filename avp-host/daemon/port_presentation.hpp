// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How one port is shown to its guest, whichever way its settings say: by a vfio-user socket or by files.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <optional>

#include "avp-host/daemon/handover.hpp"
#include "avp-host/daemon/host_settings.hpp"
#include "avp-host/device.hpp"
#include "avp-host/port_gate.hpp"

namespace vnf::avp {

class PortPresentation {
  public:
    virtual ~PortPresentation() = default;

    /// Before the device: what a predecessor left for this port. False, and the descriptors are closed, if it is not to be
    /// used.
    virtual bool succeed(const PortHandover& handover, const DeviceSettings& settings) = 0;
    /// Before the device: what it is made of. Once.
    virtual DeviceRegions make_regions(const DeviceSettings& settings) = 0;
    virtual InterruptLine& interrupts() = 0;
    /// When there is a device. Throws std::system_error that names the socket if it can't be bound.
    virtual void bind(Device& device, PortGate& gate) = 0;
    virtual void start() = 0;
    /// The guest is let go. The device is not used any more.
    virtual void stop() = 0;

    virtual bool has_guest() const = 0;
    virtual bool can_be_handed_over() const = 0;
    /// Client and memory, without what the device knows. Nothing if there is no guest, or not at this moment.
    virtual std::optional<PortHandover> handover(const DeviceRegions& regions) const = 0;
    virtual boost::json::object document() const = 0;
};

/// Throws std::system_error that names the file if files can't be made.
std::unique_ptr<PortPresentation> make_presentation(boost::asio::io_context& io,
                                                    const DevicePortSettings& settings);

}  // namespace vnf::avp
