// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/device_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "avp-host/presentation/interrupt_events.hpp"
#include "avp-host/presentation/pci_config_space.hpp"

namespace vnf::avp {
namespace {

namespace fs = std::filesystem;

constexpr mode_t folder_mode = 0770;
constexpr mode_t file_mode = 0660;
constexpr std::uint64_t memory_resource = 0x200;  // the kernel's IORESOURCE_MEM
constexpr std::uint64_t first_address = 0x80000000;

[[noreturn]] void fail(const fs::path& path) {
    throw std::system_error(runtime::last_error(), path.string());
}

/// DPDK wants an address for each BAR, and uses none of them.
std::string resource_lines(std::size_t memory_bytes) {
    const std::array<std::uint64_t, 6> bytes{
        AVP_REGISTERS_BAR_BYTES,  AVP_MSIX_BAR_BYTES,       memory_bytes, 0,
        AVP_MEMORY_MAP_BAR_BYTES, AVP_DEVICE_INFO_BAR_BYTES};
    std::string lines;
    std::uint64_t address = first_address;
    for (const std::uint64_t size : bytes) {
        lines += size == 0 ? fmt::format("{0:#018x} {0:#018x} {0:#018x}\n", 0)
                           : fmt::format("{:#018x} {:#018x} {:#018x}\n", address, address + size - 1,
                                         memory_resource);
        address += size;
    }
    return lines + fmt::format("{0:#018x} {0:#018x} {0:#018x}\n", 0);  // no ROM
}

std::string config_bytes(std::size_t memory_bytes) {
    const PciConfigSpace config(memory_bytes, InterruptEvents::kMostVectors);
    const auto bytes = config.read(0, PciConfigSpace::kBytes);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void write_file(const fs::path& path, const std::string& content) {
    const runtime::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, file_mode));
    if (!file || ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
        fail(path);
}

}  // namespace

DeviceFiles::DeviceFiles(DevicePlace place, std::size_t memory_bytes)
    : place_(std::move(place)), memory_bytes_(memory_bytes) {
    if (place_.slot >= DevicePlace::kMostSlots)
        throw std::invalid_argument(
            fmt::format("slot: {} is not below {}", place_.slot, DevicePlace::kMostSlots));
    lay_out();
    lock();
    try {
        remove();
        for (const Entry& entry : entries_)
            make(entry);
    } catch (...) {
        remove();
        throw;
    }
}

DeviceFiles::~DeviceFiles() {
    remove();
}

std::string DeviceFiles::pci_address() const {
    return fmt::format("0000:00:{:02x}.0", place_.slot);
}

void DeviceFiles::lay_out() {
    const std::string uio = fmt::format("uio{}", place_.slot);
    device_ = place_.directory / "devices" / pci_address();
    const fs::path uio_class = place_.directory / "class" / "uio";
    interrupt_path_ = place_.directory / "dev" / uio;
    for (const char* folder : {"", "devices", "class", "class/uio", "dev"})
        add(Kind::Folder, folder[0] == '\0' ? place_.directory : place_.directory / folder);
    add(Kind::Folder, device_);
    for (const auto& [name, content] : std::initializer_list<std::pair<const char*, std::string>>{
             {"vendor", fmt::format("{:#06x}\n", AVP_PCI_VENDOR)},
             {"device", fmt::format("{:#06x}\n", AVP_PCI_DEVICE)},
             {"subsystem_vendor", fmt::format("{:#06x}\n", AVP_PCI_SUBSYSTEM_VENDOR)},
             {"subsystem_device", fmt::format("{:#06x}\n", AVP_PCI_SUBSYSTEM_DEVICE)},
             {"class", fmt::format("{:#08x}\n", AVP_PCI_CLASS)},
             {"max_vfs", "0\n"},
             {"numa_node", "-1\n"},
             {"resource", resource_lines(memory_bytes_)},
             {"config", config_bytes(memory_bytes_)}})
        add(Kind::File, device_ / name, content);
    for (const char* name : {"resource0", "resource1", "resource2", "resource4", "resource5"})
        add(Kind::File, device_ / name);
    add(Kind::Link, device_ / "driver", "../../../../bus/pci/drivers/uio_pci_generic");
    add(Kind::Folder, device_ / "uio");
    add(Kind::Folder, device_ / "uio" / uio);
    add(Kind::Folder, uio_class / uio);
    add(Kind::Folder, uio_class / uio / "device");
    add(Kind::SameFile, uio_class / uio / "device" / "config", device_ / "config");
    add(Kind::Fifo, interrupt_path_);
}

void DeviceFiles::add(Kind kind, const fs::path& path, std::string content) {
    entries_.push_back({kind, path, std::move(content)});
}

// Held as long as this host lives, however it ends.
void DeviceFiles::lock() {
    if (::mkdir(place_.directory.c_str(), folder_mode) != 0 && errno != EEXIST)
        fail(place_.directory);
    const fs::path path = place_.directory / fmt::format(".slot{}", place_.slot);
    lock_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, file_mode));
    if (!lock_)
        fail(path);
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
        throw std::system_error(std::make_error_code(std::errc::device_or_resource_busy),
                                path.string() + ": another host has this slot");
}

void DeviceFiles::make(const Entry& entry) const {
    int failed = 0;
    switch (entry.kind) {
        case Kind::Folder:
            failed = ::mkdir(entry.path.c_str(), folder_mode) != 0 && errno != EEXIST ? 1 : 0;
            break;
        case Kind::File:
            write_file(entry.path, entry.content);
            break;
        case Kind::Link:
            failed = ::symlink(entry.content.c_str(), entry.path.c_str());
            break;
        case Kind::SameFile:
            failed = ::link(entry.content.c_str(), entry.path.c_str());
            break;
        case Kind::Fifo:
            failed = ::mkfifo(entry.path.c_str(), file_mode);
            break;
    }
    if (failed != 0)
        fail(entry.path);
}

// What is shared with other slots, or holds what is not ours, stays.
void DeviceFiles::remove() noexcept {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
        if (entry->kind == Kind::Folder)
            ::rmdir(entry->path.c_str());
        else
            ::unlink(entry->path.c_str());
    }
}

Region DeviceFiles::open_registers() const {
    return Region::in_file(device_ / "resource0", AVP_REGISTERS_BAR_BYTES);
}

DeviceRegions DeviceFiles::open_regions() const {
    return {Region::in_file(device_ / "resource2", memory_bytes_),
            Region::in_file(device_ / "resource4", AVP_MEMORY_MAP_BAR_BYTES),
            Region::in_file(device_ / "resource5", AVP_DEVICE_INFO_BAR_BYTES)};
}

}  // namespace vnf::avp
