// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a discovered socket and its directory must be before host-agent connects: who could have put it there.
// Each check names what is wrong, or nothing.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

namespace vnf::host {

/// Root and the agent's own user always are.
struct TrustedOwners {
    std::vector<uid_t> uids;
    bool trusts(uid_t uid) const;
    friend bool operator==(const TrustedOwners&, const TrustedOwners&) = default;
};

/// A directory, of a trusted owner, that others can't write to unless it is sticky.
std::optional<std::string> directory_distrust(const struct stat& status, const TrustedOwners& owners);

/// A socket (not a link to one), of a trusted owner, the name's only one.
std::optional<std::string> socket_distrust(const struct stat& status, const TrustedOwners& owners);

}  // namespace vnf::host
