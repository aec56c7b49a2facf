// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The ranges of its own memory that a vfio-user client has told of. An AVP device never reads or writes them: they are
// kept so that what the client asks of them gets a true answer, and bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace vnf::avp {

class MemoryMaps {
  public:
    explicit MemoryMaps(std::size_t most) : most_(most) {}

    /// 0, or an errno: EEXIST if it overlaps another one, ENOSPC if there are too many. `size` is not 0 and the range
    /// does not wrap around.
    int add(std::uint64_t address, std::uint64_t size);
    /// Takes out every range within this one; EINVAL, and nothing done, if one would be cut. None there is no error: a
    /// client with an IOMMU clears more than it has set.
    int remove(std::uint64_t address, std::uint64_t size);
    void clear() { ends_.clear(); }

    std::size_t size() const { return ends_.size(); }
    std::size_t most() const { return most_; }

  private:
    std::size_t most_;
    std::map<std::uint64_t, std::uint64_t> ends_;  ///< first address to last
};

}  // namespace vnf::avp
