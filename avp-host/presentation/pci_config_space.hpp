// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The 256 bytes of PCI configuration of an AVP device: identity, BARs that tell their sizes, one MSI-X capability. What
// is read-only stays what it is, whatever is written. Specification 1.1, 1.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "avp-abi/avp_vfio_user.h"

namespace vnf::avp {

/// In BAR 1.
constexpr std::uint32_t kMsixTableOffset = 0;
constexpr std::uint32_t kMsixPendingOffset = 0x800;

class PciConfigSpace {
  public:
    static constexpr std::size_t kBytes = AVP_VFIO_USER_CONFIG_BYTES;

    /// BAR 2 has `memory_bytes`, a power of two of at least 4096; `vectors` up to 128 interrupts; none: without MSI-X.
    PciConfigSpace(std::uint64_t memory_bytes, unsigned vectors);

    /// The range lies in the space: the caller has checked.
    std::span<const std::byte> read(std::size_t offset, std::size_t count) const {
        return std::span(bytes_).subspan(offset, count);
    }
    void write(std::size_t offset, std::span<const std::byte> data);
    std::span<const std::byte> bytes() const { return bytes_; }
    /// What was written is gone.
    void reset() { bytes_ = at_reset_; }

  private:
    void put(std::size_t offset, std::uint64_t value, std::size_t width, std::uint64_t writable = 0);
    void put_msix(unsigned vectors);
    void put_bar(unsigned number, std::uint64_t bytes, bool is_64_bit);

    std::array<std::byte, kBytes> bytes_{};
    std::array<std::byte, kBytes> writable_{};
    std::array<std::byte, kBytes> at_reset_{};
};

}  // namespace vnf::avp
