// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "settings.hpp"

#include <cstdlib>
#include <utility>

#include "libhandle/config_values.hpp"

namespace vnf::guestscale {
namespace {

const char* default_socket_path() {
    const char* const path = ::secure_getenv("VNF_GUESTSCALE_SOCKET");
    return path != nullptr ? path : "/run/vnf-guest-sdk/guest-scale.sock";
}

bool is_flag(std::int32_t value) {
    return value == 0 || value == 1;
}

}  // namespace

vnf_gs_error parse_settings(const vnf_gs_config& given, Settings& settings) {
    vnf_gs_config config{};
    if (!libhandle::copy_sized(given, config))
        return VNF_GS_ERROR_STRUCT_SIZE;
    if (config.reserved != 0 || !is_flag(config.answer) || !is_flag(config.keep_affinity))
        return VNF_GS_ERROR_INVALID_ARGUMENT;
    auto name = libhandle::program_name(config.name);
    if (!name)
        return VNF_GS_ERROR_BAD_NAME;
    auto path =
        libhandle::socket_path(config.socket_path != nullptr ? config.socket_path : default_socket_path());
    if (!path)
        return VNF_GS_ERROR_BAD_SOCKET_PATH;
    const auto range = libhandle::back_off_range(config.back_off_min_ms, config.back_off_max_ms);
    if (!range)
        return VNF_GS_ERROR_BAD_BACK_OFF;
    settings = {std::move(*name), std::move(*path), *range, config.answer == VNF_GS_ANSWER_LATER,
                config.keep_affinity == 0};
    return VNF_GS_OK;
}

vnf_gs_error parse_callbacks(const vnf_gs_callbacks* given, vnf_gs_callbacks& callbacks) {
    callbacks = {};
    return given == nullptr || libhandle::copy_sized(*given, callbacks) ? VNF_GS_OK
                                                                        : VNF_GS_ERROR_STRUCT_SIZE;
}

}  // namespace vnf::guestscale
