// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who is at the other end of a Unix socket, as the kernel says, and who may be.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace vnf::runtime {

struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  ///< supplementary (SO_PEERGROUPS), at most 64 looked at
};

/// SO_PEERCRED and SO_PEERGROUPS of a connected Unix socket.
std::optional<PeerCredentials> peer_credentials(int fd, std::error_code& error);

/// Who may use a service. Root and the daemon's own uid always may.
struct AllowList {
    bool anyone = false;
    std::vector<uid_t> uids;
    std::vector<gid_t> gids;
    bool allows(const PeerCredentials& peer) const;
    friend bool operator==(const AllowList&, const AllowList&) = default;
};

/// Names or numbers, as settings have them.
std::optional<uid_t> user_id(const std::string& name_or_number);
std::optional<gid_t> group_id(const std::string& name_or_number);

}  // namespace vnf::runtime
