// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The queues spread over lanes, for threads that serve some of them at the same time. What concerns all queues (states,
// requests, a ring that is none) is changed only while nobody is in a lane: a lane that finds such a thing asks for it.
#include <algorithm>
#include <functional>
#include <utility>

#include "avp-host/model/device_core.hpp"

namespace vnf::avp {
namespace {

/// How many of `queues` have the numbers first, first + step, ...
std::size_t count_from(std::size_t first, std::size_t step, std::size_t queues) {
    return first < queues ? (queues - first + step - 1) / step : 0;
}

/// Nothing but counters.
void add(DeviceStatistics& sum, const DeviceStatistics& part) {
    const auto add_queues = [](auto& all, const auto& some) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].frames += some[i].frames;
            all[i].bytes += some[i].bytes;
            all[i].dropped += some[i].dropped;
        }
    };
    const auto add_numbers = [](auto& all, const auto& some) {
        std::transform(all.begin(), all.end(), some.begin(), all.begin(), std::plus<>());
    };
    add_queues(sum.from_guest, part.from_guest);
    add_queues(sum.to_guest, part.to_guest);
    add_numbers(sum.faults, part.faults);
    add_numbers(sum.drops, part.drops);
    sum.requests += part.requests;
    sum.resets += part.resets;
    sum.rx_interrupts += part.rx_interrupts;
}

}  // namespace

void Device::Core::set_lanes(std::size_t receive, std::size_t transmit) {
    using Lanes = std::vector<std::unique_ptr<Lane>>;
    const auto make = [](std::size_t count) {
        Lanes lanes(std::min<std::size_t>(count, AVP_MAX_QUEUES));
        for (auto& lane : lanes)
            lane = std::make_unique<Lane>();
        return lanes;
    };
    Lanes receivers = make(receive);
    Lanes transmitters = make(transmit);
    visit_lanes([this](Lane& lane) { done_with_received(lane); });
    if (has_broken_lane())
        stop();
    (void)statistics();
    visit_lanes([](Lane& lane) { lane.pool->keep_at_most(0); });
    receivers_ = std::move(receivers);
    transmitters_ = std::move(transmitters);
    make_pools();
    share_out();
}

/// All lanes together keep at most a quarter of the buffers from each other.
void Device::Core::make_pools() {
    const std::size_t lanes = receivers_.size() + transmitters_.size();
    const std::size_t keeps = lanes == 0 ? settings_.buffers : settings_.buffers / 4 / (lanes + 1);
    visit_lanes([this, keeps](Lane& lane) {
        if (&lane != &all_)
            lane.pool.emplace(*all_.pool, keeps);
    });
    all_.pool->keep_at_most(keeps);
}

/// Gives each lane its part of the queues in use.
void Device::Core::share_out() {
    visit_lanes([](Lane& lane) { lane.next_tx = 0; });
    all_.tx = {0, 1, tx_queues_};
    all_.rx = {0, 1, rx_queues_};
    for (std::size_t i = 0; i < receivers_.size(); ++i)
        receivers_[i]->tx = {i, receivers_.size(), count_from(i, receivers_.size(), tx_queues_)};
    const std::size_t in_use =
        std::max<std::size_t>(1, std::min<std::size_t>(transmitters_.size(), rx_queues_));
    for (std::size_t i = 0; i < transmitters_.size(); ++i)
        transmitters_[i]->rx = i < in_use ? Share{i, in_use, count_from(i, in_use, rx_queues_)} : Share{};
    lanes_in_use_.store(in_use, std::memory_order_relaxed);
}

const DeviceStatistics& Device::Core::statistics() const {
    for (const auto* lanes : {&receivers_, &transmitters_}) {
        for (const auto& lane : *lanes) {
            add(all_.statistics, lane->statistics);
            lane->statistics = {};
        }
    }
    return all_.statistics;
}

void Device::Core::fail(Lane& lane) {
    if (&lane == &all_)
        return stop();
    lane.is_broken = true;
    wants_poll_.store(true, std::memory_order_relaxed);
}

bool Device::Core::has_broken_lane() const {
    const auto is_broken = [](const std::unique_ptr<Lane>& lane) {
        return lane->is_broken;
    };
    return std::any_of(receivers_.begin(), receivers_.end(), is_broken) ||
           std::any_of(transmitters_.begin(), transmitters_.end(), is_broken);
}

std::size_t Device::Core::receive_on(std::size_t lane, std::span<Frame> frames) {
    return lane < receivers_.size() ? receive(*receivers_[lane], frames) : 0;
}

void Device::Core::done_with_received_on(std::size_t lane) {
    if (lane < receivers_.size())
        done_with_received(*receivers_[lane]);
}

void Device::Core::poll_on(std::size_t lane) {
    if (lane >= receivers_.size() || state_ == DeviceState::Stopped || state_ == DeviceState::Detached)
        return;
    if (lane == 0 && control_->is_asked()) [[unlikely]]
        wants_poll_.store(true, std::memory_order_relaxed);
    if (has_driver())
        top_up(*receivers_[lane]);
}

std::size_t Device::Core::transmit_on(std::size_t lane, std::span<const Frame> frames) {
    return lane < transmitters_.size() ? transmit(*transmitters_[lane], frames) : 0;
}

}  // namespace vnf::avp
