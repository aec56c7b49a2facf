// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Waits for the deadlines of a DeadlineQueue with one Asio timer. The timer is set for the earliest deadline
// and for nothing else, so an idle agent is never woken. Many deadlines at one moment are served in batches,
// between which sockets have their turn.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "host-agent/deadline_queue.hpp"

namespace vnf::host {

class DeadlineTimer {
  public:
    /// Outlives its entries; they remove themselves with set(entry, never).
    explicit DeadlineTimer(boost::asio::io_context& io) : timer_(io) {}
    DeadlineTimer(const DeadlineTimer&) = delete;
    DeadlineTimer& operator=(const DeadlineTimer&) = delete;

    void set(DeadlineEntry& entry, TimePoint at);

  private:
    void arm();
    void fired();

    boost::asio::steady_timer timer_;
    DeadlineQueue queue_;
    TimePoint armed_ = runtime::never;
    bool serving_ = false;
};

}  // namespace vnf::host
