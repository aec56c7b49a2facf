// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "settings.hpp"

#include <utility>

#include "libhandle/config_values.hpp"
#include "stream_socket.hpp"

namespace vnf::libheartbeat {
namespace {

constexpr std::uint32_t longest_timeout_ms = 600000;
constexpr std::uint32_t longest_interval_ms = 60000;
constexpr std::uint32_t shortest_interval_ms = 10;

vnf_heartbeat_error parse_name(const char* text, Settings& settings) {
    auto name = libhandle::program_name(text);
    if (!name)
        return VNF_HEARTBEAT_ERROR_BAD_NAME;
    settings.name = std::move(*name);
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error parse_socket_path(const char* given, Settings& settings) {
    auto path = libhandle::socket_path(given != nullptr ? given : default_socket_path());
    if (!path)
        return VNF_HEARTBEAT_ERROR_BAD_SOCKET_PATH;
    settings.socket_path = std::move(*path);
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error parse_times(const vnf_heartbeat_config& config, Settings& settings) {
    if (!libhandle::parse_number(config.interval_ms, shortest_interval_ms, longest_interval_ms,
                                 settings.interval_ms))
        return VNF_HEARTBEAT_ERROR_BAD_INTERVAL;
    if (!libhandle::parse_number(config.vote_ms, 1, longest_timeout_ms, settings.vote_ms) ||
        !libhandle::parse_number(config.shutdown_notice_ms, 1, longest_timeout_ms,
                                 settings.shutdown_notice_ms) ||
        !libhandle::parse_number(config.suspend_notice_ms, 1, longest_timeout_ms,
                                 settings.suspend_notice_ms) ||
        !libhandle::parse_number(config.resume_notice_ms, 1, longest_timeout_ms, settings.resume_notice_ms))
        return VNF_HEARTBEAT_ERROR_BAD_TIMEOUT;
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error parse_back_off(const vnf_heartbeat_config& config, Settings& settings) {
    const auto range = libhandle::back_off_range(config.back_off_min_ms, config.back_off_max_ms);
    if (!range)
        return VNF_HEARTBEAT_ERROR_BAD_BACK_OFF;
    settings.back_off = *range;
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error parse_choices(const vnf_heartbeat_config& config, Settings& settings) {
    if (config.corrective_action < VNF_HEARTBEAT_ACTION_UNKNOWN ||
        config.corrective_action > VNF_HEARTBEAT_ACTION_LOG ||
        config.silent_close < VNF_HEARTBEAT_SILENT_CLOSE_DEFAULT ||
        config.silent_close > VNF_HEARTBEAT_SILENT_CLOSE_FAILED || config.reserved != 0 ||
        (config.require & ~static_cast<std::uint32_t>(VNF_HEARTBEAT_REQUIRE_VERSION_3)) != 0)
        return VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT;
    if (config.corrective_action != VNF_HEARTBEAT_ACTION_UNKNOWN)
        settings.corrective_action = static_cast<wire::CorrectiveAction>(config.corrective_action);
    settings.silent_close = static_cast<wire::SilentClose>(config.silent_close);
    settings.require_version_3 = (config.require & VNF_HEARTBEAT_REQUIRE_VERSION_3) != 0;
    return VNF_HEARTBEAT_OK;
}

}  // namespace

vnf_heartbeat_error parse_settings(const vnf_heartbeat_config& given, Settings& settings) {
    vnf_heartbeat_config config{};
    if (!libhandle::copy_sized(given, config))
        return VNF_HEARTBEAT_ERROR_STRUCT_SIZE;
    vnf_heartbeat_error error = parse_name(config.name, settings);
    if (error == VNF_HEARTBEAT_OK)
        error = parse_socket_path(config.socket_path, settings);
    if (error == VNF_HEARTBEAT_OK)
        error = parse_times(config, settings);
    if (error == VNF_HEARTBEAT_OK)
        error = parse_back_off(config, settings);
    return error == VNF_HEARTBEAT_OK ? parse_choices(config, settings) : error;
}

vnf_heartbeat_error parse_callbacks(const vnf_heartbeat_callbacks* given,
                                    vnf_heartbeat_callbacks& callbacks) {
    callbacks = {};
    return given == nullptr || libhandle::copy_sized(*given, callbacks) ? VNF_HEARTBEAT_OK
                                                                        : VNF_HEARTBEAT_ERROR_STRUCT_SIZE;
}

std::chrono::milliseconds class_timeout(const Settings& settings, wire::Event event,
                                        wire::Notification notification) {
    switch (wire::timeout_class(event, notification)) {
        case wire::TimeoutClass::Vote:
            return std::chrono::milliseconds(settings.vote_ms);
        case wire::TimeoutClass::Shutdown:
            return std::chrono::milliseconds(settings.shutdown_notice_ms);
        case wire::TimeoutClass::Suspend:
            return std::chrono::milliseconds(settings.suspend_notice_ms);
        case wire::TimeoutClass::Resume:
            return std::chrono::milliseconds(settings.resume_notice_ms);
    }
    return std::chrono::milliseconds(settings.vote_ms);
}

}  // namespace vnf::libheartbeat
