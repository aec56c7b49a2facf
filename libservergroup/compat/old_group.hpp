// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The state behind the old functions: the socket, the sequence, the list being collected. Unlike the old library's it may
// be used from several threads (B-24), and every function may be called inside a callback (B-17): those run without the
// lock. The last error is each thread's own.
//
// Policy. seq is +1 for each query and +1 for each completed answer, so complete queries use 1, 3, 5 (specification
// 3.2). A list holds at most 65535 bytes: what does not fit behind a whole element is left out and counted (B-18).
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "cgcs/server_group.h"
#include "libhandle/dispatch_gate.hpp"
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
    /// 400 bytes that stay; of this thread.
    static char* error();
    static int fail(std::string_view text);

  private:
    using Lock = libhandle::DispatchGate::Lock;

    int handle(const wire::StatusResponse& response, Lock& lock);
    int handle(const wire::StatusDone& done, Lock& lock);
    int handle(wire::GroupNotification& notification, Lock& lock);
    int handle(wire::GroupBroadcast& broadcast, Lock& lock);
    int handle(const wire::GroupNack& nack, Lock& lock);
    int handle(const wire::GroupGap& gap, Lock& lock);

    bool is_current(std::int32_t seq) const;
    int send(const wire::GroupRequest& request);
    static int system_failure(std::string_view what, int system_error);

    std::mutex mutex_;
    OldSocket socket_;
    OldCallbacks callbacks_;
    std::uint32_t seq_ = 0;
    bool is_asked_ = false;
    std::string list_;
    std::size_t left_out_ = 0;  ///< of the list being collected
};

}  // namespace vnf::libservergroup
