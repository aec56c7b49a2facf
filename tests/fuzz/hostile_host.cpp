// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See hostile_host.hpp.
#include "tests/fuzz/hostile_host.hpp"

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include <cstring>

#include "tests/fuzz/promise.hpp"

namespace vnf::fuzz {
namespace {

using avp::Device;
using avp::DeviceSettings;
using avp::Frame;

constexpr std::size_t kGuardBytes = 1 << 20;
constexpr unsigned kSlots = 64;
constexpr unsigned kBuffers = 192;
constexpr unsigned kBufferBytes = 512;

DeviceSettings settings_of(std::uint8_t rx_minimum) {
    DeviceSettings settings;
    settings.mac = {2, 0, 0, 0, 0, 1};
    settings.device_id = 77;
    settings.rx_queues = {rx_minimum, rx_minimum, HostileHost::kQueues};
    settings.tx_queues = {1, 1, HostileHost::kQueues};
    settings.ring_slots = kSlots;
    settings.buffers = kBuffers;
    settings.buffer_bytes = kBufferBytes;
    settings.max_frame_bytes = HostileHost::kLargestFrame;
    return settings;
}

struct Field {
    std::size_t offset, width;
};

#define FIELD(type, field)                         \
    Field {                                        \
        offsetof(type, field), sizeof(type::field) \
    }
constexpr std::array kInfoFields{
    FIELD(avp_device_info, magic),
    FIELD(avp_device_info, version),
    FIELD(avp_device_info, tx),
    FIELD(avp_device_info, rx),
    FIELD(avp_device_info, alloc),
    FIELD(avp_device_info, free),
    FIELD(avp_device_info, features),
    FIELD(avp_device_info, tx_stride),
    FIELD(avp_device_info, rx_stride),
    FIELD(avp_device_info, alloc_stride),
    FIELD(avp_device_info, free_stride),
    FIELD(avp_device_info, request),
    FIELD(avp_device_info, response),
    FIELD(avp_device_info, sync),
    FIELD(avp_device_info, sync_address),
    FIELD(avp_device_info, pool_address),
    FIELD(avp_device_info, pool_physical),
    FIELD(avp_device_info, mode),
    FIELD(avp_device_info, buffer_bytes),
    FIELD(avp_device_info, device_id),
    FIELD(avp_device_info, max_frame_bytes),
    Field{76, 1},
    Field{78, 1},
    Field{79, 1},
    Field{81, 1},  // queues, minimum and maximum
    Field{152, 8},
    Field{160, 8},
    Field{168, 8},
    Field{176, 8},
    Field{184, 8},
    Field{192, 8},  // two pools
    Field{344, 1},  // the address
};
constexpr std::array kMapFields{
    FIELD(avp_memory_map, magic),
    FIELD(avp_memory_map, version),
    FIELD(avp_memory_map, count),
    Field{16, 8},
    Field{24, 8},
    Field{32, 8},
    Field{40, 8},
    Field{48, 8},
    Field{56, 8},
};
#undef FIELD

}  // namespace

// --- Regions ----------------------------------------------------------------------------------------------------

void DriverMapping::unmap() {
    if (reserved_ != nullptr)
        ::munmap(reserved_, bytes_ + 2 * kGuardBytes);
    reserved_ = nullptr;
}

avp_region DriverMapping::map(const avp::Region& region, int protection) {
    unmap();
    bytes_ = region.bytes().size();
    void* reserved = ::mmap(nullptr, bytes_ + 2 * kGuardBytes, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    promise(reserved != MAP_FAILED, "there is room for a mapping");
    reserved_ = static_cast<char*>(reserved);
    void* here = reserved_ + kGuardBytes;
    promise(::mmap(here, bytes_, protection, MAP_SHARED | MAP_FIXED, region.descriptor(), 0) == here,
            "a region can be mapped");
    return {here, bytes_};
}

HostileHost::HostileHost() : device_(settings_of(1), Device::sealed_regions(settings_of(1)), *this) {
    map_regions();
}

void HostileHost::map_regions() {
    mapped_.memory = memory_.map(device_.regions().memory, PROT_READ | PROT_WRITE);
    mapped_.memory_map = memory_map_.map(device_.regions().memory_map, PROT_READ);
    mapped_.device_info = device_info_.map(device_.regions().device_info, PROT_READ);
}

void HostileHost::guard_tail(bool is_on) {
    const char* tail = static_cast<const char*>(mapped_.memory.base) + layout_.pool + layout_.pool_bytes;
    const std::size_t bytes = mapped_.memory.bytes - layout_.pool - layout_.pool_bytes;
    if (is_on)
        ASAN_POISON_MEMORY_REGION(tail, bytes);
    else
        ASAN_UNPOISON_MEMORY_REGION(tail, bytes);
}

void HostileHost::look_at_tables() {
    std::memcpy(&info_, device_.regions().device_info.bytes().data(), sizeof info_);
    layout_ = layout_of(device_.settings());
}

void HostileHost::start(std::uint8_t rx_minimum, std::string_view& input) {
    input_ = &input;
    registers_ = {};
    bus_fails_ = starves_ = false;
    device_.set_link(true);
    device_.attach(settings_of(rx_minimum));
    device_.reset();
    look_at_tables();
    std::memset(at(layout_.pool), 0, layout_.pool_bytes);
    has_written_tables_ = false;
    guard_tail(true);
}

void HostileHost::renew() {
    guard_tail(false);
    promise(device_.renew(), "there is memory for the next guest");
    look_at_tables();
    map_regions();
    guard_tail(!has_written_tables_);
}

void HostileHost::repent() {
    static std::string_view nothing;
    const auto rx_minimum = device_.settings().rx_queues.minimum;
    nothing = {};
    start(rx_minimum, nothing);
}

// --- By the rules -------------------------------------------------------------------------------------------------

bool HostileHost::send(std::span<const std::byte> bytes) {
    Frame frame;
    frame.segments[0] = bytes;
    frame.segment_count = 1;
    frame.bytes = static_cast<std::uint16_t>(bytes.size());
    return device_.transmit({&frame, 1}) == 1;
}

std::vector<std::byte> HostileHost::receive() {
    std::array<Frame, 1> frames{};
    std::vector<std::byte> bytes;
    if (device_.receive(frames) == 1) {
        for (const auto& segment : frames[0].used())
            bytes.insert(bytes.end(), segment.begin(), segment.end());
    }
    device_.done_with_received();
    return bytes;
}

std::string HostileHost::fault_since(const Faults& before) const {
    const Faults now = faults();
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i] != before[i])
            return "an honest host found a fault: " + std::string(name_of(static_cast<avp::Fault>(i)));
    }
    return {};
}

