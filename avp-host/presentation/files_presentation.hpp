// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Presents one device to an unmodified PCI driver by files, with no VM: the tree, the registers that are looked at every
// few milliseconds on the control thread, and a FIFO in place of /dev/uioN, in which each 4 bytes are an interrupt.
//
// Policy. A driver's end shows as the FIFO being closed: then the device is reset. Interrupts that nobody takes fill the
// FIFO and are dropped; what it holds is enough to wake a driver. Interrupts of RX queues need eventfds: this way has
// none, so the device's settings must not offer them.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "avp-host/device.hpp"
#include "avp-host/port_gate.hpp"
#include "avp-host/presentation/device_files.hpp"

namespace vnf::avp {

struct FilesCounters {
    std::uint64_t drivers = 0;  ///< that came
    std::uint64_t interrupts = 0;
};

class FilesPresentation {
  public:
    /// Makes the files. Throws as DeviceFiles does.
    FilesPresentation(boost::asio::io_context& io, std::string name, DevicePlace place,
                      std::size_t memory_bytes);
    ~FilesPresentation();
    FilesPresentation(const FilesPresentation&) = delete;
    FilesPresentation& operator=(const FilesPresentation&) = delete;

    /// What the device is made of.
    DeviceRegions open_regions() const;
    InterruptLine& interrupts();

    /// From now on there is a device. It outlives stop(), or this.
    void start(Device& device, PortGate& gate);
    /// The registers read as an unplugged device's do; the files stay until this ends.
    void stop();

    bool has_driver() const;
    const FilesCounters& counters() const;
    std::string pci_address() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace vnf::avp
