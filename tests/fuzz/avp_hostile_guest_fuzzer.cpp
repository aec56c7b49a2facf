// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: what a guest writes into its device's memory and registers, between and amid the host's calls, one step after
// another. Whatever it is, the frames that come out lie in the guest's own buffers, apart from each other, and are as
// long as they say; the host touches nothing behind the memory's end; and after a reset an honest guest is served.
#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "avp-abi/avp_ring.h"
#include "avp-host/device.hpp"
#include "avp-host/model/layout.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::avp;
using vnf::fuzz::promise;
using vnf::fuzz::take_16;
using vnf::fuzz::take_32;
using vnf::fuzz::take_byte;

namespace {

class NoInterrupts final : public InterruptLine {
  public:
    void raise(unsigned vector) override {
        promise(vector <= AVP_MAX_QUEUES, "the vector is one of the device's");
    }
};

/// The larger buffers fill their place in the pool to the last byte.
DeviceSettings settings_of(bool larger_buffers) {
    DeviceSettings settings;
    settings.mac = {2, 0, 0, 0, 0, 1};
    settings.rx_queues = settings.tx_queues = {1, 1, 2};
    settings.ring_slots = 64;
    settings.buffers = larger_buffers ? 64 : 96;
    settings.buffer_bytes = larger_buffers ? 576 : 256;
    settings.max_frame_bytes = 1200;
    return settings;
}

/// A device, and a guest's hands on its memory.
class Stage {
  public:
    Stage() : device_(settings_of(true), Device::sealed_regions(settings_of(true)), interrupts_) {}

    void start() {
        device_.set_link(true);
        device_.attach(settings_of(true));
        device_.reset();
        const auto memory = device_.regions().memory.bytes();
        ASAN_UNPOISON_MEMORY_REGION(memory.data(), memory.size());
        read_tables();
        std::memset(memory.data() + layout_.pool, 0, layout_.pool_bytes);
    }
    void step(std::string_view& input);
    /// The device serves whoever comes next.
    void finish();

  private:
    void read_tables() {
        std::memcpy(&info_, device_.regions().device_info.bytes().data(), sizeof info_);
        layout_ = layout_of(device_.settings());
        const auto memory = device_.regions().memory.bytes();
        ASAN_UNPOISON_MEMORY_REGION(memory.data(), memory.size());
        const auto end = layout_.pool + layout_.pool_bytes;
        ASAN_POISON_MEMORY_REGION(memory.data() + end, memory.size() - end);
    }
    std::byte* at(std::uint64_t offset) const { return device_.regions().memory.bytes().data() + offset; }
    avp_fifo* fifo(const RingArea& area, std::size_t queue) const {
        return reinterpret_cast<avp_fifo*>(at(area.at(queue % area.count)));
    }
    std::uint64_t handle(std::string_view& input) const {
        const auto index = take_byte(input) % device_.settings().buffers;
        const auto shift = take_byte(input);
        const std::uint64_t exact = info_.pool_address + std::uint64_t{index} * layout_.buffer_stride;
        return shift < 224 ? exact : exact + (std::uint64_t{shift} << (shift % 61));
    }
    void write_descriptor(std::string_view& input);
    void write_index(std::string_view& input);
    void put(const RingArea& area, std::string_view& input);
    std::uint64_t take_empty(std::uint8_t queue) const;
    avp_descriptor* descriptor(std::uint64_t handle) const;
    void send(std::string_view& input, std::size_t segments);
    void take_and_give_back(std::string_view& input);
    void request(std::string_view& input);
    void receive();
    void transmit(std::string_view& input);
    void registers(std::string_view& input);
    void migrate(std::string_view& input);

