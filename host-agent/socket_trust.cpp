// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See socket_trust.hpp.
#include "host-agent/socket_trust.hpp"

#include <unistd.h>

#include <algorithm>

namespace vnf::host {

namespace {

std::string owner_text(const struct stat& status) {
    return "its owner, uid " + std::to_string(status.st_uid) + ", is not trusted";
}

}  // namespace

bool TrustedOwners::trusts(uid_t uid) const {
    return uid == 0 || uid == ::geteuid() || std::find(uids.begin(), uids.end(), uid) != uids.end();
}

std::optional<std::string> directory_distrust(const struct stat& status, const TrustedOwners& owners) {
    if (!S_ISDIR(status.st_mode)) {
        return "not a directory";
    }
    if (!owners.trusts(status.st_uid)) {
        return owner_text(status);
    }
    if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
        return "anybody can write to it";
    }
    return std::nullopt;
}

std::optional<std::string> socket_distrust(const struct stat& status, const TrustedOwners& owners) {
    if (S_ISLNK(status.st_mode)) {
        return "a symbolic link";
    }
    if (!S_ISSOCK(status.st_mode)) {
        return "not a socket";
    }
    if (!owners.trusts(status.st_uid)) {
        return owner_text(status);
    }
    if (status.st_nlink != 1) {
        return "it has more than one name";
    }
    return std::nullopt;
}

}  // namespace vnf::host
