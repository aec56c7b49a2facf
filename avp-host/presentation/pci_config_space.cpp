// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/pci_config_space.hpp"

#include <linux/pci_regs.h>

namespace vnf::avp {
namespace {

constexpr std::size_t capability = 0x40;

std::byte byte_of(std::uint64_t value, std::size_t index) {
    return static_cast<std::byte>(value >> (8 * index));
}

}  // namespace

PciConfigSpace::PciConfigSpace(std::uint64_t memory_bytes, unsigned vectors) {
    put(PCI_VENDOR_ID, AVP_PCI_VENDOR, 2);
    put(PCI_DEVICE_ID, AVP_PCI_DEVICE, 2);
    put(PCI_COMMAND, 0, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE);
    put(PCI_CLASS_REVISION, (AVP_PCI_CLASS << 8) | 1, 4);
    put(PCI_CACHE_LINE_SIZE, 0, 1, 0xFF);
    put(PCI_SUBSYSTEM_VENDOR_ID, AVP_PCI_SUBSYSTEM_VENDOR, 2);
    put(PCI_SUBSYSTEM_ID, AVP_PCI_SUBSYSTEM_DEVICE, 2);
    put(PCI_INTERRUPT_LINE, 0, 1, 0xFF);
    put_bar(AVP_BAR_REGISTERS, AVP_REGISTERS_BAR_BYTES, false);
    put_bar(AVP_BAR_MSIX, AVP_MSIX_BAR_BYTES, false);
    put_bar(AVP_BAR_MEMORY, memory_bytes, true);
    put_bar(AVP_BAR_MEMORY_MAP, AVP_MEMORY_MAP_BAR_BYTES, false);
    put_bar(AVP_BAR_DEVICE_INFO, AVP_DEVICE_INFO_BAR_BYTES, false);
    if (vectors != 0)
        put_msix(vectors);
    at_reset_ = bytes_;
}

void PciConfigSpace::put_msix(unsigned vectors) {
    put(PCI_STATUS, PCI_STATUS_CAP_LIST, 2);
    put(PCI_CAPABILITY_LIST, capability, 1);
    put(capability, PCI_CAP_ID_MSIX, 1);
    put(capability + PCI_MSIX_FLAGS, vectors - 1, 2, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    put(capability + PCI_MSIX_TABLE, kMsixTableOffset | AVP_BAR_MSIX, 4);
    put(capability + PCI_MSIX_PBA, kMsixPendingOffset | AVP_BAR_MSIX, 4);
}

void PciConfigSpace::write(std::size_t offset, std::span<const std::byte> data) {
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::byte mask = writable_[offset + i];
        bytes_[offset + i] = (bytes_[offset + i] & ~mask) | (data[i] & mask);
    }
}

void PciConfigSpace::put(std::size_t offset, std::uint64_t value, std::size_t width, std::uint64_t writable) {
    for (std::size_t i = 0; i < width; ++i) {
        bytes_[offset + i] = byte_of(value, i);
        writable_[offset + i] = byte_of(writable, i);
    }
}

void PciConfigSpace::put_bar(unsigned number, std::uint64_t bytes, bool is_64_bit) {
    // Whoever sizes a BAR writes ones and reads which of them stay.
    const std::uint64_t type = is_64_bit ? PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH
                                         : PCI_BASE_ADDRESS_MEM_TYPE_32;
    put(PCI_BASE_ADDRESS_0 + std::size_t{4} * number, type, is_64_bit ? 8 : 4, ~(bytes - 1));
}

}  // namespace vnf::avp