    NoInterrupts interrupts_;
    Device device_;
    avp_device_info info_{};
    DeviceLayout layout_;
    std::array<Frame, kBurst> frames_{};
    std::size_t received_ = 0;
};

void Stage::step(std::string_view& input) {
    const auto choice = take_byte(input);
    switch (choice % 16) {
        case 0: {
            const auto offset = take_32(input) % (layout_.pool + layout_.pool_bytes - 8) & ~std::uint64_t{7};
            const std::uint64_t value = std::uint64_t{take_32(input)} << 32U | take_32(input);
            std::memcpy(at(offset), &value, sizeof value);
            break;
        }
        case 1:
            return write_descriptor(input);
        case 2:
            return write_index(input);
        case 3:
        case 4:
            return put(layout_.tx, input);
        case 5:
            return put(layout_.free, input);
        case 6:
            return send(input, 1);
        case 7:
            return send(input, 1U + take_byte(input) % 5U);
        case 8:
            return take_and_give_back(input);
        case 9:
            return request(input);
        case 10:
            return device_.poll();
        case 11:
        case 12:
            return receive();
        case 13:
            return transmit(input);
        case 14:
            return registers(input);
        case 15:
            return migrate(input);
    }
}

void Stage::write_descriptor(std::string_view& input) {
    const auto index = take_byte(input) % device_.settings().buffers;
    const auto which = take_byte(input);
    avp_descriptor descriptor{};
    auto* where = at(layout_.pool + std::uint64_t{index} * layout_.buffer_stride);
    std::memcpy(&descriptor, where, sizeof descriptor);
    const auto own = info_.pool_address + std::uint64_t{index} * layout_.buffer_stride;
    if ((which & 1U) != 0)
        descriptor.next = handle(input);
    if ((which & 2U) != 0)
        descriptor.data = own + take_16(input);
    if ((which & 4U) != 0)
        descriptor.length = take_16(input) % 600;
    if ((which & 8U) != 0)
        descriptor.segments = take_byte(input) % 8;
    if ((which & 16U) != 0)
        descriptor.frame_bytes = take_16(input) % 1400;
    if ((which & 32U) != 0)
        descriptor.flags = take_16(input);
    if ((which & 64U) != 0)
        descriptor.next = 0;
    if ((which & 128U) != 0)
        descriptor.frame_bytes = descriptor.length;
    std::memcpy(where, &descriptor, sizeof descriptor);
}

void Stage::write_index(std::string_view& input) {
    const std::array<avp_fifo*, 6> all{fifo(layout_.tx, 0),
                                       fifo(layout_.alloc, 0),
                                       fifo(layout_.rx, 1),
                                       fifo(layout_.free, 0),
                                       reinterpret_cast<avp_fifo*>(at(layout_.request)),
                                       reinterpret_cast<avp_fifo*>(at(layout_.response))};
    auto* one = all[take_byte(input) % all.size()];
    const auto field = take_byte(input);
    const auto value = take_byte(input);
    auto* words = reinterpret_cast<std::uint32_t*>(one);
    words[field % 4] = value < 64 ? value : std::uint32_t{value} << (value % 25);
}

void Stage::put(const RingArea& area, std::string_view& input) {
    auto* ring = fifo(area, take_byte(input));
    const auto write = ring->write % 64;
    reinterpret_cast<std::uint64_t*>(ring + 1)[write] = handle(input);
    ring->write = (write + 1) % 64;
}

/// The next empty buffer's handle, if what stands in the ring is one; else 0.
std::uint64_t Stage::take_empty(std::uint8_t queue) const {
    auto* alloc = fifo(layout_.alloc, queue);
    if (alloc->read % 64 == alloc->write % 64)
        return 0;
    const auto handle = reinterpret_cast<std::uint64_t*>(alloc + 1)[alloc->read % 64];
    alloc->read = (alloc->read % 64 + 1) % 64;
    const auto offset = handle - info_.pool_address;
    return offset < layout_.pool_bytes && offset % layout_.buffer_stride == 0 ? handle : 0;
}

avp_descriptor* Stage::descriptor(std::uint64_t handle) const {
    return reinterpret_cast<avp_descriptor*>(at(layout_.pool + (handle - info_.pool_address)));
}

/// As a driver does it: empty buffers, filled and linked, into the ring. But for a link, if the input wants another.
void Stage::send(std::string_view& input, std::size_t segments) {
    const auto queue = take_byte(input);
    const auto choice = take_byte(input);
    const std::uint16_t length =
        static_cast<std::uint16_t>(take_16(input) % (device_.settings().buffer_bytes + 1));
    std::uint64_t first = 0;
    avp_descriptor* last = nullptr;
    for (std::size_t i = 0; i < segments; ++i) {
        const auto handle = take_empty(queue);
        if (handle == 0)
            return;
        auto* here = descriptor(handle);
        here->length = length;
        if (choice % 4 == 1)  // to the buffer's last byte
            here->data = handle + sizeof *here + device_.settings().buffer_bytes - length;
        if (last == nullptr)
            first = handle;
        else
            last->next = handle;
        last = here;
    }
    auto* head = descriptor(first);
    head->segments = static_cast<std::uint8_t>(segments + (choice >= 240 ? 1 : 0));
    head->frame_bytes = static_cast<std::uint16_t>(length * head->segments);
    if (choice >= 224)
        last->next = this->handle(input);
    auto* tx = fifo(layout_.tx, queue);
    const auto write = tx->write % 64;
    reinterpret_cast<std::uint64_t*>(tx + 1)[write] = first;
    tx->write = (write + 1) % 64;
}

void Stage::take_and_give_back(std::string_view& input) {
    const auto queue = take_byte(input);
    auto* rx = fifo(layout_.rx, queue);
    auto* free = fifo(layout_.free, queue);
    if (rx->read % 64 == rx->write % 64)
        return;
    const auto write = free->write % 64;
    reinterpret_cast<std::uint64_t*>(free + 1)[write] =
        reinterpret_cast<std::uint64_t*>(rx + 1)[rx->read % 64];
    rx->read = (rx->read % 64 + 1) % 64;
    free->write = (write + 1) % 64;
}

void Stage::request(std::string_view& input) {
    avp_request wanted{};
    wanted.id = take_byte(input) % 6;
    const auto kind = take_byte(input);
    if (wanted.id == AVP_REQUEST_CONFIGURE_DEVICE) {
        wanted.payload.device.features = kind % 16;
        wanted.payload.device.tx_queues = kind / 16 % 4;
        wanted.payload.device.rx_queues = kind / 64 % 4;
        wanted.payload.device.is_up = take_byte(input) % 4 != 0;
    } else {
        wanted.payload.mtu = kind < 128 ? kind : take_32(input);
    }
    std::memcpy(at(layout_.sync), &wanted, sizeof wanted);
    auto* ring = reinterpret_cast<avp_fifo*>(at(layout_.request));
    const auto write = ring->write % 64;
    reinterpret_cast<std::uint64_t*>(ring + 1)[write] = info_.sync_address + (kind == 255 ? 64 : 0);
    ring->write = (write + 1) % 64;
    auto* response = reinterpret_cast<avp_fifo*>(at(layout_.response));
    response->read = kind == 254 ? response->read : response->write;
    device_.poll();
}

/// The frames stay with the host until the next one: the guest goes on in between.
void Stage::receive() {
    for (std::size_t i = 0; i < received_; ++i)
        static_cast<void>(device_.transmit({&frames_[i], 1}));
    device_.done_with_received();
    received_ = device_.receive(frames_);
    std::vector<std::pair<const std::byte*, const std::byte*>> places;
    const auto* pool = at(layout_.pool);
    for (std::size_t i = 0; i < received_; ++i) {
        const Frame& frame = frames_[i];
        std::size_t bytes = 0;
        promise(frame.segment_count >= 1 && frame.segment_count <= kMaxFrameSegments, "segments are bounded");
        for (std::size_t s = 0; s < frame.segment_count; ++s) {
            const auto segment = frame.segments[s];
            bytes += segment.size();
            promise(!segment.empty(), "no segment is empty");
            if (s == 0)
                continue;
            promise(segment.data() >= pool && segment.data() + segment.size() <= pool + layout_.pool_bytes,
                    "a segment lies in the pool");
            places.emplace_back(segment.data(), segment.data() + segment.size());
        }
        promise(bytes == frame.bytes && bytes >= 14 && bytes <= 1200, "a frame is as long as it says");
        promise(frame.header().size() == std::min(bytes, kHeaderBytes), "the header is whole");
    }
    std::sort(places.begin(), places.end());
    for (std::size_t i = 1; i < places.size(); ++i)
        promise(places[i - 1].second <= places[i].first, "no byte is in two frames");
}

void Stage::transmit(std::string_view& input) {
    std::array<std::byte, 1300> bytes{};
    for (std::size_t i = 0; i < 16; ++i)
        bytes[i] = std::byte(take_byte(input));
    const std::size_t length = take_16(input) % bytes.size();
    Frame frame;
    frame.segments[0] = std::span(bytes).first(length);
    frame.segment_count = 1;
    frame.bytes = static_cast<std::uint16_t>(length);
    if (take_byte(input) % 2 != 0)
        frame.vlan_tci = 5;
    const auto times = 1U + take_byte(input) % 80U;
    std::vector<Frame> frames(times, frame);
    promise(device_.transmit(frames) <= times, "no more are sent than there are");
}

void Stage::registers(std::string_view& input) {
    const auto offset = take_byte(input) % 32U;
    const auto value = take_byte(input);
    static_cast<void>(device_.read_register(offset));
    device_.write_register(offset, value < 8 ? value : value * 0x01010101U);
}

void Stage::migrate(std::string_view& input) {
    switch (take_byte(input) % 8) {
        case 0:
            device_.detach();
            break;
        case 1:
            device_.attach(settings_of(take_byte(input) % 2 != 0));
            read_tables();
            received_ = 0;
            break;
        case 2:
            device_.reset();
            received_ = 0;
            break;
        case 4: {
            const auto memory = device_.regions().memory.bytes();
            ASAN_UNPOISON_MEMORY_REGION(memory.data(), memory.size());
            promise(device_.renew(), "there is memory for the next guest");
            read_tables();
            received_ = 0;
            break;
        }
        case 3:
            device_.set_link(take_byte(input) % 2 != 0);
            break;
        default:
            device_.write_register(AVP_REGISTER_MIGRATION_ACK,
                                   device_.read_register(AVP_REGISTER_MIGRATION_STATUS));
            break;
    }
}

void Stage::finish() {
    device_.set_link(true);
    device_.reset();
    received_ = 0;
    read_tables();
    std::string_view configure("\x03\x50\x01", 3);
    request(configure);
    promise(device_.state() == DeviceState::Up, "an honest configuration is taken");
    for (int i = 0; i < 4; ++i)
        device_.poll();
    std::string_view honest("\0\0\x64\0", 4);
    send(honest, 1);
    receive();
    promise(received_ == 1 && frames_[0].bytes == 100, "an honest frame arrives");
    received_ = 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Stage stage;
    auto input = vnf::fuzz::text_of(data, size);
    stage.start();
    while (!input.empty())
        stage.step(input);
    stage.finish();
    return 0;
}
