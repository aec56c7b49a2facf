// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Whose each packet buffer of a device is. That is known here only, in the host's own memory: a guest's handle is looked
// up and compared, never followed, and nothing that was written for a guest is read back.
//
// A pool may have lanes, each of one thread at a time. A lane keeps some free buffers of its own, and exchanges them in
// bulk with what all share, so that threads meet there seldom. Whose a buffer is may be asked by any lane, and is changed
// only by the one that it belongs to.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "avp-abi/avp_ring.h"
#include "avp-host/model/layout.hpp"

namespace vnf::avp {

class BufferPool {
  public:
    using Index = std::uint32_t;
    static constexpr Index kNone = ~Index{0};

    /// Who has a buffer: the host, free or with a received frame in it; or the guest.
    enum class Owner : std::uint8_t {
        Free = 0,
        Held = 1,      ///< the guest sent it, the frame is still looked at
        Chained = 2,   ///< behind the first buffer of a frame for the guest
        Lent = 0x10,   ///< + queue: empty, for the guest to send with
        Given = 0x20,  ///< + queue: first buffer of a frame for the guest
    };
    static Owner lent_to(std::size_t queue) { return with(Owner::Lent, queue); }
    static Owner given_to(std::size_t queue) { return with(Owner::Given, queue); }

    /// `memory` is the pool's part of BAR 2, which the guest knows under `address`.
    BufferPool(std::span<std::byte> memory, std::uint64_t address, const DeviceSettings& settings,
               const DeviceLayout& layout);
    /// Another lane of the same pool, with nothing of its own yet. Not used once that one is gone.
    BufferPool(const BufferPool& pool, std::size_t keeps);

    /// The lane has `keeps` free buffers of its own at most; what is more goes to all.
    void keep_at_most(std::size_t keeps);
    /// All buffers are free. Of one lane, when the others have forgotten theirs.
    void reclaim_all();
    void forget() { free_count_ = 0; }

    /// The buffer that a handle names, if it names one exactly.
    Index find(std::uint64_t handle) const {
        const std::uint64_t offset = handle - address_;
        if (offset >= bytes_ || offset % kUnit != 0) [[unlikely]]
            return kNone;
        // offset / stride, exact for all of fewer than 2^28 units and strides below 2^8 of them.
        const std::uint64_t units = offset / kUnit;
        const std::uint64_t index = (units * reciprocal_) >> 36U;
        return index * stride_units_ == units ? static_cast<Index>(index) : kNone;
    }
    /// The lines of the buffer that a handle names, on their way to be read; nothing for one outside.
    void warm(std::uint64_t handle, bool writes_descriptor) const {
        const std::uint64_t offset = handle - address_;
        if (offset >= bytes_) [[unlikely]]
            return;
        const std::byte* descriptor = memory_ + offset;
        if (writes_descriptor)
            avp_prefetch_write(descriptor);
        else
            avp_prefetch_read(descriptor);
        avp_prefetch_read(descriptor + sizeof(avp_descriptor));
    }
    std::uint64_t handle_of(Index index) const { return address_ + offset_of(index); }
    std::uint64_t data_address_of(Index index) const { return handle_of(index) + sizeof(avp_descriptor); }

    avp_descriptor* descriptor(Index index) const {
        return reinterpret_cast<avp_descriptor*>(memory_ + offset_of(index));
    }
    std::byte* data(Index index) const { return memory_ + offset_of(index) + sizeof(avp_descriptor); }
    std::uint32_t data_bytes() const { return data_bytes_; }

    Owner owner(Index index) const {
        return static_cast<Owner>(__atomic_load_n(&buffers_[index].owner, __ATOMIC_RELAXED));
    }
    void set_owner(Index index, Owner owner) {
        __atomic_store_n(&buffers_[index].owner, static_cast<std::uint8_t>(owner), __ATOMIC_RELAXED);
    }

    /// The next buffer of a frame that was given to the guest.
    Index next(Index index) const { return buffers_[index].next; }
    void set_next(Index index, Index next) { buffers_[index].next = next; }

