// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The state behind the old functions: the socket, the sequence, the list being collected. Not thread-safe, as the old
// library was not, but every function may be called inside a callback (B-17).
//
// Policy. seq is +1 for each query and +1 for each completed answer, so complete queries use 1, 3, 5 (specification
// 3.2). A list holds at most 65535 bytes: what does not fit behind a whole element is left out and counted (B-18).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cgcs/server_group.h"
#include "libservergroup/src/old_socket.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::libservergroup {

struct OldCallbacks {
    sg_broadcast_msg_handler_t broadcast = nullptr;
    sg_notification_msg_handler_t notification = nullptr;
    sg_status_msg_handler_t status = nullptr;
};

class OldGroup {
  public:
    static constexpr std::size_t longest_list = 65535;

    // The contract of the old functions, 0 or -1.
    int init(const OldCallbacks& callbacks);
    int process();
    int broadcast(const char* text);
    int request_status();
    char* error() { return error_.data(); }
    int fail(std::string_view text);

  private:
    int handle(const wire::StatusResponse& response);
    int handle(const wire::StatusDone& done);
    int handle(wire::GroupNotification& notification);
    int handle(wire::GroupBroadcast& broadcast);
    int handle(const wire::GroupNack& nack);
    int handle(const wire::GroupGap& gap);

    bool is_current(std::int32_t seq) const;
    int send(const wire::GroupRequest& request);
    int system_failure(std::string_view what, int system_error);

    OldSocket socket_;
    OldCallbacks callbacks_;
    std::uint32_t seq_ = 0;
    bool is_asked_ = false;
    std::string list_;
    std::size_t left_out_ = 0;  ///< of the list being collected
    std::array<char, 400> error_{};
};

}  // namespace vnf::libservergroup
