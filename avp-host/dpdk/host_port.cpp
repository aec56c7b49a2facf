// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See host_port.hpp. The control thread is EAL's kind, so that it stays off the lcores' processors.
#include "avp-host/dpdk/host_port.hpp"

#include <rte_lcore.h>
#include <rte_thread.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <system_error>

#include "avp-host/presentation/vfio_user_server.hpp"
#include "runtime/log.hpp"

namespace vnf::avp::dpdk {
namespace {

/// A driver of a guest looks for its answer every 5 ms, for 500.
constexpr runtime::Milliseconds look_interval{10};

VfioUserServerOptions server_options(const std::string& name, const HostPortSettings& settings) {
    VfioUserServerOptions options;
    options.name = name;
    options.socket.path = settings.socket;
    options.socket.group = settings.group;
    if (settings.group)
        options.socket.allow.gids.push_back(*settings.group);
    return options;
}

/// Nothing but counters, each a 64-bit number.
PortStatistics difference(const PortStatistics& now, const PortStatistics& before) {
    using Numbers = std::array<std::uint64_t, sizeof(PortStatistics) / sizeof(std::uint64_t)>;
    auto numbers = std::bit_cast<Numbers>(now);
    const auto others = std::bit_cast<Numbers>(before);
    std::transform(numbers.begin(), numbers.end(), others.begin(), numbers.begin(), std::minus<>());
    return std::bit_cast<PortStatistics>(numbers);
}

}  // namespace

class HostPort::ControlThread {
  public:
    ControlThread(HostPort& port, const std::string& name, const HostPortSettings& settings)
        : port_(port),
          server_(io_, server_options(name, settings), {port.device_, port.gate_, port.interrupts_}),
          timer_(io_) {
        server_.start();
        wait();
        const int error = rte_ctrl_thread_create(
            &thread_, name.substr(0, RTE_MAX_THREAD_NAME_LEN - 1).c_str(), nullptr,
            [](void* self) -> void* {
                static_cast<ControlThread*>(self)->run();
                return nullptr;
            },
            this);
        if (error != 0)
            throw std::system_error(-error, std::generic_category(), "control thread");
    }
    ControlThread(const ControlThread&) = delete;
    ControlThread& operator=(const ControlThread&) = delete;
    ~ControlThread() {
        boost::asio::post(io_, [this] {
            server_.stop();
            timer_.cancel();
            io_.stop();
        });
        pthread_join(thread_, nullptr);
    }

  private:
    /// What one handler throws (memory) costs that handler.
    void run() {
        for (bool again = true; again;) {
            try {
                io_.run();
                again = false;
            } catch (const std::exception& error) {
                runtime::log_error("control thread", {{"error", error.what()}});
            }
        }
    }

    void wait() {
        timer_.expires_after(look_interval);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error)
                return;
            wait();
            port_.look();
        });
    }

    HostPort& port_;
    boost::asio::io_context io_{1};
    VfioUserServer server_;
    boost::asio::steady_timer timer_;
    pthread_t thread_{};
};

HostPort::HostPort(const std::string& name, const HostPortSettings& settings,
                   std::function<void()> on_link_change)
    : settings_(settings.device),
      device_(settings_, Device::sealed_regions(settings_), interrupts_),
      transmit_lanes_(AVP_MAX_QUEUES),
      frame_limit_(settings_.max_frame_bytes),
      on_link_change_(std::move(on_link_change)) {
    device_.set_link(false);
    control_ = std::make_unique<ControlThread>(*this, name, settings);
}

HostPort::~HostPort() = default;

void HostPort::look() {
    const bool was_polled = was_polled_.exchange(false, std::memory_order_relaxed);
    if (!was_polled || device_.wants_poll() || device_.lacks_buffers())
        poll_all();
    if (const bool is_up = link_is_up(); is_up != told_link_) {
        told_link_ = is_up;
        if (tells_link_)
            on_link_change_();
    }
}

void HostPort::poll_all() {
    const auto held = gate_.hold();
    device_.poll();
    note_state();
}

void HostPort::apply_link() {
    const auto held = gate_.hold();
    device_.set_link(is_started_ && wants_link_);
    note_state();
}

void HostPort::start(std::size_t rx_queues, std::size_t tx_queues, bool tells_link) {
    {
        const auto held = gate_.hold();
        device_.set_lanes(rx_queues, tx_queues);
    }
    is_started_ = true;
    tells_link_ = tells_link;
    apply_link();
}

void HostPort::stop() {
    is_started_ = false;
    tells_link_ = false;
    apply_link();
}

void HostPort::set_link(bool is_up) {
    wants_link_ = is_up;
    apply_link();
}

void HostPort::set_frame_limit(std::uint32_t bytes) {
    const auto held = gate_.hold();
    frame_limit_ = bytes;
}

void HostPort::detach() {
    const auto held = gate_.hold();
    device_.detach();
    note_state();
}

bool HostPort::attach(bool by_force) {
    const auto held = gate_.hold();
    if (device_.state() != DeviceState::Detached && !by_force)
        return false;
    device_.attach(settings_);
    note_state();
    return true;
}

PortMigration HostPort::migration() {
    const auto held = gate_.hold();
    return {device_.state(), device_.link_is_up(), device_.migration_answer(), device_.guest_driver()};
}

/// With the gate held.
PortStatistics HostPort::counted() const {
    PortStatistics all;
    const auto add = [&all](const PortCounters& some) {
        all.queues.rx_frames += some.rx_frames;
        all.queues.rx_bytes += some.rx_bytes;
        all.queues.rx_too_long += some.rx_too_long;
        all.queues.rx_no_mbuf += some.rx_no_mbuf;
        all.queues.tx_too_long += some.tx_too_long;
    };
    for (std::size_t queue = 0; queue < rx_counters_.size(); ++queue) {
        all.rx_frames[queue] = rx_counters_[queue].counters.rx_frames;
        add(rx_counters_[queue].counters);
    }
    for (const TransmitLane& lane : transmit_lanes_)
        add(lane.counters);
    all.device = device_.statistics();
    return all;
}

PortStatistics HostPort::statistics() {
    const auto held = gate_.hold();
    return difference(counted(), before_);
}

void HostPort::reset_statistics() {
    const auto held = gate_.hold();
    before_ = counted();
}

}  // namespace vnf::avp::dpdk
