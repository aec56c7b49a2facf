// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "settings.hpp"

#include <cstdlib>
#include <utility>

#include "libhandle/config_values.hpp"

namespace vnf::libservergroup {
namespace {

constexpr std::uint32_t longest_timeout_ms = 600000;

const char* default_socket_path() {
    const char* const path = ::secure_getenv("VNF_SERVERGROUP_SOCKET");
    return path != nullptr ? path : "/run/vnf-guest-sdk/server-group.sock";
}

}  // namespace

vnf_sg_error parse_settings(const vnf_sg_config& given, Settings& settings) {
    vnf_sg_config config{};
    if (!libhandle::copy_sized(given, config))
        return VNF_SG_ERROR_STRUCT_SIZE;
    if (config.reserved != 0 || config.reserved_too != 0)
        return VNF_SG_ERROR_INVALID_ARGUMENT;
    auto name = libhandle::program_name(config.name);
    if (!name)
        return VNF_SG_ERROR_BAD_NAME;
    auto path =
        libhandle::socket_path(config.socket_path != nullptr ? config.socket_path : default_socket_path());
    if (!path)
        return VNF_SG_ERROR_BAD_SOCKET_PATH;
    std::uint32_t timeout_ms = 5000;
    if (!libhandle::parse_number(config.status_timeout_ms, 1, longest_timeout_ms, timeout_ms))
        return VNF_SG_ERROR_BAD_TIMEOUT;
    const auto range = libhandle::back_off_range(config.back_off_min_ms, config.back_off_max_ms);
    if (!range)
        return VNF_SG_ERROR_BAD_BACK_OFF;
    settings = {std::move(*name), std::move(*path), std::chrono::milliseconds(timeout_ms), *range};
    return VNF_SG_OK;
}

vnf_sg_error parse_callbacks(const vnf_sg_callbacks* given, vnf_sg_callbacks& callbacks) {
    callbacks = {};
    return given == nullptr || libhandle::copy_sized(*given, callbacks) ? VNF_SG_OK
                                                                        : VNF_SG_ERROR_STRUCT_SIZE;
}

}  // namespace vnf::libservergroup
