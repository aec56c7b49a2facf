// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A device's interrupts as eventfds of its client. One that is raised while there is no eventfd is latched, and goes out
// when one comes. Raised by a worker or by the control thread; an eventfd that a client has filled up, or has made
// blocking, never holds either (see event_signal.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "avp-host/device.hpp"
#include "avp-host/presentation/event_signal.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::avp {

class InterruptEvents final : public InterruptLine {
  public:
    static constexpr unsigned kMostVectors = 1 + AVP_MAX_QUEUES;

    /// Throws std::system_error.
    InterruptEvents() = default;

    void raise(unsigned vector) override;

    /// `vector` lies below kMostVectors. A latched interrupt is signalled at once. False, and the descriptor closed, if
    /// it is no eventfd.
    bool assign(unsigned vector, runtime::FileDescriptor eventfd);
    /// The vector has no eventfd any more; what is raised from now on is latched.
    void release(unsigned vector);
    /// The client is gone: no eventfds, nothing latched.
    void release_all();
    void forget_latched();

    /// Of each vector the eventfd, which stays ours, or -1.
    std::array<int, kMostVectors> descriptors() const;
    std::uint64_t latched() const;  ///< a bit for each vector
    std::uint64_t raised() const;   ///< how many, since the start

  private:
    mutable std::mutex mutex_;
    EventSignal signal_;
    std::array<runtime::FileDescriptor, kMostVectors> eventfds_;
    std::uint64_t latched_ = 0;
    std::uint64_t raised_ = 0;
};

}  // namespace vnf::avp
