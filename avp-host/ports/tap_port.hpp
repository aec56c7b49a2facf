// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A TAP: the kernel's network behind a port. The interface is made beforehand and owned by this user (`ip tuntap add
// dev NAME mode tap user USER`), or its descriptor is handed over; nothing here needs a privilege. Reads and writes
// never wait: what the kernel does not take is dropped and counted.
#pragma once

#include <string>

#include "avp-host/ports/end_port.hpp"
#include "avp-host/ports/frame_room.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::avp {

class TapPort final : public EndPort {
  public:
    /// Opens the interface of that name; without the right to make one, it must be there. Throws std::runtime_error
    /// that says what to do.
    static runtime::FileDescriptor open(const std::string& interface_name);

    /// Throws std::runtime_error if it is no TAP without packet information and virtio header.
    explicit TapPort(runtime::FileDescriptor descriptor);

    std::string_view kind() const override { return "tap"; }
    Counters counters() const override;
    std::size_t receive(std::span<Frame> frames) override;
    std::size_t transmit(std::span<const Frame> frames) override;

    const std::string& interface_name() const { return interface_name_; }

  private:
    bool write(const Frame& frame);

    runtime::FileDescriptor descriptor_;
    std::string interface_name_;
    FrameRoom room_{kBurst};
    Tally read_, written_;
    Tally too_long_, full_, failed_;
};

}  // namespace vnf::avp
