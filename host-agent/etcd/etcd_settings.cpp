// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See etcd_settings.hpp.
#include "host-agent/etcd/etcd_settings.hpp"

#include <unistd.h>

#include <array>

namespace vnf::host {

namespace {

using namespace std::chrono_literals;
using runtime::SettingsMap;

constexpr std::size_t path_limit = 4096;
constexpr std::size_t most_endpoints = 16;

std::string own_host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// Letters, digits, '.', '_' and '-': nothing that a key or an operator's shell would have to escape.
bool is_plain(const std::string& text) {
    for (const char byte : text) {
        const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        if (!letter && !(byte >= '0' && byte <= '9') && byte != '.' && byte != '_' && byte != '-') {
            return false;
        }
    }
    return !text.empty();
}

std::string plain_text(SettingsMap& map, std::string_view key, const std::string& fallback) {
    std::string text = map.text(key, fallback, 64);
    if (!is_plain(text)) {
        map.fail(key, "must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'");
    }
    return text;
}

std::string file(SettingsMap& map, std::string_view key) {
    std::string path = map.text(key, "", path_limit);
    if (!path.empty() && path.front() != '/') {
        map.fail(key, "must be an absolute path");
    }
    return path;
}

std::vector<std::string> endpoints(SettingsMap& map) {
    std::vector<std::string> found = map.texts("endpoints", most_endpoints);
    if (found.empty()) {
        map.fail("endpoints", "must name at least one, like [http://127.0.0.1:2379]");
    }
    for (std::string& endpoint : found) {
        while (endpoint.ends_with('/')) {
            endpoint.pop_back();
        }
        const std::size_t scheme = endpoint.starts_with("https://")  ? 8
                                   : endpoint.starts_with("http://") ? 7
                                                                     : std::string::npos;
        if (scheme == std::string::npos || scheme == endpoint.size() ||
            endpoint.find_first_of("/?#@ ", scheme) != std::string::npos) {
            map.fail("endpoints", "must be http://HOST:PORT or https://HOST:PORT");
        }
    }
    return found;
}

void read_identity(SettingsMap& map, EtcdSettings& settings) {
    settings.tls = {file(map, "ca"), file(map, "certificate"), file(map, "key")};
    if (settings.tls.certificate.empty() != settings.tls.key.empty()) {
        map.fail("certificate", "needs key, and key needs certificate");
    }
    settings.user = map.text("user", "");
    settings.password_file = file(map, "password_file");
    if (settings.user.empty() != settings.password_file.empty()) {
        map.fail("user", "needs password_file, and password_file needs user");
    }
}

}  // namespace

EtcdSettings read_etcd_settings(SettingsMap map) {
    EtcdSettings settings;
    settings.endpoints = endpoints(map);
    settings.prefix = map.text("prefix", settings.prefix, 128);
    if (settings.prefix.size() < 2 || settings.prefix.front() != '/' || settings.prefix.back() == '/') {
        map.fail("prefix", "must begin with '/' and not end with one");
    }
    settings.site = plain_text(map, "site", settings.site);
    settings.host = plain_text(map, "host", own_host_name());
    read_identity(map, settings);
    settings.lease = map.seconds("lease_s", settings.lease, 2s, 600s);
    settings.deadline = map.milliseconds("deadline_ms", settings.deadline, 100ms, 60000ms);
    settings.compaction = map.seconds("compaction_s", settings.compaction, 0s, 86400s);
    settings.queue_per_host = static_cast<std::size_t>(map.integer("queue_per_host", 4096, 16, 1000000));
    settings.queue_per_member = static_cast<std::size_t>(map.integer("queue_per_member", 256, 1, 100000));
    map.finish();
    return settings;
}

}  // namespace vnf::host