std::optional<std::uint32_t> HostileHost::read_register(std::uint32_t offset) {
    if (bus_fails_)
        return std::nullopt;
    const auto& lie = registers_[offset / 4 % registers_.size()];
    return lie ? *lie : device_.read_register(offset);
}

void HostileHost::write_register(std::uint32_t offset, std::uint32_t value) {
    if (!bus_fails_)
        device_.write_register(offset, value);
}

void HostileHost::reset() {
    device_.reset();
    look_at_tables();
}

/// A host that has nothing more to say serves its guest.
void HostileHost::moment() {
    switch (take_byte(*input_) % 8) {
        case 0:
        case 1:
            return device_.poll();
        case 2:
        case 3:
            return act();
        case 4:
            return write_answer();
        default:
            return;
    }
}

// --- Against them -------------------------------------------------------------------------------------------------

void HostileHost::act() {
    std::array<std::byte, kLargestFrame> bytes{};
    switch (take_byte(*input_) % 16) {
        case 0:
            return write_anywhere();
        case 1:
        case 2:
            return write_descriptor();
        case 3:
            return write_index();
        case 4:
            return put(layout_.rx);
        case 5:
            return put(layout_.alloc);
        case 6:
        case 7:
            return publish_chain();
        case 8:
            return device_.poll();
        case 9:
            static_cast<void>(send(std::span(bytes).first(take_16(*input_) % bytes.size())));
            return;
        case 10:
            static_cast<void>(receive());
            return;
        case 11:
        case 12:
            return write_table();
        case 13:
            return set_register();
        case 14:
            return migrate();
        default:
            starves_ = take_byte(*input_) % 4 == 1;
            return;
    }
}

