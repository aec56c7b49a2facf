// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Waits for the deadlines of a DeadlineQueue with the agent's one timer. Many deadlines at one moment are served in
// batches, between which sockets have their turn.
#pragma once

#include <boost/asio/io_context.hpp>

#include "host-agent/deadline_queue.hpp"
#include "runtime/wakeup.hpp"

namespace vnf::host {

class DeadlineTimer {
  public:
    /// Outlives its entries; they remove themselves with set(entry, never).
    explicit DeadlineTimer(boost::asio::io_context& io) : wakeup_(io, [this] { serve(); }) {}
    DeadlineTimer(const DeadlineTimer&) = delete;
    DeadlineTimer& operator=(const DeadlineTimer&) = delete;

    void set(DeadlineEntry& entry, TimePoint at);

  private:
    void serve();

    runtime::Wakeup wakeup_;
    DeadlineQueue queue_;
    bool serving_ = false;
};

}  // namespace vnf::host
