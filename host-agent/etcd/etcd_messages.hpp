// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The bodies of etcd's v3 JSON gateway that a group service needs, both ways: values in, text out, and back. 64-bit
// numbers are texts there, zeros and false are left out, keys and values are base64. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vnf::host {

using EtcdLease = std::int64_t;  ///< 0: none
using EtcdRevision = std::int64_t;

struct EtcdHeader {
    std::uint64_t cluster = 0;
    EtcdRevision revision = 0;
};

struct EtcdKey {
    std::string key, value;
    EtcdRevision created = 0, modified = 0;
    EtcdLease lease = 0;
};

struct EtcdPut {
    std::string key, value;
    EtcdLease lease = 0;
};

/// "This key's last change was at this revision"; 0: it is not there.
struct EtcdGuard {
    std::string key;
    EtcdRevision modified = 0;
};

/// If every guard holds: the puts, then the removals, at one revision. Otherwise the guarded keys are read.
struct EtcdTransaction {
    std::vector<EtcdGuard> guards;
    std::vector<EtcdPut> puts;
    std::vector<std::string> removals;
};

/// Keys from `key` up to, not including, `end`, at `revision` (0: now), at most `limit`.
struct EtcdRange {
    std::string key, end;
    EtcdRevision revision = 0;
    std::int64_t limit = 0;
};

std::string encode(const EtcdRange& range);
std::string encode(const EtcdTransaction& transaction);
std::string encode_put(const EtcdPut& put);
std::string encode_lease_grant(std::int64_t seconds);
std::string encode_lease(EtcdLease lease);  ///< keep-alive and revocation
std::string encode_compaction(EtcdRevision revision);
std::string encode_watch(std::string_view key, std::string_view end, EtcdRevision from);
std::string encode_authentication(std::string_view user, std::string_view password);

/// The end of the range of all keys that begin with `prefix`, which is not empty and ends in no byte 255.
std::string end_of_prefix(std::string prefix);

struct EtcdKeys {
    EtcdHeader header;
    std::vector<EtcdKey> keys;
    bool more = false;
};
struct EtcdTransacted {
    EtcdHeader header;
    bool succeeded = false;
    std::vector<EtcdKey> found;  ///< of the guarded keys, those that are there
};
struct EtcdLeased {
    EtcdHeader header;
    EtcdLease lease = 0;
    std::int64_t seconds = 0;  ///< 0 in the answer to a keep-alive: the lease is gone
};
struct EtcdEvent {
    bool removed = false;
    EtcdKey key;  ///< of a removed one: its name and `modified`
};
/// One line of a watch.
struct EtcdNews {
    EtcdHeader header;
    bool created = false, canceled = false;
    bool fragment = false;       ///< the next line belongs to the same revision
    EtcdRevision compacted = 0;  ///< with canceled: history begins there
    std::string reason, error;   ///< `error`: the stream is over
    std::vector<EtcdEvent> events;
};
struct EtcdError {
    std::int64_t code = 0;  ///< gRPC's
    std::string text;
};

/// Nothing if the text is not such an answer.
std::optional<EtcdKeys> parse_etcd_keys(std::string_view text);
std::optional<EtcdTransacted> parse_etcd_transacted(std::string_view text);
std::optional<EtcdLeased> parse_etcd_leased(std::string_view text);
std::optional<EtcdNews> parse_etcd_news(std::string_view line);
std::optional<std::string> parse_etcd_token(std::string_view text);
std::optional<EtcdHeader> parse_etcd_header(std::string_view text);
/// Of a refused request; the text itself, cut, if it is none of etcd's.
EtcdError parse_etcd_error(std::string_view text);

}  // namespace vnf::host
