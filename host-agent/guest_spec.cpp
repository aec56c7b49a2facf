// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See guest_spec.hpp.
#include "host-agent/guest_spec.hpp"

#include <algorithm>

#include "wire/server_group_message.hpp"

namespace vnf::host {

namespace {

constexpr std::string_view heartbeat_prefix = "cgcs.heartbeat.";
constexpr std::string_view messaging_prefix = "cgcs.messaging.";
constexpr std::string_view suffix = ".sock";
constexpr std::size_t uuid_length = 36;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_uuid(std::string_view text) {
    if (text.size() != uuid_length) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool is_instance_id(std::string_view text) {
    const auto allowed = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
               c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

std::optional<SocketName> parse_socket_name(std::string_view file_name) {
    const bool heartbeat = file_name.starts_with(heartbeat_prefix);
    const std::string_view prefix = heartbeat ? heartbeat_prefix : messaging_prefix;
    if (!file_name.starts_with(prefix) || !file_name.ends_with(suffix) ||
        file_name.size() < prefix.size() + suffix.size()) {
        return std::nullopt;
    }
    file_name.remove_prefix(prefix.size());
    file_name.remove_suffix(suffix.size());
    const bool good = heartbeat ? is_uuid(file_name)
                                : is_instance_id(file_name) && file_name.find('.') == std::string_view::npos;
    if (!good) {
        return std::nullopt;
    }
    return SocketName{heartbeat ? GuestPort::Heartbeat : GuestPort::Messaging, std::string(file_name)};
}

std::string GuestSpec::member_name() const {
    if (!name.empty()) {
        return name;
    }
    return wire::SourceInstance::of(id) ? id : std::string();
}

bool operator==(const GuestSpec& a, const GuestSpec& b) {
    const bool same_status =
        (a.status == nullptr) == (b.status == nullptr) && (!a.status || *a.status == *b.status);
    const bool same_scaling =
        (a.scaling == nullptr) == (b.scaling == nullptr) && (!a.scaling || *a.scaling == *b.scaling);
    return same_status && same_scaling && a.id == b.id && a.socket == b.socket && a.qmp == b.qmp &&
           a.messaging == b.messaging && a.name == b.name && a.group == b.group &&
           a.heartbeat == b.heartbeat && a.reporting == b.reporting && a.origin == b.origin;
}

std::string qmp_path(std::string_view pattern, std::string_view id) {
    constexpr std::string_view hole = "{id}";
    const std::size_t at = pattern.find(hole);
    if (at == std::string_view::npos) {
        return std::string(pattern);
    }
    std::string path(pattern.substr(0, at));
    path.append(id).append(pattern.substr(at + hole.size()));
    return path;
}

std::string_view word(GuestOrigin origin) {
    switch (origin) {
        case GuestOrigin::Discovered:
            return "discovered";
        case GuestOrigin::Settings:
            return "settings";
        case GuestOrigin::Api:
            return "api";
    }
    return "settings";
}

}  // namespace vnf::host
