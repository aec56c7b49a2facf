// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application of the old SDK as bytes: the one datagram socket `@cgcs.server_grp` of its guest's network, speaking
// to the agent's `@cgcs.messaging` (server-group specification, hops A and F).
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "tests/harness/guest_network.hpp"
#include "tests/harness/json_lines.hpp"
#include "tests/harness/stage.hpp"

namespace vnf::test {

class OldGroupClient final : public harness::Actor {
  public:
    OldGroupClient(harness::Stage& stage, const harness::GuestNetwork& network);

    /// Throws if nobody is the agent there.
    void broadcast(std::string_view text);
    void query(std::int64_t seq);
    /// The `data` of the next message of this type; those before it stay.
    harness::Json expect(std::string_view msg_type);
    std::size_t count(std::string_view msg_type) const;
    std::size_t largest_datagram() const { return largest_; }

    int wait_fd() const override { return socket_.get(); }
    void readable() override;

  private:
    void send_data(const harness::Json& data);

    harness::FileDescriptor socket_;
    std::deque<harness::Json> data_;
    std::size_t largest_ = 0;
};

}  // namespace vnf::test
