// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// libguest_heartbeat_api.so.3: the old C functions over the process's one connection.

#include "guest_heartbeat_api.h"

#include <cstring>
#include <new>

#include "legacy_connection.hpp"
#include "wire/text.hpp"

namespace {

using vnf::libheartbeat::LegacyConnection;
namespace wire = vnf::wire;

/// Never destroyed: another thread may still call while the process exits.
LegacyConnection& connection() {
    static auto* const only = new LegacyConnection;
    return *only;
}

std::string log_text(const char* log) {
    if (log == nullptr)
        return {};
    return wire::clean_utf8({log, ::strnlen(log, GUEST_HEARTBEAT_API_LOG_SIZE - 1)},
                            GUEST_HEARTBEAT_API_LOG_SIZE - 1);
}

template <typename Operation>
guest_api_error guarded(Operation operation) noexcept {
    try {
        return operation(connection());
    } catch (const std::bad_alloc&) {
        return GUEST_API_FAILED;
    }
}

}  // namespace

guest_api_error guest_heartbeat_api_initialize(guest_heartbeat_api_callbacks* callbacks) {
    return guarded([callbacks](LegacyConnection& only) { return only.initialize(callbacks); });
}

guest_api_error guest_heartbeat_api_finalize(void) {
    return guarded([](LegacyConnection& only) { return only.finalize(); });
}

guest_api_error guest_heartbeat_api_register(guest_heartbeat_api_init_data* init_data) {
    if (init_data == nullptr)
        return GUEST_API_FAILED;
    return guarded([init_data](LegacyConnection& only) { return only.enter(*init_data); });
}

guest_api_error guest_heartbeat_api_deregister(char log_msg[]) {
    return guarded([log_msg](LegacyConnection& only) { return only.leave(log_text(log_msg)); });
}

guest_api_error guest_heartbeat_api_send_action_response(int invocation_id, guest_heartbeat_api_event event,
                                                         guest_heartbeat_api_notify notify,
                                                         guest_heartbeat_api_vote_result vote,
                                                         char log_msg[]) {
    return guarded([invocation_id, event, notify, vote, log_msg](LegacyConnection& only) {
        return only.respond({static_cast<std::uint32_t>(invocation_id), static_cast<wire::Event>(event),
                             static_cast<wire::Notification>(notify), static_cast<wire::VoteResult>(vote),
                             log_text(log_msg)});
    });
}

void guest_heartbeat_api_dispatch(int selobj) {
    guarded([selobj](LegacyConnection& only) {
        only.dispatch(selobj);
        return GUEST_API_OKAY;
    });
}

int guest_heartbeat_api_get_selobj(void) {
    return connection().descriptor();
}