    /// How many of `wanted`, at most kMostAtOnce, take() has now.
    std::size_t ready(std::size_t wanted) {
        if (free_count_ < wanted) [[unlikely]]
            refill(wanted);
        return free_count_ < wanted ? free_count_ : wanted;
    }
    /// As many as are ready. The last one that came back goes first: it is in the cache.
    Index take() { return free_[--free_count_]; }
    /// The first lines of the next `count` buffers that take() gives are on their way, to be written (avp_claim_line()).
    void claim(std::size_t count) {
        for (std::size_t i = 1; i <= count && i <= free_count_; ++i) {
            const Index buffer = free_[free_count_ - i];
            avp_claim_line(data(buffer));
            if (!kept_last_)
                avp_claim_line(descriptor(buffer));
        }
    }
    void give_back(Index index) {
        buffers_[index].next = kNone;
        set_owner(index, Owner::Free);
        free_[free_count_++] = index;
        if (free_count_ > keeps_) [[unlikely]]
            spill();
    }

    static constexpr std::size_t kMostAtOnce = 64;

    /// What of a descriptor does not follow from its buffer.
    struct Contents {
        std::uint16_t length = 0;
        std::uint16_t frame_bytes = 0;
        std::uint8_t segments = 1;
        std::uint16_t flags = 0;
        std::uint16_t vlan_tci = 0;
        std::uint64_t next = 0;
    };
    /// An empty buffer, as a guest expects it from the ring. The guest writes there.
    void write_empty(Index index) {
        store(index, Contents{});
        buffers_[index].written = kUnknown;
    }
    /// What a guest reads. It has no business writing there, so what stands there since the last time is not stored again:
    /// its line stays with both. A guest that wrote all the same reads its own.
    void write(Index index, const Contents& contents) {
        const std::uint64_t written = contents.next != 0 || (contents.flags | contents.vlan_tci) != 0
                                          ? kUnknown
                                          : std::uint64_t{1} << 63U | lengths_of(contents);
        kept_last_ = written != kUnknown && written == buffers_[index].written;
        if (kept_last_)
            return;
        store(index, contents);
        buffers_[index].written = written;
    }

  private:
    static constexpr std::uint64_t kUnknown = 0;
    struct Buffer {
        std::uint64_t written = kUnknown;  ///< the descriptor's lengths, all else as in an empty one
        Index next = kNone;
        std::uint8_t owner = static_cast<std::uint8_t>(Owner::Free);  ///< clang has no atomics of an enum
    };
    /// Free buffers that no lane keeps.
    struct Shared {
        explicit Shared(std::size_t count) : buffers(count), free(count) {}

        std::vector<Buffer> buffers;
        std::mutex mutex;  ///< of `free`
        std::vector<Index> free;
        std::atomic<std::size_t> free_count{0};  ///< as it was a moment ago, without the mutex
    };
    static constexpr std::uint64_t kUnit = 128;

    void refill(std::size_t wanted);
    void spill();

    static std::uint64_t lengths_of(const Contents& contents) {
        return contents.length | std::uint64_t{contents.segments} << 16U |
               std::uint64_t{contents.frame_bytes} << 32U;
    }

    /// The host's private fields before the flags stay as they are: nobody reads them.
    void store(Index index, const Contents& contents) const {
        // Word by word, straight to its place: what is put together elsewhere first is slow to read back.
        auto* words = reinterpret_cast<std::uint64_t*>(descriptor(index));
        AVP_STORE_ONCE(&words[3], std::uint64_t{contents.flags} << 48U);
        AVP_STORE_ONCE(&words[4], contents.next);
        AVP_STORE_ONCE(&words[5], data_address_of(index));
        AVP_STORE_ONCE(&words[6], lengths_of(contents));
        AVP_STORE_ONCE(&words[7], std::uint64_t{contents.vlan_tci} << 16U);
    }

    static Owner with(Owner kind, std::size_t queue) {
        return static_cast<Owner>(static_cast<std::uint8_t>(kind) | static_cast<std::uint8_t>(queue));
    }
    std::uint64_t offset_of(Index index) const { return std::uint64_t{index} * stride_; }

    std::unique_ptr<Shared> own_shared_;  ///< of the first lane
    Shared* shared_;
    Buffer* buffers_;
    std::byte* memory_;
    std::uint64_t address_;
    std::uint64_t bytes_;
    std::uint64_t stride_;
    std::uint64_t stride_units_;
    std::uint64_t reciprocal_;
    std::uint32_t data_bytes_;
    std::size_t free_count_ = 0;
    std::size_t keeps_;
    bool kept_last_ = false;  ///< write() had nothing to store, as it may have next time
    std::vector<Index> free_;
};

}  // namespace vnf::avp
