// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One client's conversation with a device: a message and its descriptors in, the answer out. No socket, no clock. What
// it holds is the client's alone (PCI configuration, memory ranges, whether the version is agreed on), and ends with it;
// for the device's registers and memory it holds the port's gate, never longer than one message takes.
//
// Policy. The first message is VERSION, and there is one. Memory of the client is never mapped: descriptors that come
// with it are closed unread. The device's own memory goes out as descriptors of regions 2, 4 and 5; registers are read
// and written 4 bytes at a time.
#pragma once

#include <span>
#include <vector>

#include "avp-host/device.hpp"
#include "avp-host/port_gate.hpp"
#include "avp-host/presentation/interrupt_events.hpp"
#include "avp-host/presentation/memory_maps.hpp"
#include "avp-host/presentation/pci_config_space.hpp"
#include "avp-host/presentation/vfio_user_message.hpp"

namespace vnf::avp {

/// What a device is made of, for its presentations; all outlive them.
struct PresentedDevice {
    Device& device;
    PortGate& gate;
    InterruptEvents& interrupts;
};

class VfioUserDialogue {
  public:
    static constexpr std::size_t kMostMaps = 65535;

    struct Answer {
        vfio_user::Message message;  ///< empty if none is wanted
        int descriptor = -1;         ///< goes with it; the device's own
        std::optional<vfio_user::Refusal> refusal;
        bool ends = false;  ///< the client can't be served
    };

    explicit VfioUserDialogue(PresentedDevice presented, std::size_t most_maps = kMostMaps,
                              bool has_msix = true);

    Answer answer(const vfio_user::Header& header, vfio_user::Bytes payload,
                  std::vector<runtime::FileDescriptor> descriptors);

    const MemoryMaps& maps() const { return maps_; }
    vfio_user::Bytes config() const { return config_.bytes(); }
    /// Goes on where another process stopped; `config` is what it had, at most as long. Of the client's ranges nothing is
    /// known: to take them away succeeds all the same.
    void resume(vfio_user::Bytes config);

  private:
    /// What a request comes to: bytes for the reply, or why not.
    struct Outcome {
        vfio_user::Message payload;
        int descriptor = -1;
        std::optional<vfio_user::Refusal> refusal;
    };

    Outcome serve(const vfio_user::Request& request, vfio_user::Bytes payload,
                  std::vector<runtime::FileDescriptor> descriptors);
    Outcome serve(const vfio_user::GetRegionInfo& request) const;
    Outcome serve(const vfio_user::SetIrqs& request, std::vector<runtime::FileDescriptor> descriptors);
    Outcome serve(const vfio_user::ReadRegion& request);
    Outcome serve(const vfio_user::WriteRegion& request);
    void reset();

    std::uint64_t region_bytes(std::uint32_t region) const;
    const Region* mapped_region(std::uint32_t region) const;
    std::optional<vfio_user::Refusal> access_fault(std::uint32_t region, std::uint64_t offset,
                                                   std::size_t count) const;
    void read_registers(std::uint64_t offset, std::span<std::byte> into);
    void write_registers(std::uint64_t offset, vfio_user::Bytes data);

    /// Of the kinds of interrupt that there are, only MSI-X has any.
    unsigned vectors_of(std::uint32_t kind) const { return kind == AVP_VFIO_USER_IRQ_MSIX ? vectors_ : 0; }

    PresentedDevice presented_;
    unsigned vectors_;
    PciConfigSpace config_;
    MemoryMaps maps_;
    bool version_agreed_ = false;
};

}  // namespace vnf::avp
