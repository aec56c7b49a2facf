// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Order matters: groups first, the user last, since it is the user who may change the rest.
#include "guest-client/privileges.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace vnf::guest {
namespace {

void check(int result, const std::string& what) {
    if (result != 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

}  // namespace

void become(const std::string& user) {
    if (user.empty() || ::geteuid() != 0) {
        return;
    }
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (const int error = ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
        error != 0 || found == nullptr) {
        throw std::system_error(error == 0 ? ENOENT : error, std::generic_category(), "user " + user);
    }
    check(::initgroups(entry.pw_name, entry.pw_gid), "initgroups " + user);
    check(::setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid), "setresgid " + user);
    check(::setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid), "setresuid " + user);
}

}  // namespace vnf::guest
