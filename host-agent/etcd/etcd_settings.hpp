// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The settings block `groups.etcd` (docs/host-agent.md describes every key).
#pragma once

#include <string>
#include <vector>

#include "runtime/http_transfers.hpp"
#include "runtime/settings.hpp"

namespace vnf::host {

struct EtcdSettings {
    std::vector<std::string> endpoints;  ///< "http://10.0.0.1:2379", tried in turn
    std::string prefix = "/vnf-guest-sdk";
    std::string site = "local";
    std::string host;  ///< of this agent, unique in the site
    runtime::HttpTls tls;
    std::string user, password_file;
    std::chrono::seconds lease{10};        ///< a host that is silent for so long has lost its members
    runtime::Milliseconds deadline{2000};  ///< of one request
    std::chrono::seconds compaction{300};  ///< history is kept for one to two of these; 0: never compacted
    std::size_t queue_per_host = 4096;     ///< messages that wait for etcd
    std::size_t queue_per_member = 256;
    friend bool operator==(const EtcdSettings&, const EtcdSettings&) = default;

    /// PREFIX/SITE/, which all keys begin with.
    std::string base() const { return prefix + '/' + site + '/'; }
};

/// Throws runtime::SettingsError.
EtcdSettings read_etcd_settings(runtime::SettingsMap map);

}  // namespace vnf::host
