// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The texts of the public enumerations and the library's version.

#include <array>
#include <cstddef>
#include <cstdint>

#include "vnf/servergroup.h"

namespace {

template <std::size_t Count>
const char* word(const std::array<const char*, Count>& words, std::int32_t value) {
    return value >= 0 && value < static_cast<std::int32_t>(Count) ? words[static_cast<std::size_t>(value)]
                                                                  : "unknown";
}

}  // namespace

const char* vnf_sg_strerror(vnf_sg_error error) {
    static constexpr std::array texts{
        "success",
        "invalid argument",
        "a struct has a wrong size",
        "not a valid name",
        "not a valid socket path",
        "timeout not between 1 and 600000 ms",
        "back-off not between 1 and 60000 ms, or the shortest above the longest",
        "out of memory",
        "the system has no descriptor left",
        "the handle belongs to the parent process",
        "dispatch is running already",
        "the handle was closed by a callback",
        "the message is longer than 3050 bytes",
        "the message is longer than 3951 bytes once escaped",
        "the message is not UTF-8, or holds a NUL",
        "too many messages wait to be sent",
        "guest-client can't reach the host",
        "guest-client can't be reached",
        "connecting to guest-client failed",
        "guest-client closed the connection",
        "guest-client did not answer",
        "guest-client sent what is no record",
        "another process has the old agent's only address",
        "the status did not become complete in time",
        "the status was not answered",
        "the status has too many members",
    };
    static_assert(texts.size() == VNF_SG_ERROR_TOO_MANY + 1);
    return error >= 0 && error < static_cast<vnf_sg_error>(texts.size()) ? word(texts, error)
                                                                         : "unknown error";
}

const char* vnf_sg_version(void) {
    return "0.1.0";
}

std::uint32_t vnf_sg_version_number(void) {
    return VNF_SG_VERSION_MAJOR << 16U | VNF_SG_VERSION_MINOR << 8U | VNF_SG_VERSION_PATCH;
}

const char* vnf_sg_state_name(vnf_sg_state state) {
    static constexpr std::array words{"disconnected", "connecting", "no_link", "linked", "old_agent"};
    static_assert(words.size() == VNF_SG_STATE_OLD_AGENT + 1);
    return word(words, state);
}

const char* vnf_sg_change_kind_name(vnf_sg_change_kind kind) {
    static constexpr std::array words{"unknown", "joined", "left", "failed", "changed"};
    static_assert(words.size() == VNF_SG_MEMBER_CHANGED + 1);
    return word(words, kind);
}

const char* vnf_sg_change_reason_name(vnf_sg_change_reason reason) {
    static constexpr std::array words{
        "updated",        "listed",          "not_listed", "created",  "deleted",  "started",
        "stopping",       "stopped",         "rebooting",  "rebooted", "paused",   "suspended",
        "resumed",        "migrating",       "migrated",   "resized",  "error",    "gone",
        "heartbeat_lost", "heartbeat_found", "unhealthy",  "healthy",  "host_lost"};
    static_assert(words.size() == VNF_SG_REASON_HOST_LOST + 1);
    return word(words, reason);
}
