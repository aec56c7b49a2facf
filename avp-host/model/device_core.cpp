// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/device_core.hpp"

#include <bit>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "avp-host/model/tables.hpp"

namespace vnf::avp {
namespace {

void require(const DeviceSettings& settings, const DeviceRegions& regions) {
    if (const auto fault = fault_of(settings))
        throw std::invalid_argument(*fault);
    const auto check = [](const char* name, const Region& region, std::size_t needed) {
        if (region.bytes().size() < needed)
            throw std::invalid_argument(std::string(name) + ": " + std::to_string(region.bytes().size()) +
                                        " bytes, at least " + std::to_string(needed) + " needed");
    };
    check("memory", regions.memory, Device::memory_bytes(settings));
    check("memory_map", regions.memory_map, AVP_MEMORY_MAP_BAR_BYTES);
    check("device_info", regions.device_info, AVP_DEVICE_INFO_BAR_BYTES);
}

}  // namespace

Device::Core::Core(const DeviceSettings& settings, DeviceRegions regions, InterruptLine& interrupts)
    : settings_(settings),
      regions_(std::move(regions)),
      interrupts_(interrupts),
      // So that a successor in another process gives out other addresses.
      generation_(std::random_device{}()) {
    require(settings_, regions_);
    lay_out();
}

void Device::Core::lay_out() {
    const auto addresses = AddressPlan::of_generation(generation_);
    const auto memory = regions_.memory.bytes();
    layout_ = layout_of(settings_);
    all_.pool.emplace(memory.subspan(layout_.pool, layout_.pool_bytes), addresses.virtual_of(layout_.pool),
                      settings_, layout_);
    make_pools();
    control_.emplace(at<avp_fifo>(layout_.request), at<avp_fifo>(layout_.response),
                     memory.data() + layout_.sync, addresses.virtual_of(layout_.sync));
    for (std::size_t i = 0; i < layout_.tx.count; ++i)
        tx_[i] = GuestTxQueue(i, at<avp_fifo>(layout_.tx.at(i)), at<avp_fifo>(layout_.alloc.at(i)),
                              settings_.ring_slots);
    for (std::size_t i = 0; i < layout_.rx.count; ++i)
        rx_[i] = GuestRxQueue(i, at<avp_fifo>(layout_.rx.at(i)), at<avp_fifo>(layout_.free.at(i)),
                              at<std::uint32_t>(layout_.rx.at(i) + layout_.rx.stride - AVP_ARM_BYTES),
                              settings_.ring_slots);
    reclaim();
    write_tables();
}

void Device::Core::write_tables() {
    const auto addresses = AddressPlan::of_generation(generation_);
    write_memory_map(regions_.memory_map.bytes(), layout_, addresses);
    write_device_info(regions_.device_info.bytes(), settings_, layout_, addresses);
}

/// Nothing is agreed with the guest any more, its rings are empty and every buffer is the host's.
void Device::Core::reclaim() {
    visit_lanes([](Lane& lane) {
        lane.pool->forget();
        lane.next_tx = 0;
        lane.holds_frames = false;
        lane.is_broken = false;
    });
    all_.pool->reclaim_all();
    for (std::size_t i = 0; i < layout_.tx.count; ++i)
        tx_[i].clear();
    for (std::size_t i = 0; i < layout_.rx.count; ++i)
        rx_[i].clear();
    driver_.features = 0;
    rules_ = {.max_frame_bytes = settings_.max_frame_bytes};
    tx_queues_ = 0;
    rx_queues_ = 0;
    share_out();
}

void Device::Core::stop() {
    count(Fault::RingIndex);
    reclaim();
    state_ = DeviceState::Stopped;
}

/// The old regions are wiped first: who keeps them mapped must not keep our memory too.
bool Device::Core::replace_memory() {
    for (Region* region : {&regions_.memory, &regions_.memory_map, &regions_.device_info})
        region->wipe();
    if (!regions_.memory.is_sealed())
        return true;
    try {
        const auto fresh = [](const char* name, const Region& old) {
            return Region::sealed_memory(name, old.bytes().size());
        };
        regions_ =
            DeviceRegions{fresh("avp-memory", regions_.memory), fresh("avp-memory-map", regions_.memory_map),
                          fresh("avp-device-info", regions_.device_info)};
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

bool Device::Core::renew() {
    shares_memory_ = true;
    reset();
    return !shares_memory_;
}

void Device::Core::reset() {
    ++all_.statistics.resets;
    driver_ = {};
    was_configured_ = false;
    interrupt_mask_ = AVP_INTERRUPTS_OFF;
    interrupt_status_ = 0;
    migration_status_ = AVP_MIGRATION_NONE;
    answer_ = MigrationAnswer::None;
    had_driver_ = false;
    start_anew();
}

void Device::Core::start_anew() {
    if (shares_memory_)
        shares_memory_ = !replace_memory();
    lay_out();
    state_ = shares_memory_ ? DeviceState::Stopped : DeviceState::Waiting;
}

std::uint32_t Device::Core::read_register(std::uint64_t offset) {
    switch (offset) {
        case AVP_REGISTER_INTERRUPT_MASK:
            return interrupt_mask_;
        case AVP_REGISTER_INTERRUPT_STATUS:
            return std::exchange(interrupt_status_, 0);
        case AVP_REGISTER_MIGRATION_STATUS:
            return migration_status_;
        case AVP_REGISTER_LINK:
            return has_feature(AVP_FEATURE_LINK) && link_is_up_ ? 1 : 0;
        default:
            return 0;
    }
}

void Device::Core::write_register(std::uint64_t offset, std::uint32_t value) {
    switch (offset) {
        case AVP_REGISTER_INTERRUPT_MASK:
            interrupt_mask_ = value;
            // What came while interrupts were off is told now.
            if ((interrupt_status_ & interrupt_mask_) != 0)
                interrupts_.raise(AVP_VECTOR_STATUS);
            break;
        case AVP_REGISTER_MIGRATION_ACK:
            acknowledge(value);
            break;
        default:
            count(Fault::RegisterWrite);
            break;
    }
}

void Device::Core::raise(std::uint32_t bits) {
    interrupt_status_ |= bits;
    if ((bits & interrupt_mask_) != 0)
        interrupts_.raise(AVP_VECTOR_STATUS);
}

void Device::Core::detach() {
    had_driver_ = has_driver();
    migration_status_ = AVP_MIGRATION_DETACHED;
    answer_ = had_driver_ ? MigrationAnswer::Awaited : MigrationAnswer::Accepted;
    if (!had_driver_) {
        reclaim();
        state_ = DeviceState::Detached;
    }
    raise(AVP_INTERRUPT_MIGRATION);
}

void Device::Core::attach(const DeviceSettings& settings) {
    require(settings, regions_);
    had_driver_ = had_driver_ || has_driver();
    settings_ = settings;
    ++generation_;
    migration_status_ = AVP_MIGRATION_ATTACHED;
    answer_ = had_driver_ ? MigrationAnswer::Awaited : MigrationAnswer::Accepted;
    start_anew();
    raise(AVP_INTERRUPT_MIGRATION);
}

void Device::Core::acknowledge(std::uint32_t value) {
    const bool is_awaited = answer_ == MigrationAnswer::Awaited;
    if (value == AVP_MIGRATION_ERROR && is_awaited) {
        count(Fault::AckRefused);
        answer_ = MigrationAnswer::Refused;
        // A guest that could not let go runs on, and no driver that comes later is to think that it must not.
        if (migration_status_ == AVP_MIGRATION_DETACHED)
            migration_status_ = AVP_MIGRATION_NONE;
        return;
    }
    // A driver that comes while the device is detached echoes that too, without having been asked.
    const bool is_echo = value == migration_status_ && answer_ == MigrationAnswer::Accepted;
    if (value != migration_status_ || (!is_awaited && !is_echo)) {
        count(Fault::AckUnexpected);
        return;
    }
    answer_ = MigrationAnswer::Accepted;
    if (value == AVP_MIGRATION_DETACHED && state_ != DeviceState::Detached) {
        reclaim();
        state_ = DeviceState::Detached;
    }
}

void Device::Core::set_link(bool is_up) {
    if (is_up == link_is_up_)
        return;
    link_is_up_ = is_up;
    if (has_feature(AVP_FEATURE_LINK))
        raise(AVP_INTERRUPT_LINK);
}

std::optional<GuestDriver> Device::Core::guest_driver() const {
    return was_configured_ ? std::optional(driver_) : std::nullopt;
}

}  // namespace vnf::avp
