// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The old C functions over the process's one OldGroup.

#include "cgcs/server_group.h"

#include <new>

#include "old_group.hpp"

namespace {

using vnf::libservergroup::OldGroup;

/// Never destroyed: another thread may still call while the process exits.
OldGroup& group() {
    static auto* const only = new OldGroup;
    return *only;
}

template <typename Operation>
int guarded(Operation operation) noexcept {
    try {
        return operation(group());
    } catch (const std::bad_alloc&) {
        return OldGroup::fail("out of memory");
    }
}

}  // namespace

int init_sg(sg_broadcast_msg_handler_t broadcast_handler, sg_notification_msg_handler_t notification_handler,
            sg_status_msg_handler_t status_handler) {
    return guarded([broadcast_handler, notification_handler, status_handler](OldGroup& only) {
        return only.init({broadcast_handler, notification_handler, status_handler});
    });
}

int process_sg_msg(void) {
    return guarded([](OldGroup& only) { return only.process(); });
}

int sg_msg_broadcast(void* msg, unsigned int) {
    return guarded([msg](OldGroup& only) { return only.broadcast(static_cast<const char*>(msg)); });
}

int sg_request_status(void) {
    return guarded([](OldGroup& only) { return only.request_status(); });
}

char* sg_get_error(void) {
    return OldGroup::error();
}
