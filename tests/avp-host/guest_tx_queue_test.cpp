// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A queue by itself, over a pool behind which no memory is: what is read too far ends the test.
#include "avp-host/model/guest_tx_queue.hpp"

#include <sys/mman.h>

#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::uint64_t kAddress = 0x4156'0000'0000'0000;

/// `bytes`, a multiple of a page, up to a page that cannot be read.
class GuardedMemory {
  public:
    explicit GuardedMemory(std::size_t bytes) : bytes_(bytes) {
        REQUIRE(bytes % kPage == 0);
        where_ = ::mmap(nullptr, bytes + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        REQUIRE(where_ != MAP_FAILED);
        REQUIRE(::mprotect(static_cast<std::byte*>(where_) + bytes, kPage, PROT_NONE) == 0);
    }
    ~GuardedMemory() { ::munmap(where_, bytes_ + kPage); }
    GuardedMemory(const GuardedMemory&) = delete;
    GuardedMemory& operator=(const GuardedMemory&) = delete;
    std::span<std::byte> bytes() const { return {static_cast<std::byte*>(where_), bytes_}; }

  private:
    void* where_;
    std::size_t bytes_;
};

}  // namespace

TEST_CASE("a frame of any size that ends with the last byte of the pool is read no further") {
    auto settings = small_settings();
    settings.ring_slots = 128;
    settings.buffers = 64;
    settings.buffer_bytes = 576;  // with a descriptor an odd number of cache line pairs: no byte is left over
    const auto layout = layout_of(settings);
    REQUIRE(layout.buffer_stride == 640);
    const GuardedMemory memory(layout.pool_bytes);
    BufferPool pool(memory.bytes(), kAddress, settings, layout);
    std::vector<std::uint64_t> tx(AVP_FIFO_BYTES(128) / 8);
    std::vector<std::uint64_t> alloc(AVP_FIFO_BYTES(128) / 8);
    GuestTxQueue queue(0, reinterpret_cast<avp_fifo*>(tx.data()), reinterpret_cast<avp_fifo*>(alloc.data()),
                       128);
    REQUIRE(queue.top_up(pool, 64));
    REQUIRE(pool.ready(1) == 0);

    const auto last = pool.handle_of(63);
    auto* fifo = reinterpret_cast<avp_fifo*>(tx.data());
    const FrameRules rules{.max_frame_bytes = 1522};
    DeviceStatistics statistics;
    std::array<Frame, kBurst> frames;
    std::array<FrameHeader, kBurst> headers;
    for (std::uint16_t size = 14; size <= 100; ++size) {
        auto* descriptor = pool.descriptor(63);
        descriptor->length = descriptor->frame_bytes = size;
        descriptor->data = last + 640 - size;
        tx[2 + fifo->write] = last;
        fifo->write = (fifo->write + 1) % 128;
        REQUIRE(queue.receive(pool, rules, frames, headers, statistics) == 1);
        REQUIRE(frames[0].bytes == size);
        auto* empty = reinterpret_cast<avp_fifo*>(alloc.data());
        empty->read = empty->write;
        REQUIRE(queue.done_with_received(pool, rules, 64));
    }
}
