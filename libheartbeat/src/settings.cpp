// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "settings.hpp"

#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "stream_socket.hpp"
#include "wire/text.hpp"

namespace vnf::libheartbeat {
namespace {

constexpr std::uint32_t longest_timeout_ms = 600000;
constexpr std::uint32_t longest_interval_ms = 60000;
constexpr std::uint32_t shortest_interval_ms = 10;
/// No struct of ours grows to this; a size that was never set mostly is above.
constexpr std::uint32_t largest_struct = 4096;

/// Copies a struct that says its own size. Fields that this library does not know are fine while they are
/// zero.
template <typename Struct>
vnf_heartbeat_error copy_sized(const Struct& from, Struct& to) {
    if (from.size < sizeof(Struct) || from.size > largest_struct)
        return VNF_HEARTBEAT_ERROR_STRUCT_SIZE;
    const auto* bytes = reinterpret_cast<const unsigned char*>(&from);
    if (!std::all_of(bytes + sizeof(Struct), bytes + from.size, [](unsigned char byte) { return byte == 0; }))
        return VNF_HEARTBEAT_ERROR_STRUCT_SIZE;
    std::memcpy(&to, &from, sizeof(Struct));
    return VNF_HEARTBEAT_OK;
}

bool is_control(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7f;
}

vnf_heartbeat_error parse_name(const char* text, Settings& settings) {
    if (text == nullptr)
        return VNF_HEARTBEAT_ERROR_BAD_NAME;
    const std::string_view name(text, ::strnlen(text, VNF_HEARTBEAT_NAME_MAX + 1));
    if (name.empty() || name.size() > VNF_HEARTBEAT_NAME_MAX || !wire::is_utf8(name) ||
        std::any_of(name.begin(), name.end(), is_control))
        return VNF_HEARTBEAT_ERROR_BAD_NAME;
    settings.name = name;
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error parse_socket_path(const char* given, Settings& settings) {
    const char* const path = given != nullptr ? given : default_socket_path();
    if (path[0] != '/' || ::strnlen(path, sizeof(sockaddr_un::sun_path)) == sizeof(sockaddr_un::sun_path))
        return VNF_HEARTBEAT_ERROR_BAD_SOCKET_PATH;
    settings.socket_path = path;
    return VNF_HEARTBEAT_OK;
}

/// Zero keeps the default.
bool parse_number(std::uint32_t given, std::uint32_t lowest, std::uint32_t highest, std::uint32_t& number) {
    if (given == 0)
        return true;
    number = given;
    return given >= lowest && given <= highest;
}

vnf_heartbeat_error parse_times(const vnf_heartbeat_config& config, Settings& settings) {
    if (!parse_number(config.interval_ms, shortest_interval_ms, longest_interval_ms, settings.interval_ms))
        return VNF_HEARTBEAT_ERROR_BAD_INTERVAL;
    if (!parse_number(config.vote_ms, 1, longest_timeout_ms, settings.vote_ms) ||
        !parse_number(config.shutdown_notice_ms, 1, longest_timeout_ms, settings.shutdown_notice_ms) ||
        !parse_number(config.suspend_notice_ms, 1, longest_timeout_ms, settings.suspend_notice_ms) ||
        !parse_number(config.resume_notice_ms, 1, longest_timeout_ms, settings.resume_notice_ms))
        return VNF_HEARTBEAT_ERROR_BAD_TIMEOUT;
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error parse_back_off(const vnf_heartbeat_config& config, Settings& settings) {
    std::uint32_t shortest = 100;
    std::uint32_t longest = 2000;
    if (!parse_number(config.back_off_min_ms, 1, longest_interval_ms, shortest) ||
        !parse_number(config.back_off_max_ms, 1, longest_interval_ms, longest))
        return VNF_HEARTBEAT_ERROR_BAD_BACK_OFF;
    if (config.back_off_max_ms == 0)
        longest = std::max(longest, shortest);
    if (config.back_off_min_ms == 0)
        shortest = std::min(longest, shortest);
    settings.back_off_min = std::chrono::milliseconds(shortest);
    settings.back_off_max = std::chrono::milliseconds(longest);
    return shortest > longest ? VNF_HEARTBEAT_ERROR_BAD_BACK_OFF : VNF_HEARTBEAT_OK;
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
    vnf_heartbeat_error error = copy_sized(given, config);
    if (error == VNF_HEARTBEAT_OK)
        error = parse_name(config.name, settings);
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
    return given == nullptr ? VNF_HEARTBEAT_OK : copy_sized(*given, callbacks);
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
