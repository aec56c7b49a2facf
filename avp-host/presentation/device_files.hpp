// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A device as the files that DPDK looks for below sysfs: with SYSFS_PCI_DEVICES set to devices/ in the folder, class/ in
// place of /sys/class and dev/ in place of /dev/uioN an unmodified PCI driver finds an AVP device bound to
// uio_pci_generic. Made here, taken away here; nothing but these names is touched. Several devices share a folder, each
// in its slot. Specification 4.1 (d1).
//
// The folder belongs on a tmpfs. Whoever may open the files could also shrink them, and so end the host: this way is for
// drivers that are trusted that far. The vfio-user socket asks for no such trust.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "avp-host/device_memory.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::avp {

struct DevicePlace {
    static constexpr unsigned kMostSlots = 32;

    std::filesystem::path directory;  ///< made if it is not there; the folder above it is
    unsigned slot = 0;                ///< below kMostSlots: PCI address 0000:00:SLOT.0, /dev/uioSLOT
};

class DeviceFiles {
  public:
    /// What a crashed host left in the slot is replaced; another host that still has it is not. Throws std::system_error
    /// that names the path, or std::invalid_argument.
    DeviceFiles(DevicePlace place, std::size_t memory_bytes);
    ~DeviceFiles();
    DeviceFiles(const DeviceFiles&) = delete;
    DeviceFiles& operator=(const DeviceFiles&) = delete;

    /// BAR 0, and the other ones for the device. Each once.
    Region open_registers() const;
    DeviceRegions open_regions() const;

    const std::filesystem::path& interrupt_path() const { return interrupt_path_; }
    std::string pci_address() const;

  private:
    enum class Kind { Folder, File, Link, SameFile, Fifo };
    struct Entry {
        Kind kind;
        std::filesystem::path path;
        std::string content;  ///< of a file; of a link, where it points
    };

    void lay_out();
    void add(Kind kind, const std::filesystem::path& path, std::string content = {});
    void lock();
    void make(const Entry& entry) const;
    void remove() noexcept;

    DevicePlace place_;
    std::size_t memory_bytes_;
    std::filesystem::path device_;
    std::filesystem::path interrupt_path_;
    std::vector<Entry> entries_;  ///< a folder before what is in it
    runtime::FileDescriptor lock_;
};

}  // namespace vnf::avp
