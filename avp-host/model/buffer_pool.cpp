// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/buffer_pool.hpp"

#include <algorithm>

namespace vnf::avp {

BufferPool::BufferPool(std::span<std::byte> memory, std::uint64_t address, const DeviceSettings& settings,
                       const DeviceLayout& layout)
    : own_shared_(std::make_unique<Shared>(settings.buffers)),
      shared_(own_shared_.get()),
      buffers_(shared_->buffers.data()),
      memory_(memory.data()),
      address_(address),
      bytes_(memory.size()),
      stride_(layout.buffer_stride),
      stride_units_(layout.buffer_stride / kUnit),
      reciprocal_((std::uint64_t{1} << 36U) / stride_units_ + 1),
      data_bytes_(settings.buffer_bytes),
      keeps_(settings.buffers),
      free_(settings.buffers) {
    reclaim_all();
}

BufferPool::BufferPool(const BufferPool& pool, std::size_t keeps)
    : shared_(pool.shared_),
      buffers_(pool.buffers_),
      memory_(pool.memory_),
      address_(pool.address_),
      bytes_(pool.bytes_),
      stride_(pool.stride_),
      stride_units_(pool.stride_units_),
      reciprocal_(pool.reciprocal_),
      data_bytes_(pool.data_bytes_),
      keeps_(std::min(keeps, shared_->buffers.size())),
      free_(keeps_ + kMostAtOnce + 1) {}

void BufferPool::keep_at_most(std::size_t keeps) {
    keeps_ = std::min(keeps, shared_->buffers.size());
    if (free_.size() < keeps_ + kMostAtOnce + 1)
        free_.resize(keeps_ + kMostAtOnce + 1);
    if (free_count_ > keeps_)
        spill();
    else
        refill(keeps_);
}

void BufferPool::reclaim_all() {
    const std::lock_guard lock(shared_->mutex);
    const std::size_t count = shared_->buffers.size();
    std::fill_n(buffers_, count, Buffer{});
    free_count_ = std::min(keeps_, count);
    // So that the first buffers are taken first.
    for (std::size_t i = 0; i < free_count_; ++i)
        free_[i] = static_cast<Index>(free_count_ - 1 - i);
    for (std::size_t i = free_count_; i < count; ++i)
        shared_->free[i - free_count_] = static_cast<Index>(count - 1 - (i - free_count_));
    shared_->free_count.store(count - free_count_, std::memory_order_relaxed);
}

/// A good part of what the lane may keep, so that it does not come again soon.
[[gnu::noinline]] void BufferPool::refill(std::size_t wanted) {
    if (shared_->free_count.load(std::memory_order_relaxed) == 0)
        return;
    const std::lock_guard lock(shared_->mutex);
    const std::size_t there = shared_->free_count.load(std::memory_order_relaxed);
    const std::size_t taken = std::min(there, std::max(wanted, keeps_ / 2) - free_count_);
    std::copy_n(shared_->free.data() + (there - taken), taken, free_.data() + free_count_);
    free_count_ += taken;
    shared_->free_count.store(there - taken, std::memory_order_relaxed);
}

/// Those that came back first: the others are in the cache.
[[gnu::noinline]] void BufferPool::spill() {
    const std::lock_guard lock(shared_->mutex);
    const std::size_t there = shared_->free_count.load(std::memory_order_relaxed);
    const std::size_t kept = keeps_ / 2;
    const std::size_t given = free_count_ - kept;
    std::copy_n(free_.data(), given, shared_->free.data() + there);
    std::copy_n(free_.data() + given, kept, free_.data());
    free_count_ = kept;
    shared_->free_count.store(there + given, std::memory_order_relaxed);
}

}  // namespace vnf::avp
