// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/model/buffer_pool.hpp"

#include <algorithm>

namespace vnf::avp {

BufferPool::BufferPool(std::span<std::byte> memory, std::uint64_t address, const DeviceSettings& settings,
                       const DeviceLayout& layout)
    : memory_(memory.data()),
      address_(address),
      bytes_(memory.size()),
      stride_(layout.buffer_stride),
      stride_units_(layout.buffer_stride / kUnit),
      reciprocal_((std::uint64_t{1} << 36U) / stride_units_ + 1),
      data_bytes_(settings.buffer_bytes),
      buffers_(settings.buffers),
      free_(settings.buffers) {
    reclaim_all();
}

void BufferPool::reclaim_all() {
    std::fill(buffers_.begin(), buffers_.end(), Buffer{});
    free_count_ = free_.size();
    // So that the first buffers are taken first.
    for (std::size_t i = 0; i < free_.size(); ++i)
        free_[i] = static_cast<Index>(free_.size() - 1 - i);
}

}  // namespace vnf::avp
