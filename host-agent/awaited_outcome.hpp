// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where a request's coroutine waits for the outcome of what it began, which may outlive it: owned by both. The
// outcome of a request that was abandoned goes nowhere.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "runtime/clock.hpp"

namespace vnf::host {

template <typename Outcome>
class AwaitedOutcome {
  public:
    explicit AwaitedOutcome(boost::asio::io_context& io) : bell_(io, runtime::never) {}

    void decided(const Outcome& outcome) {
        outcome_ = outcome;
        bell_.cancel();
    }
    /// Nothing if the request was abandoned before. The caller keeps this object.
    boost::asio::awaitable<std::optional<Outcome>> outcome() {
        namespace asio = boost::asio;
        boost::system::error_code cancelled;
        while (!outcome_) {
            const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) {
                break;
            }
            co_await bell_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        }
        co_return outcome_;
    }

  private:
    boost::asio::steady_timer bell_;  ///< never expires; cancelled when the outcome is there
    std::optional<Outcome> outcome_;
};

}  // namespace vnf::host
