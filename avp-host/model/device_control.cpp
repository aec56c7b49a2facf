// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The guest's control requests. They may come in any order and repeatedly: both old drivers take the interface down
// after they have shut the device down. Specification 1.9.
#include <algorithm>
#include <cerrno>

#include "avp-host/model/device_core.hpp"
#include "avp-host/model/tables.hpp"

namespace vnf::avp {
namespace {

constexpr std::uint32_t kLeastMtu = 68;           // IPv4's own
constexpr std::uint32_t kHeaderAndTagBytes = 18;  // a limit on frames counts both

}  // namespace

void Device::Core::poll() {
    wants_poll_.store(false, std::memory_order_relaxed);
    lacks_buffers_.store(false, std::memory_order_relaxed);
    if (!receivers_.empty() && has_broken_lane()) [[unlikely]]
        stop();
    if (state_ == DeviceState::Stopped || state_ == DeviceState::Detached)
        return;
    if (const auto request = control_->next(all_.statistics)) [[unlikely]] {
        ++all_.statistics.requests;
        control_->answer(handle(*request));
    } else if (control_->is_broken()) [[unlikely]] {
        stop();
    }
    if (has_driver())
        top_up(all_);
}

std::int32_t Device::Core::handle(const avp_request& request) {
    switch (request.id) {
        case AVP_REQUEST_CHANGE_MTU:
            return change_mtu(request.payload.mtu);
        case AVP_REQUEST_CONFIGURE_INTERFACE:
            return configure_interface(request.payload.is_up != 0);
        case AVP_REQUEST_CONFIGURE_DEVICE:
            return configure(request.payload.device);
        case AVP_REQUEST_SHUTDOWN_DEVICE:
            reclaim();
            state_ = DeviceState::ShutDown;
            return 0;
        default:
            count(Fault::RequestUnknown);
            return -EOPNOTSUPP;
    }
}

std::int32_t Device::Core::configure(const avp_device_configuration& wanted) {
    const QueueRange& rx = settings_.rx_queues;
    // A driver may use fewer TX queues than recommended or minimum; of RX queues it serves the minimum in any case.
    if (wanted.tx_queues < 1 || wanted.tx_queues > settings_.tx_queues.maximum ||
        wanted.rx_queues < rx.minimum || wanted.rx_queues > rx.maximum) {
        count(Fault::RequestQueues);
        return -EINVAL;
    }
    if ((wanted.features & ~offered_features(settings_)) != 0) {
        count(Fault::RequestFeatures);
        return -EINVAL;
    }
    driver_.kind = wanted.driver;
    driver_.version = wanted.driver_version;
    driver_.features = wanted.features;
    driver_.tx_queues = wanted.tx_queues;
    driver_.rx_queues = wanted.rx_queues;
    was_configured_ = true;
    rules_.vlan_negotiated = has_feature(AVP_FEATURE_VLAN_OFFLOAD);
    rules_.keeps_descriptors = has_feature(AVP_FEATURE_KEPT_DESCRIPTORS);
    tx_queues_ = wanted.tx_queues;
    rx_queues_ = wanted.rx_queues;
    share_out();
    lending_limit_ = lending_limit();
    state_ = wanted.is_up != 0 ? DeviceState::Up : DeviceState::Down;
    return 0;
}

// Half of the pool at most is for what the guest sends, so that it can always receive; but one frame of each queue
// must be possible.
std::uint32_t Device::Core::lending_limit() const {
    const auto share = static_cast<std::uint32_t>(settings_.buffers / 2 / tx_queues_);
    return std::min(settings_.ring_slots - 1, std::max(share, std::uint32_t{AVP_MAX_SEGMENTS}));
}

std::int32_t Device::Core::configure_interface(bool is_up) {
    if (has_driver()) {
        state_ = is_up ? DeviceState::Up : DeviceState::Down;
        return 0;
    }
    if (!is_up)
        return 0;
    count(Fault::RequestOrder);
    return -ENODEV;
}

std::int32_t Device::Core::change_mtu(std::uint32_t mtu) {
    if (mtu < kLeastMtu || mtu > settings_.max_frame_bytes - kHeaderAndTagBytes) {
        count(Fault::RequestMtu);
        return -EINVAL;
    }
    driver_.mtu = mtu;
    return 0;
}

}  // namespace vnf::avp
