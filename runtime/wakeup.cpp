// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See wakeup.hpp.
#include "runtime/wakeup.hpp"

#include <utility>

namespace vnf::runtime {

Wakeup::Wakeup(boost::asio::io_context& io, std::function<void()> due) : timer_(io), due_(std::move(due)) {}

void Wakeup::set(TimePoint at) {
    if (at == armed_) {
        return;
    }
    armed_ = at;
    if (at == never) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(at);
    timer_.async_wait([this, at](const boost::system::error_code& error) {
        if (!error) {
            expired(at);
        }
    });
}

void Wakeup::expired(TimePoint at) {
    // A wait that had ended already can't be cancelled: its handler comes, and finds another time set.
    if (at != armed_) {
        return;
    }
    armed_ = never;
    ++count_;
    due_();
}

}  // namespace vnf::runtime