avp_fifo* HostileHost::fifo(const avp::RingArea& area, std::size_t queue) {
    return reinterpret_cast<avp_fifo*>(at(area.at(queue % area.count)));
}

/// Mostly a buffer's.
std::uint64_t HostileHost::handle() {
    const auto index = take_byte(*input_) % kBuffers;
    const auto shift = take_byte(*input_);
    const std::uint64_t exact = info_.pool_address + std::uint64_t{index} * layout_.buffer_stride;
    return shift < 224 ? exact : exact + (std::uint64_t{shift} << (shift % 61));
}

void HostileHost::write_anywhere() {
    const auto offset = take_32(*input_) % (device_.regions().memory.bytes().size() - 8) & ~std::uint64_t{7};
    const std::uint64_t value = take_64(*input_);
    std::memcpy(at(offset), &value, sizeof value);
}

void HostileHost::write_descriptor() {
    auto& input = *input_;
    const auto index = take_byte(input) % kBuffers;
    const auto which = take_byte(input);
    avp_descriptor descriptor{};
    auto* where = at(layout_.pool + std::uint64_t{index} * layout_.buffer_stride);
    std::memcpy(&descriptor, where, sizeof descriptor);
    if ((which & 1U) != 0)
        descriptor.next = handle();
    if ((which & 2U) != 0) {
        const auto place = take_16(input);
        // Near the pool's end, or anywhere.
        descriptor.data =
            place % 4 == 0 ? info_.pool_address + layout_.pool_bytes - place / 4U % 4096U : handle() + place;
    }
    if ((which & 4U) != 0)
        descriptor.length = take_16(input);
    if ((which & 8U) != 0)
        descriptor.segments = take_byte(input) % 8;
    if ((which & 16U) != 0)
        descriptor.frame_bytes = take_16(input);
    if ((which & 32U) != 0) {
        descriptor.flags = take_16(input);
        descriptor.vlan_tci = take_16(input);
    }
    if ((which & 64U) != 0)
        descriptor.next = 0;
    if ((which & 128U) != 0)
        descriptor.frame_bytes = descriptor.length;
    std::memcpy(where, &descriptor, sizeof descriptor);
}

void HostileHost::write_index() {
    const std::array<avp_fifo*, 6> all{fifo(layout_.tx, 0),
                                       fifo(layout_.alloc, 0),
                                       fifo(layout_.rx, take_byte(*input_)),
                                       fifo(layout_.free, 0),
                                       reinterpret_cast<avp_fifo*>(at(layout_.request)),
                                       reinterpret_cast<avp_fifo*>(at(layout_.response))};
    auto* one = all[take_byte(*input_) % all.size()];
    const auto field = take_byte(*input_);
    const auto value = take_byte(*input_);
    auto* words = reinterpret_cast<std::uint32_t*>(one);
    words[field % 4] = value < kSlots ? value : std::uint32_t{value} << (value % 25);
}

void HostileHost::put(const avp::RingArea& area) {
    auto* ring = fifo(area, take_byte(*input_));
    const auto write = ring->write % kSlots;
    reinterpret_cast<std::uint64_t*>(ring + 1)[write] = handle();
    ring->write = (write + 1) % kSlots;
}

