// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Signals eventfds of strangers without ever waiting. A write() can: whoever shares an eventfd may fill its counter, and
// take O_NONBLOCK away at any time. The kernel's own signal of a finished asynchronous request never waits, so each one
// here is a poll of something that is always ready, whose end signals the eventfd.
#pragma once

#include <linux/aio_abi.h>

#include "runtime/file_descriptor.hpp"

namespace vnf::avp {

class EventSignal {
  public:
    /// Throws std::system_error, e.g. where the kernel has no asynchronous requests (fs.aio-max-nr).
    EventSignal();
    ~EventSignal();
    EventSignal(const EventSignal&) = delete;
    EventSignal& operator=(const EventSignal&) = delete;

    /// Does nothing to a descriptor that is no eventfd.
    void send(int eventfd);

  private:
    runtime::FileDescriptor always_ready_;
    aio_context_t context_ = 0;
};

bool is_eventfd(int descriptor);

}  // namespace vnf::avp
