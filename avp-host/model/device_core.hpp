// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a Device is made of. The parts that depend on the layout (pool, queues, control channel) are made anew by each
// attach; registers, what was agreed with the guest and the counters stay. Datapath in device_datapath.cpp, control
// requests in device_control.cpp, registers and migration in device_core.cpp.
#pragma once

#include <array>
#include <optional>

#include "avp-host/device.hpp"
#include "avp-host/model/control_channel.hpp"
#include "avp-host/model/guest_rx_queue.hpp"
#include "avp-host/model/guest_tx_queue.hpp"

namespace vnf::avp {

class Device::Core {
  public:
    Core(const DeviceSettings& settings, DeviceRegions regions, InterruptLine& interrupts);

    std::size_t receive(std::span<Frame> frames);
    void done_with_received();
    std::size_t transmit(std::span<const Frame> frames);
    void poll();

    std::uint32_t read_register(std::uint64_t offset);
    void write_register(std::uint64_t offset, std::uint32_t value);
    void reset();
    bool renew();
    void detach();
    void attach(const DeviceSettings& settings);
    void set_link(bool is_up);

    MigrationAnswer migration_answer() const { return answer_; }
    bool link_is_up() const { return link_is_up_; }
    DeviceState state() const { return state_; }
    std::optional<GuestDriver> guest_driver() const;
    const DeviceStatistics& statistics() const { return statistics_; }
    const DeviceRegions& regions() const { return regions_; }
    const DeviceSettings& settings() const { return settings_; }

  private:
    void lay_out();
    void start_anew();
    void write_tables();
    bool replace_memory();
    void reclaim();
    void stop();
    void raise(std::uint32_t bits);
    void acknowledge(std::uint32_t value);
    void count(Fault fault) { ++statistics_.faults[static_cast<std::size_t>(fault)]; }
    bool has_driver() const { return state_ == DeviceState::Down || state_ == DeviceState::Up; }
    bool has_feature(std::uint32_t feature) const { return (driver_.features & feature) != 0; }
    bool carries_frames() const { return state_ == DeviceState::Up && link_is_up_; }

    std::int32_t handle(const avp_request& request);
    std::int32_t configure(const avp_device_configuration& wanted);
    std::int32_t configure_interface(bool is_up);
    std::int32_t change_mtu(std::uint32_t mtu);

    std::uint32_t lending_limit() const;
    void drop_received(std::size_t queue, std::span<const Frame> frames);
    bool reap();
    std::size_t transmit_burst(std::span<const Frame> frames);
    bool put(const Frame& frame, OutgoingFrame& outgoing);
    std::size_t queue_of(Frame::Segment header) const;
    bool drop(std::size_t queue, Drop reason);
    void publish_to_guest();
    void top_up();
    template <typename Number>
    auto* at(std::uint64_t offset) const {
        return reinterpret_cast<Number*>(regions_.memory.bytes().data() + offset);
    }

    DeviceSettings settings_;
    DeviceRegions regions_;
    bool shares_memory_ = false;  ///< with a guest that is gone: its regions could not be replaced
    InterruptLine& interrupts_;
    std::uint32_t generation_;
    DeviceState state_ = DeviceState::Waiting;
    DeviceStatistics statistics_;

    // Made by lay_out().
    DeviceLayout layout_;
    std::optional<BufferPool> pool_;
    std::optional<ControlChannel> control_;
    std::array<GuestTxQueue, AVP_MAX_QUEUES> tx_;
    std::array<GuestRxQueue, AVP_MAX_QUEUES> rx_;

    // Agreed with the guest.
    GuestDriver driver_;
    bool was_configured_ = false;
    FrameRules rules_;
    std::size_t tx_queues_ = 0;  ///< in use
    std::size_t rx_queues_ = 0;
    std::uint32_t lending_limit_ = 0;  ///< buffers that one TX queue of the guest may have
    std::size_t next_tx_ = 0;          ///< whose turn it is
    bool holds_frames_ = false;        ///< of the guest's, until done_with_received()
    std::array<FrameHeader, kBurst> headers_;

    // Registers and migration.
    std::uint32_t interrupt_mask_ = AVP_INTERRUPTS_OFF;
    std::uint32_t interrupt_status_ = 0;
    std::uint32_t migration_status_ = AVP_MIGRATION_NONE;
    MigrationAnswer answer_ = MigrationAnswer::None;
    bool had_driver_ = false;  ///< when it was told to detach
    bool link_is_up_ = true;
};

}  // namespace vnf::avp
