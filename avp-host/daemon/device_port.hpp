// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An AVP device of this host with all that belongs to it: memory, interrupts, the gate between its worker and the
// control thread, and the presentation that shows it to a guest. The control thread's calls hold the gate
// themselves, and never for longer than one step takes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "avp-host/daemon/host_settings.hpp"
#include "avp-host/daemon/port_presentation.hpp"
#include "avp-host/device.hpp"
#include "avp-host/ports/attachment.hpp"

namespace vnf::avp {

/// All of one moment.
struct DeviceSnapshot {
    DeviceState state = DeviceState::Waiting;
    MigrationAnswer migration = MigrationAnswer::None;
    bool link_is_up = true;
    std::optional<GuestDriver> driver;
    DeviceStatistics statistics;
    DeviceSettings settings;
};

class DevicePort {
  public:
    /// Binds the socket, or makes the files; throws std::system_error that names it. With a predecessor's guest, if it
    /// left one.
    DevicePort(boost::asio::io_context& io, const DevicePortSettings& settings,
               const std::optional<PortHandover>& left = {});

    ~DevicePort() { stop(); }
    DevicePort(const DevicePort&) = delete;
    DevicePort& operator=(const DevicePort&) = delete;

    void start();
    /// The guest is let go.
    void stop() { presentation_->stop(); }

    Attachment& attachment() { return attachment_; }
    const Attachment& attachment() const { return attachment_; }
    const std::string& name() const { return attachment_.name(); }
    const PortPresentation& presentation() const { return *presentation_; }

    DeviceSnapshot snapshot();
    MigrationAnswer migration_answer();
    void detach();
    /// False, and nothing done, if the guest has not let go and is not to be forced. Throws std::invalid_argument if
    /// the settings, which were reloaded since, don't fit into the device's memory.
    bool attach(bool by_force);
    void set_link(bool is_up);
    /// For a successor: the guest is asked to let go, as for a migration.
    void prepare_handover();
    /// What to leave to it. Nothing if there is no guest any more, or not at this moment.
    std::optional<PortHandover> handover();
    /// It came to nothing: the guest gets its device back.
    void cancel_handover();
    /// What the device offers from its next attachment on.
    void set_next(const DeviceSettings& settings) { next_ = settings; }

  private:
    PortGate gate_;
    std::unique_ptr<PortPresentation> presentation_;
    std::optional<PortHandover> left_;  ///< until start()
    Device device_;
    Attachment attachment_;
    DeviceSettings next_;
    bool had_driver_ = false;  ///< when the handover was prepared
};

}  // namespace vnf::avp
