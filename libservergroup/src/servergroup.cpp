// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The C interface: arguments checked, exceptions turned into errors, everything else left to the handle.

#include "vnf/servergroup.h"

#include <new>
#include <string_view>

#include "handle.hpp"

namespace {

/// noexcept on purpose: an exception out of an application's callback has nowhere to go.
template <typename Operation>
vnf_sg_error on_handle(vnf_sg* handle, Operation operation) noexcept {
    if (handle == nullptr)
        return VNF_SG_ERROR_INVALID_ARGUMENT;
    if (handle->is_foreign())
        return VNF_SG_ERROR_FORKED;
    try {
        return operation(*handle);
    } catch (const std::bad_alloc&) {
        return VNF_SG_ERROR_NO_MEMORY;
    }
}

}  // namespace

vnf_sg_error vnf_sg_open(const vnf_sg_config* config, const vnf_sg_callbacks* callbacks, void* context,
                         vnf_sg** handle) {
    if (config == nullptr || handle == nullptr)
        return VNF_SG_ERROR_INVALID_ARGUMENT;
    try {
        return vnf_sg::open(*config, callbacks, context, handle);
    } catch (const std::bad_alloc&) {
        return VNF_SG_ERROR_NO_MEMORY;
    }
}

vnf_sg_error vnf_sg_close(vnf_sg* handle) {
    if (handle == nullptr)
        return VNF_SG_OK;
    if (handle->is_foreign())
        handle->close_in_child();
    else
        handle->close();
    return VNF_SG_OK;
}

int vnf_sg_get_fd(const vnf_sg* handle) {
    if (handle == nullptr)
        return -VNF_SG_ERROR_INVALID_ARGUMENT;
    return handle->is_foreign() ? -VNF_SG_ERROR_FORKED : handle->wait_descriptor();
}

int vnf_sg_next_timeout(vnf_sg* handle) {
    return handle == nullptr || handle->is_foreign() ? -1 : handle->next_timeout();
}

vnf_sg_error vnf_sg_dispatch(vnf_sg* handle) {
    return on_handle(handle, [](vnf_sg& one) { return one.dispatch(); });
}

vnf_sg_error vnf_sg_get_state(vnf_sg* handle, vnf_sg_state_info* info) {
    if (info == nullptr)
        return VNF_SG_ERROR_INVALID_ARGUMENT;
    if (info->size < sizeof *info)
        return VNF_SG_ERROR_STRUCT_SIZE;
    return on_handle(handle, [info](vnf_sg& one) { return one.get_state(*info); });
}

vnf_sg_error vnf_sg_broadcast(vnf_sg* handle, const char* text, std::size_t length) {
    if (text == nullptr)
        return VNF_SG_ERROR_INVALID_ARGUMENT;
    return on_handle(handle, [text, length](vnf_sg& one) { return one.broadcast({text, length}); });
}

vnf_sg_error vnf_sg_request_status(vnf_sg* handle) {
    return on_handle(handle, [](vnf_sg& one) { return one.request_status(); });
}