/// A frame of good parts, as the driver takes it; with more than five of them, or a head that lies, it does not.
void HostileHost::publish_chain() {
    auto& input = *input_;
    auto* ring = fifo(layout_.rx, take_byte(input));
    const unsigned parts = 1U + take_byte(input) % 6U;
    const auto first = take_byte(input) % (kBuffers - parts);
    const auto head = take_byte(input);
    // Parts of a buffer, or such that reach into others.
    const unsigned most = (head & 64U) != 0 ? 13000 : kBufferBytes;
    const std::uint16_t length = static_cast<std::uint16_t>(take_16(input) % (most + 1));
    for (unsigned i = 0; i < parts; ++i) {
        const std::uint64_t offset = std::uint64_t{first + i} * layout_.buffer_stride;
        avp_descriptor descriptor{};
        descriptor.data = info_.pool_address + offset + sizeof descriptor;
        descriptor.length = length;
        descriptor.next = i + 1 < parts ? info_.pool_address + offset + layout_.buffer_stride : 0;
        descriptor.segments = static_cast<std::uint8_t>(parts + (head % 16 == 1 ? 1 : 0));
        descriptor.frame_bytes = static_cast<std::uint16_t>(parts * length + (head % 16 == 2 ? 1 : 0));
        descriptor.flags = (head & 128U) != 0 ? AVP_DESCRIPTOR_RX_VLAN : 0;
        std::memcpy(at(layout_.pool + offset), &descriptor, sizeof descriptor);
    }
    const auto write = ring->write % kSlots;
    reinterpret_cast<std::uint64_t*>(ring + 1)[write] =
        info_.pool_address + std::uint64_t{first} * layout_.buffer_stride;
    ring->write = (write + 1) % kSlots;
}

/// One field of the device information, or of the memory map and its first entries.
void HostileHost::write_table() {
    auto& input = *input_;
    has_written_tables_ = true;
    guard_tail(false);
    const auto place = take_byte(input);
    const bool is_info = place < kInfoFields.size();
    const auto table = is_info ? device_.regions().device_info.bytes() : device_.regions().memory_map.bytes();
    const auto [offset, width] = is_info ? kInfoFields[place] : kMapFields[place % kMapFields.size()];
    const auto how = take_byte(input);
    std::uint64_t value = 0;
    std::memcpy(&value, table.data() + offset, width);
    if (how % 4 == 0)
        value = take_64(input);
    else if (how % 4 == 1)
        value += take_16(input);
    else if (how % 4 == 2)
        value -= take_16(input);
    else
        value = how / 4U;
    std::memcpy(table.data() + offset, &value, width);
}

/// To a request that may stand there, or to none.
void HostileHost::write_answer() {
    auto* ring = reinterpret_cast<avp_fifo*>(at(layout_.response));
    const auto how = take_byte(*input_);
    const auto result = static_cast<std::int32_t>(take_32(*input_));
    std::memcpy(at(layout_.sync + offsetof(avp_request, result)), &result, sizeof result);
    const auto write = ring->write % avp::kControlSlots;
    reinterpret_cast<std::uint64_t*>(ring + 1)[write] = how % 4 == 1 ? handle() : info_.sync_address;
    ring->write = (write + 1) % avp::kControlSlots;
}

void HostileHost::set_register() {
    auto& lie = registers_[take_byte(*input_) % registers_.size()];
    const auto value = take_byte(*input_);
    bus_fails_ = value == 255;
    if (value == 254)
        registers_.fill(AVP_REGISTER_GONE);
    else if (value >= 128)
        lie.reset();
    else
        lie = value;
}

void HostileHost::migrate() {
    switch (take_byte(*input_) % 4) {
        case 0:
            return device_.detach();
        case 1:
            device_.attach(settings_of(1 + take_byte(*input_) % kQueues));
            return look_at_tables();
        case 2:
            return reset();
        default:
            return device_.set_link(take_byte(*input_) % 2 != 0);
    }
}

}  // namespace vnf::fuzz
