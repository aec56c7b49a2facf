// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One AVP device: its registers, rings, buffers, control requests and migration, with a guest behind it that is not
// trusted. Presentations (vfio-user, fake sysfs) bring register accesses and resets, a worker polls the rings; callers
// hold the port's gate, so nothing here is locked. What the guest did wrong is counted by name and costs this port only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "avp-host/device_memory.hpp"
#include "avp-host/device_settings.hpp"
#include "avp-host/device_statistics.hpp"
#include "avp-host/port.hpp"

namespace vnf::avp {

/// Where the device's interrupts go. Latched by whoever implements it until there is an eventfd.
class InterruptLine {
  public:
    virtual ~InterruptLine() = default;
    virtual void raise(unsigned vector) = 0;
};

enum class DeviceState {
    Waiting,   ///< no driver has configured it
    Down,      ///< configured, interface down
    Up,        ///< frames flow
    ShutDown,  ///< by the guest; a configuration starts it again
    Detached,  ///< for a migration
    Stopped,   ///< the guest broke a rule that leaves no way on; until a reset
};
std::string_view name_of(DeviceState state);

/// What became of the last detach() or attach().
enum class MigrationAnswer {
    None,      ///< nothing was asked since the start or the last reset
    Awaited,   ///< the guest has not answered yet
    Accepted,  ///< or there was no driver to ask
    Refused,   ///< the guest could not
};
std::string_view name_of(MigrationAnswer answer);

/// What the guest's driver told of itself by its last configuration.
struct GuestDriver {
    std::uint32_t kind = AVP_DRIVER_UNKNOWN;  ///< enum avp_driver, or whatever the guest wrote
    std::uint32_t version = 0;                ///< AVP_VERSION
    std::uint32_t features = 0;               ///< accepted ones of those offered
    std::uint16_t tx_queues = 0;
    std::uint16_t rx_queues = 0;
    std::optional<std::uint32_t> mtu;  ///< if it asked for one
};

class Device final : public Port {
  public:
    /// BAR 2 has memory_bytes(settings), the others what avp_abi.h says. `interrupts` outlives the device. Throws
    /// std::invalid_argument with what fault_of() says, or the region that is too small.
    Device(const DeviceSettings& settings, DeviceRegions regions, InterruptLine& interrupts);
    ~Device() override;

    static DeviceRegions sealed_regions(const DeviceSettings& settings);
    static std::size_t memory_bytes(const DeviceSettings& settings);  ///< of BAR 2

    std::size_t receive(std::span<Frame> frames) override;
    void done_with_received() override;
    std::size_t transmit(std::span<const Frame> frames) override;
    void poll() override;

    // Lanes, for several threads: each is served by one at a time, with its part of the gate held, and a thread in one does
    // not meet those in others. All other calls, poll() too, are for when nobody is in a lane.

    /// The guest's TX queues are spread over `receive` lanes, its RX queues over `transmit` lanes, up to AVP_MAX_QUEUES of
    /// either. 0 and 0, as at the start: none, and the calls above are for one thread.
    void set_lanes(std::size_t receive, std::size_t transmit);
    /// As many as the guest has queues for, at least 1. May change when a guest comes; then frames for a lane that is none
    /// any more are dropped, as is all while no guest is up. Any thread.
    std::size_t transmit_lanes() const;
    std::size_t receive_on(std::size_t lane, std::span<Frame> frames);
    void done_with_received_on(std::size_t lane);
    std::size_t transmit_on(std::size_t lane, std::span<const Frame> frames);
    /// Of a receiving lane. Lane 0 also looks for the guest's requests.
    void poll_on(std::size_t lane);
    /// A lane has met what only poll() can do: soon; any thread.
    bool wants_poll() const;
    /// A lane has no buffers for its queues, and others may have them: poll() gets them, when there is time; any thread.
    bool lacks_buffers() const;

    std::uint32_t read_register(std::uint64_t offset);  ///< unknown ones read 0
    void write_register(std::uint64_t offset, std::uint32_t value);
    /// The guest has reset the function: every buffer is the host's again, all as at the start.
    void reset();
    /// The guest is gone, and who comes next may be another: reset, with nothing of its memory left. Sealed regions are
    /// replaced, so that who keeps them mapped sees and changes nothing of the next guest's; files are overwritten. If
    /// there is no memory or descriptor for that, false: the device is Stopped, and reset() tries again.
    bool renew();

    /// Migration: the guest is told and acknowledges in its own time, see migration_answer(). Frames flow until it
    /// shuts the device down; the state is Detached once it has acknowledged, or at once if there is no driver.
    void detach();
    /// Lays the memory out anew, at other addresses, for settings of the same or smaller size, and tells the guest. In
    /// any state: who does not wait for the answer to detach() takes frames under way, and the guest's trust, away.
    /// Throws std::invalid_argument like the constructor; then nothing has changed.
    void attach(const DeviceSettings& settings);
    MigrationAnswer migration_answer() const;

    void set_link(bool is_up);
    bool link_is_up() const;

    DeviceState state() const;
    std::optional<GuestDriver> guest_driver() const;  ///< nothing before the first configuration
    const DeviceStatistics& statistics() const;
    const DeviceRegions& regions() const;
    const DeviceSettings& settings() const;

  private:
    class Core;
    std::unique_ptr<Core> core_;
};

}  // namespace vnf::avp
