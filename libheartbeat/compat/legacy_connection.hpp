// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The one registration that a process has through the old interface. Return values and the moments of
// callbacks are the old library's (heartbeat specification 4); its defects L-01 to L-06, L-08, L-10, L-12 and
// L-13 are not: each connection starts with a clean decoder, records are sent whole, callbacks may call
// anything, a registration that is on its way is not repeated, and several threads may call. A process that
// forks after registering, as old daemons do, goes on in the child.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "libhandle/descriptor.hpp"
#include "guest_heartbeat_api.h"
#include "outbox.hpp"
#include "wire/application_record.hpp"

namespace vnf::libheartbeat {

class LegacyConnection {
  public:
    guest_api_error initialize(const guest_heartbeat_api_callbacks* callbacks);
    guest_api_error finalize();
    guest_api_error enter(const guest_heartbeat_api_init_data& data);
    guest_api_error leave(std::string_view log);
    guest_api_error respond(const wire::RecordActionResponse& response);
    void dispatch(int descriptor);
    int descriptor();

  private:
    using Lock = std::unique_lock<std::mutex>;

    guest_api_error connect();
    guest_api_error send(const wire::ApplicationRecord& record);
    void disconnect();
    void deliver(Lock& lock);

    void handle(Lock& lock, const wire::RecordInitAck& ack);
    void handle(Lock& lock, const wire::RecordChallenge& challenge);
    void handle(Lock& lock, const wire::RecordActionNotify& notify);
    template <typename Record>
    void handle(Lock& /*lock*/, const Record& /*not in version 2*/) {}

    std::mutex mutex_;
    guest_heartbeat_api_callbacks callbacks_{};
    bool is_initialized_ = false;
    libhandle::Descriptor socket_;
    std::uint32_t connection_ =
        0;  ///< counts connects and disconnects: what a callback came from may be gone after it
    std::uint32_t sequence_ = 0;
    wire::DaemonRecordDecoder decoder_;
    Outbox outbox_;
    std::optional<wire::RecordInit> unanswered_;
};

}  // namespace vnf::libheartbeat
