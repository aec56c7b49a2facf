// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The C interface: arguments checked, exceptions turned into errors, everything else left to the handle.

#include "vnf/heartbeat.h"

#include <new>

#include "handle.hpp"
#include "wire/text.hpp"

namespace {

/// noexcept on purpose: an exception out of an application's callback has nowhere to go.
template <typename Operation>
vnf_heartbeat_error on_handle(vnf_heartbeat* handle, Operation operation) noexcept {
    if (handle == nullptr)
        return VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    if (handle->is_foreign())
        return VNF_HEARTBEAT_ERROR_FORKED;
    try {
        return operation(*handle);
    } catch (const std::bad_alloc&) {
        return VNF_HEARTBEAT_ERROR_NO_MEMORY;
    }
}

bool is_valid_health(std::int32_t healthy, vnf_heartbeat_corrective_action action) {
    if (healthy == 1)
        return true;
    return healthy == 0 && action >= VNF_HEARTBEAT_ACTION_NONE && action <= VNF_HEARTBEAT_ACTION_LOG;
}

vnf::libheartbeat::HealthState health_state(std::int32_t healthy, vnf_heartbeat_corrective_action action,
                                            const char* reason) {
    using namespace vnf;
    const std::string_view text = reason == nullptr ? std::string_view() : reason;
    return {healthy == 1 ? wire::Health::Healthy : wire::Health::Unhealthy,
            healthy == 1 ? wire::CorrectiveAction::None : static_cast<wire::CorrectiveAction>(action),
            wire::clean_utf8(text, VNF_HEARTBEAT_REASON_MAX)};
}

}  // namespace

vnf_heartbeat_error vnf_heartbeat_open(const vnf_heartbeat_config* config,
                                       const vnf_heartbeat_callbacks* callbacks, void* context,
                                       vnf_heartbeat** handle) {
    if (config == nullptr || handle == nullptr)
        return VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    try {
        return vnf_heartbeat::open(*config, callbacks, context, handle);
    } catch (const std::bad_alloc&) {
        return VNF_HEARTBEAT_ERROR_NO_MEMORY;
    }
}

vnf_heartbeat_error vnf_heartbeat_close(vnf_heartbeat* handle) {
    if (handle == nullptr)
        return VNF_HEARTBEAT_OK;
    if (handle->is_foreign())
        handle->close_in_child();
    else
        handle->close();
    return VNF_HEARTBEAT_OK;
}

int vnf_heartbeat_get_fd(const vnf_heartbeat* handle) {
    if (handle == nullptr)
        return -VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    return handle->is_foreign() ? -VNF_HEARTBEAT_ERROR_FORKED : handle->wait_descriptor();
}

int vnf_heartbeat_next_timeout(vnf_heartbeat* handle) {
    return handle == nullptr || handle->is_foreign() ? -1 : handle->next_timeout();
}

vnf_heartbeat_error vnf_heartbeat_dispatch(vnf_heartbeat* handle) {
    return on_handle(handle, [](vnf_heartbeat& one) { return one.dispatch(); });
}

vnf_heartbeat_error vnf_heartbeat_register(vnf_heartbeat* handle) {
    return on_handle(handle, [](vnf_heartbeat& one) { return one.enter(); });
}

vnf_heartbeat_error vnf_heartbeat_deregister(vnf_heartbeat* handle, const char* reason) {
    return on_handle(handle, [reason](vnf_heartbeat& one) { return one.leave(reason); });
}

vnf_heartbeat_error vnf_heartbeat_get_state(vnf_heartbeat* handle, vnf_heartbeat_state_info* info) {
    if (info == nullptr)
        return VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    if (info->size < sizeof *info)
        return VNF_HEARTBEAT_ERROR_STRUCT_SIZE;
    return on_handle(handle, [info](vnf_heartbeat& one) { return one.get_state(*info); });
}

vnf_heartbeat_error vnf_heartbeat_report_health(vnf_heartbeat* handle, std::int32_t healthy,
                                                vnf_heartbeat_corrective_action action, const char* reason) {
    if (!is_valid_health(healthy, action))
        return VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    return on_handle(handle, [healthy, action, reason](vnf_heartbeat& one) {
        return one.report_health(health_state(healthy, action, reason));
    });
}

vnf_heartbeat_error vnf_heartbeat_respond(vnf_heartbeat* handle, std::uint64_t id, vnf_heartbeat_vote vote,
                                          const char* reason) {
    return on_handle(handle,
                     [id, vote, reason](vnf_heartbeat& one) { return one.respond(id, vote, reason); });
}

vnf_heartbeat_error vnf_heartbeat_extend(vnf_heartbeat* handle, std::uint64_t id, std::uint32_t extra_ms,
                                         const char* reason) {
    return on_handle(handle,
                     [id, extra_ms, reason](vnf_heartbeat& one) { return one.extend(id, extra_ms, reason); });
}

vnf_heartbeat_error vnf_heartbeat_action_remaining(vnf_heartbeat* handle, std::uint64_t id,
                                                   std::uint32_t* remaining_ms) {
    if (remaining_ms == nullptr)
        return VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    return on_handle(handle,
                     [id, remaining_ms](vnf_heartbeat& one) { return one.remaining(id, *remaining_ms); });
}
