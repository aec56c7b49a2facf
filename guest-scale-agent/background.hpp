// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The one thing of this daemon that blocks, on a thread of its own: a write to a vCPU's `online` file returns when the
// kernel has moved everything away (50 to 150 ms, or never), and the disk may be slow. In the order in which it was asked
// for; who asks bounds how much that is. Nothing but the given values is shared with the loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace vnf::scale {

class Background {
  public:
    /// What becomes of work that has not begun when this ends; what has begun is always waited for.
    enum class AtEnd : bool { Drop, Finish };

    Background(boost::asio::io_context& io, AtEnd at_end) : io_(io), at_end_(at_end) {}
    ~Background() {
        *alive_ = false;
        if (at_end_ == AtEnd::Drop) {
            thread_.stop();
        }
        thread_.join();
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    /// `work` runs there; `then` gets its result on the loop, and nothing after destruction.
    template <typename Work, typename Then>
    void run(Work work, Then then) {
        boost::asio::post(
            thread_, [&io = io_, alive = alive_, work = std::move(work), then = std::move(then)]() mutable {
                boost::asio::post(io, [alive, result = work(), then = std::move(then)]() mutable {
                    if (*alive) {
                        then(std::move(result));
                    }
                });
            });
    }

  private:
    boost::asio::io_context& io_;
    AtEnd at_end_;
    boost::asio::thread_pool thread_{1};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace vnf::scale
