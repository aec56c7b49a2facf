// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The one timer of a daemon's event loop: set to the earliest deadline that anybody has, and to nothing else, so that
// an idle daemon is never woken. Set again at the end of every turn; only a change costs a system call.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>

#include "runtime/clock.hpp"

namespace vnf::runtime {

class Wakeup {
  public:
    /// `due` is called from the loop when the time has come; it may set the next one.
    Wakeup(boost::asio::io_context& io, std::function<void()> due);
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    /// In place of what was set before; `never` for none. Nothing is set after a wake-up.
    void set(TimePoint at);
    std::uint64_t count() const { return count_; }

  private:
    void expired(TimePoint at);

    boost::asio::steady_timer timer_;
    std::function<void()> due_;
    TimePoint armed_ = never;
    std::uint64_t count_ = 0;
};

}  // namespace vnf::runtime
