// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The C interface: arguments checked, exceptions turned into errors, everything else left to the handle.

#include "vnf/guestscale.h"

#include <new>
#include <string_view>

#include "handle.hpp"
#include "wire/text.hpp"

namespace {

/// noexcept on purpose: an exception out of an application's callback has nowhere to go.
template <typename Operation>
vnf_gs_error on_handle(vnf_gs* handle, Operation operation) noexcept {
    if (handle == nullptr)
        return VNF_GS_ERROR_INVALID_ARGUMENT;
    if (handle->is_foreign())
        return VNF_GS_ERROR_FORKED;
    try {
        return operation(*handle);
    } catch (const std::bad_alloc&) {
        return VNF_GS_ERROR_NO_MEMORY;
    }
}

}  // namespace

vnf_gs_error vnf_gs_open(const vnf_gs_config* config, const vnf_gs_callbacks* callbacks, void* context,
                         vnf_gs** handle) {
    if (config == nullptr || handle == nullptr)
        return VNF_GS_ERROR_INVALID_ARGUMENT;
    try {
        return vnf_gs::open(*config, callbacks, context, handle);
    } catch (const std::bad_alloc&) {
        return VNF_GS_ERROR_NO_MEMORY;
    }
}

vnf_gs_error vnf_gs_close(vnf_gs* handle) {
    if (handle == nullptr)
        return VNF_GS_OK;
    if (handle->is_foreign())
        handle->close_in_child();
    else
        handle->close();
    return VNF_GS_OK;
}

int vnf_gs_get_fd(const vnf_gs* handle) {
    if (handle == nullptr)
        return -VNF_GS_ERROR_INVALID_ARGUMENT;
    return handle->is_foreign() ? -VNF_GS_ERROR_FORKED : handle->wait_descriptor();
}

int vnf_gs_next_timeout(vnf_gs* handle) {
    return handle == nullptr || handle->is_foreign() ? -1 : handle->next_timeout();
}

vnf_gs_error vnf_gs_dispatch(vnf_gs* handle) {
    return on_handle(handle, [](vnf_gs& one) { return one.dispatch(); });
}

vnf_gs_error vnf_gs_get_state(vnf_gs* handle, vnf_gs_state_info* info) {
    if (info == nullptr)
        return VNF_GS_ERROR_INVALID_ARGUMENT;
    if (info->size < sizeof *info)
        return VNF_GS_ERROR_STRUCT_SIZE;
    return on_handle(handle, [info](vnf_gs& one) { return one.get_state(*info); });
}

vnf_gs_error vnf_gs_ready(vnf_gs* handle, std::uint32_t event) {
    return on_handle(handle, [event](vnf_gs& one) { return one.ready(event); });
}

vnf_gs_error vnf_gs_refuse(vnf_gs* handle, std::uint32_t event, const char* reason) {
    if (reason == nullptr || !vnf::wire::is_utf8(reason))
        return VNF_GS_ERROR_BAD_REASON;
    return on_handle(handle, [event, reason](vnf_gs& one) { return one.refuse(event, reason); });
}

vnf_gs_error vnf_gs_choose(vnf_gs* handle, std::uint32_t event, std::int32_t cpu) {
    return on_handle(handle, [event, cpu](vnf_gs& one) { return one.choose(event, cpu); });
}

vnf_gs_error vnf_gs_record_affinity(vnf_gs* handle) {
    return on_handle(handle, [](vnf_gs& one) { return one.record_affinity(); });
}

vnf_gs_error vnf_gs_restore_affinity(vnf_gs* handle, std::uint32_t* threads) {
    return on_handle(handle, [threads](vnf_gs& one) { return one.restore_affinity(threads); });
}
