// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The regions of one device that its guest maps: each a descriptor to hand out and this process's mapping of it. A
// region is a memfd sealed against growing and shrinking, or a file that the fake-sysfs presentation made.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "runtime/file_descriptor.hpp"

namespace vnf::avp {

class Region {
  public:
    /// Throws std::system_error.
    static Region sealed_memory(const char* name, std::size_t bytes);
    static Region in_file(const std::filesystem::path& path, std::size_t bytes);
    /// A memfd that a predecessor handed over: at least so large, and sealed against shrinking.
    static Region adopted(runtime::FileDescriptor descriptor, std::size_t bytes);

    Region(Region&& other) noexcept;
    Region& operator=(Region&& other) noexcept;
    ~Region();

    int descriptor() const;
    bool is_sealed() const;  ///< against shrinking
    /// All bytes 0, for whoever has it mapped. Of a memfd the memory goes back to the system.
    void wipe();
    std::span<std::byte> bytes() const { return bytes_; }

  private:
    Region(runtime::FileDescriptor descriptor, std::size_t bytes);

    runtime::FileDescriptor descriptor_;
    std::span<std::byte> bytes_;
};

struct DeviceRegions {
    Region memory;       ///< BAR 2: rings, sync area, buffers; a power of two
    Region memory_map;   ///< BAR 4
    Region device_info;  ///< BAR 5
};

}  // namespace vnf::avp
