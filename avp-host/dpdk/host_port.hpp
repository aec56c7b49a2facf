// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One net_avp_host port: the device, its gate, its vfio-user server on a control thread, and what the lcores count. No
// EAL here: the queues bring mbufs, ethdev.cpp what an application asks.
//
// Policy. Each receive queue is a lane of the device and of its gate, and so is each transmit queue, as far as the guest
// has a queue for it: lcores at different queues meet only where buffers run out. The guest's control requests are
// answered by the lcore that polls queue 0; where none does (forwarding has not begun, or the application only sends), the
// control thread does every few milliseconds. The guest's link is up while the port is started and not set down.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "avp-host/device.hpp"
#include "avp-host/dpdk/devargs.hpp"
#include "avp-host/port_gate.hpp"
#include "avp-host/presentation/interrupt_events.hpp"

namespace vnf::avp::dpdk {

/// Of the queues, under the gate; the device counts the rest.
struct PortCounters {
    std::uint64_t rx_frames = 0;
    std::uint64_t rx_bytes = 0;
    std::uint64_t rx_too_long = 0;  ///< from the guest, beyond the MTU
    std::uint64_t rx_no_mbuf = 0;   ///< a burst found fewer mbufs than it wanted
    std::uint64_t tx_too_long = 0;  ///< longer than any frame of any device
};

/// What a transmit queue needs while it has its lane.
struct alignas(128) TransmitLane {
    std::array<Frame, kBurst> frames;
    std::array<std::byte, AVP_MAX_FRAME_BYTES> flat;
    PortCounters counters;
};

/// All of one moment, since the last reset of the statistics.
struct PortStatistics {
    PortCounters queues;                                    ///< all together
    std::array<std::uint64_t, AVP_MAX_QUEUES> rx_frames{};  ///< of each receive queue
    DeviceStatistics device;
};

/// What an operator is told.
struct PortMigration {
    DeviceState state = DeviceState::Waiting;
    bool link_is_up = false;
    MigrationAnswer answer = MigrationAnswer::None;
    std::optional<GuestDriver> guest;
};

class HostPort {
  public:
    /// Binds the socket; throws std::system_error that names it. `on_link_change` is called by the control thread.
    HostPort(const std::string& name, const HostPortSettings& settings, std::function<void()> on_link_change);
    /// The guest is let go, the socket removed.
    ~HostPort();
    HostPort(const HostPort&) = delete;
    HostPort& operator=(const HostPort&) = delete;

    // Any thread of the application.
    /// Nobody is in a queue meanwhile.
    void start(std::size_t rx_queues, std::size_t tx_queues, bool tells_link);
    void stop();
    void set_link(bool is_up);
    /// Frames flow: the guest's driver is up, and so is the link.
    bool link_is_up() const { return carries_.load(std::memory_order_relaxed); }
    void set_frame_limit(std::uint32_t bytes);
    /// A migration's steps, which the guest answers in its own time, see migration().
    void detach();
    /// False if the device is not detached and that is not forced.
    bool attach(bool by_force);
    PortMigration migration();
    PortStatistics statistics();
    void reset_statistics();
    const DeviceSettings& settings() const { return settings_; }

    // The queues, with their lane of the gate held, but for what takes it.
    PortGate& gate() { return gate_; }
    std::unique_lock<std::mutex> try_receive(std::size_t queue) { return gate_.try_hold(queue); }
    std::unique_lock<std::mutex> hold_transmit(std::size_t lane) {
        return gate_.hold_lane(AVP_MAX_QUEUES + lane);
    }
    Device& device() { return device_; }
    PortCounters& rx_counters(std::size_t queue) { return rx_counters_[queue].counters; }
    TransmitLane& transmit_lane(std::size_t lane) { return transmit_lanes_[lane]; }
    std::uint32_t frame_limit() const { return frame_limit_; }
    void poll(std::size_t queue) {
        device_.poll_on(queue);
        if (queue != 0)
            return;
        was_polled_.store(true, std::memory_order_relaxed);
        note_state();
    }
    /// Without the gate, after a burst.
    void attend() {
        if (device_.wants_poll()) [[unlikely]]
            poll_all();
    }

  private:
    class ControlThread;

    void note_state() {
        const bool carries = device_.state() == DeviceState::Up && device_.link_is_up();
        if (carries != carries_.load(std::memory_order_relaxed)) [[unlikely]]
            carries_.store(carries, std::memory_order_relaxed);
    }
    void apply_link();
    void poll_all();
    PortStatistics counted() const;
    /// Control thread.
    void look();

    const DeviceSettings settings_;
    PortGate gate_{std::size_t{2} * AVP_MAX_QUEUES};  ///< receive queues, then transmit lanes
    InterruptEvents interrupts_;
    Device device_;
    struct alignas(128) QueueCounters {
        PortCounters counters;
    };
    std::array<QueueCounters, AVP_MAX_QUEUES> rx_counters_;
    std::vector<TransmitLane> transmit_lanes_;
    PortStatistics before_;  ///< what stood when the statistics were reset
    std::uint32_t frame_limit_;
    bool is_started_ = false;
    bool wants_link_ = true;

    std::atomic<bool> carries_{false};
    std::atomic<bool> was_polled_{false};
    std::function<void()> on_link_change_;
    std::atomic<bool> tells_link_{false};  ///< started, and the application wants to hear of the link
    bool told_link_ = false;
    std::unique_ptr<ControlThread> control_;
};

}  // namespace vnf::avp::dpdk
