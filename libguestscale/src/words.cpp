// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The texts of the public enumerations and the library's version.

#include <array>
#include <cstddef>
#include <cstdint>

#include "vnf/guestscale.h"

namespace {

template <std::size_t Count>
const char* word(const std::array<const char*, Count>& words, std::int32_t value) {
    return value >= 0 && value < static_cast<std::int32_t>(Count) ? words[static_cast<std::size_t>(value)]
                                                                  : "unknown";
}

}  // namespace

const char* vnf_gs_strerror(vnf_gs_error error) {
    static constexpr std::array texts{
        "success",
        "invalid argument",
        "a struct has a wrong size",
        "not a valid name",
        "not a valid socket path",
        "back-off not between 1 and 60000 ms, or the shortest above the longest",
        "out of memory",
        "the system refused",
        "the handle belongs to the parent process",
        "dispatch is running already",
        "the handle was closed by a callback",
        "no such event is open",
        "the event's deadline has passed",
        "only a vCPU that goes can be refused or chosen",
        "the vCPU is 0, or not online",
        "the helper has chosen already",
        "not a valid reason",
        "connecting to guest-scale-agent failed",
        "guest-scale-agent closed the connection",
        "guest-scale-agent did not answer",
        "guest-scale-agent sent what is no record",
    };
    static_assert(texts.size() == VNF_GS_ERROR_PROTOCOL + 1);
    return error >= 0 && error < static_cast<vnf_gs_error>(texts.size()) ? word(texts, error)
                                                                         : "unknown error";
}

const char* vnf_gs_version(void) {
    return "0.1.0";
}

std::uint32_t vnf_gs_version_number(void) {
    return VNF_GS_VERSION_MAJOR << 16U | VNF_GS_VERSION_MINOR << 8U | VNF_GS_VERSION_PATCH;
}

const char* vnf_gs_state_name(vnf_gs_state state) {
    static constexpr std::array words{"disconnected", "connecting", "connected"};
    static_assert(words.size() == VNF_GS_STATE_CONNECTED + 1);
    return word(words, state);
}

const char* vnf_gs_direction_name(vnf_gs_direction direction) {
    static constexpr std::array words{"unknown", "down", "up"};
    static_assert(words.size() == VNF_GS_UP + 1);
    return word(words, direction);
}
