// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a Device is made of. The parts that depend on the layout (pool, queues, control channel) are made anew by each
// attach; registers, what was agreed with the guest and the counters stay. Datapath in device_datapath.cpp, lanes in
// device_lanes.cpp, control requests in device_control.cpp, registers and migration in device_core.cpp.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "avp-host/device.hpp"
#include "avp-host/model/control_channel.hpp"
#include "avp-host/model/guest_rx_queue.hpp"
#include "avp-host/model/guest_tx_queue.hpp"

namespace vnf::avp {

class Device::Core {
  public:
    Core(const DeviceSettings& settings, DeviceRegions regions, InterruptLine& interrupts);

    std::size_t receive(std::span<Frame> frames) { return receive(all_, frames); }
    void done_with_received() { done_with_received(all_); }
    std::size_t transmit(std::span<const Frame> frames) { return transmit(all_, frames); }
    void poll();

    void set_lanes(std::size_t receive, std::size_t transmit);
    std::size_t transmit_lanes() const { return lanes_in_use_.load(std::memory_order_relaxed); }
    std::size_t receive_on(std::size_t lane, std::span<Frame> frames);
    void done_with_received_on(std::size_t lane);
    void poll_on(std::size_t lane);
    std::size_t transmit_on(std::size_t lane, std::span<const Frame> frames);
    bool wants_poll() const { return wants_poll_.load(std::memory_order_relaxed); }
    bool lacks_buffers() const { return lacks_buffers_.load(std::memory_order_relaxed); }

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
    const DeviceStatistics& statistics() const;
    const DeviceRegions& regions() const { return regions_; }
    const DeviceSettings& settings() const { return settings_; }

  private:
    /// Queues of one kind: the first, and every one `step` further, as far as they are in use.
    struct Share {
        std::size_t first = 0;
        std::size_t step = 1;
        std::size_t count = 0;

        std::size_t operator[](std::size_t i) const { return first + i * step; }
    };
    /// Queues that one thread serves at a time, and what it needs for them.
    struct alignas(64) Lane {
        Share tx;  ///< of the guest's
        Share rx;
        std::optional<BufferPool> pool;  ///< made by lay_out()
        std::size_t next_tx = 0;         ///< whose turn it is
        bool holds_frames = false;       ///< of the guest's, until done_with_received()
        bool is_broken = false;          ///< until poll() stops the device
        DeviceStatistics statistics;
        std::array<FrameHeader, kBurst> headers;
    };

    void lay_out();
    void make_pools();
    void share_out();
    bool has_broken_lane() const;
    template <typename Visitor>
    void visit_lanes(const Visitor& visit) {
        visit(all_);
        for (const auto* lanes : {&receivers_, &transmitters_}) {
            for (const auto& lane : *lanes)
                visit(*lane);
        }
    }
    void start_anew();
    void write_tables();
    bool replace_memory();
    void reclaim();
    void stop();
    void fail(Lane& lane);
    void raise(std::uint32_t bits);
    void acknowledge(std::uint32_t value);
    void count(Fault fault) { ++all_.statistics.faults[static_cast<std::size_t>(fault)]; }
    bool has_driver() const { return state_ == DeviceState::Down || state_ == DeviceState::Up; }
    bool has_feature(std::uint32_t feature) const { return (driver_.features & feature) != 0; }
    bool is_up(const Lane& lane) const { return state_ == DeviceState::Up && !lane.is_broken; }

    std::int32_t handle(const avp_request& request);
    std::int32_t configure(const avp_device_configuration& wanted);
    std::int32_t configure_interface(bool is_up);
    std::int32_t change_mtu(std::uint32_t mtu);

    std::uint32_t lending_limit() const;
    std::size_t receive(Lane& lane, std::span<Frame> frames);
    void done_with_received(Lane& lane);
    static void drop_received(Lane& lane, std::size_t queue, std::span<const Frame> frames);
    std::size_t transmit(Lane& lane, std::span<const Frame> frames);
    bool reap(Lane& lane);
    std::size_t transmit_burst(Lane& lane, std::span<const Frame> frames);
    bool put(Lane& lane, const Frame& frame, OutgoingFrame& outgoing);
    static std::size_t queue_of(const Lane& lane, Frame::Segment header);
    static bool drop(Lane& lane, std::size_t queue, Drop reason);
    void publish_to_guest(Lane& lane);
    void top_up(Lane& lane);
    bool find_buffers(Lane& lane);
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

    // All queues: what the device is when it has no lanes, and beside them when nobody is in one. Counters are gathered there.
    mutable Lane all_;
    std::vector<std::unique_ptr<Lane>> receivers_;
    std::vector<std::unique_ptr<Lane>> transmitters_;
    std::atomic<std::size_t> lanes_in_use_{1};  ///< of the transmitting ones
    std::atomic<bool> wants_poll_{false};
    std::atomic<bool> lacks_buffers_{false};

    // Made by lay_out().
    DeviceLayout layout_;
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

    // Registers and migration.
    std::uint32_t interrupt_mask_ = AVP_INTERRUPTS_OFF;
    std::uint32_t interrupt_status_ = 0;
    std::uint32_t migration_status_ = AVP_MIGRATION_NONE;
    MigrationAnswer answer_ = MigrationAnswer::None;
    bool had_driver_ = false;  ///< when it was told to detach
    bool link_is_up_ = true;
};

}  // namespace vnf::avp
