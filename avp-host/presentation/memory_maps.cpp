// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/memory_maps.hpp"

#include <cerrno>
#include <iterator>

namespace vnf::avp {

int MemoryMaps::add(std::uint64_t address, std::uint64_t size) {
    const std::uint64_t last = address + (size - 1);
    const auto after = ends_.upper_bound(last);  // the first range that begins behind this one
    if (after != ends_.begin() && std::prev(after)->second >= address)
        return EEXIST;
    if (ends_.size() >= most_)
        return ENOSPC;
    ends_.emplace_hint(after, address, last);
    return 0;
}

int MemoryMaps::remove(std::uint64_t address, std::uint64_t size) {
    const std::uint64_t last = address + (size - 1);
    const auto begin = ends_.lower_bound(address);
    const auto end = ends_.upper_bound(last);
    const bool cuts_front = begin != ends_.begin() && std::prev(begin)->second >= address;
    const bool cuts_back = end != begin && std::prev(end)->second > last;
    if (cuts_front || cuts_back)
        return EINVAL;
    ends_.erase(begin, end);
    return 0;
}

}  // namespace vnf::avp
