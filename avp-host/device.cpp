// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/device.hpp"

#include <bit>
#include <utility>

#include "avp-host/model/device_core.hpp"

namespace vnf::avp {

Device::Device(const DeviceSettings& settings, DeviceRegions regions, InterruptLine& interrupts)
    : core_(std::make_unique<Core>(settings, std::move(regions), interrupts)) {}

Device::~Device() = default;

DeviceRegions Device::sealed_regions(const DeviceSettings& settings) {
    return {Region::sealed_memory("avp-memory", memory_bytes(settings)),
            Region::sealed_memory("avp-memory-map", AVP_MEMORY_MAP_BAR_BYTES),
            Region::sealed_memory("avp-device-info", AVP_DEVICE_INFO_BAR_BYTES)};
}

std::size_t Device::memory_bytes(const DeviceSettings& settings) {
    return std::bit_ceil(layout_of(settings).bytes);
}

std::size_t Device::receive(std::span<Frame> frames) {
    return core_->receive(frames);
}

void Device::done_with_received() {
    core_->done_with_received();
}

std::size_t Device::transmit(std::span<const Frame> frames) {
    return core_->transmit(frames);
}

void Device::poll() {
    core_->poll();
}

void Device::set_lanes(std::size_t receive, std::size_t transmit) {
    core_->set_lanes(receive, transmit);
}

std::size_t Device::transmit_lanes() const {
    return core_->transmit_lanes();
}

std::size_t Device::receive_on(std::size_t lane, std::span<Frame> frames) {
    return core_->receive_on(lane, frames);
}

void Device::done_with_received_on(std::size_t lane) {
    core_->done_with_received_on(lane);
}

std::size_t Device::transmit_on(std::size_t lane, std::span<const Frame> frames) {
    return core_->transmit_on(lane, frames);
}

void Device::poll_on(std::size_t lane) {
    core_->poll_on(lane);
}

bool Device::wants_poll() const {
    return core_->wants_poll();
}

bool Device::lacks_buffers() const {
    return core_->lacks_buffers();
}

std::uint32_t Device::read_register(std::uint64_t offset) {
    return core_->read_register(offset);
}

void Device::write_register(std::uint64_t offset, std::uint32_t value) {
    core_->write_register(offset, value);
}

void Device::reset() {
    core_->reset();
}

bool Device::renew() {
    return core_->renew();
}

void Device::detach() {
    core_->detach();
}

void Device::attach(const DeviceSettings& settings) {
    core_->attach(settings);
}

MigrationAnswer Device::migration_answer() const {
    return core_->migration_answer();
}

void Device::set_link(bool is_up) {
    core_->set_link(is_up);
}

bool Device::link_is_up() const {
    return core_->link_is_up();
}

DeviceState Device::state() const {
    return core_->state();
}

std::optional<GuestDriver> Device::guest_driver() const {
    return core_->guest_driver();
}

const DeviceStatistics& Device::statistics() const {
    return core_->statistics();
}

const DeviceRegions& Device::regions() const {
    return core_->regions();
}

const DeviceSettings& Device::settings() const {
    return core_->settings();
}

}  // namespace vnf::avp
