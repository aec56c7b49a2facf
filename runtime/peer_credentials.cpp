// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// SO_PEERCRED, SO_PEERGROUPS and the user database.
#include "runtime/peer_credentials.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "runtime/file_descriptor.hpp"

namespace vnf::runtime {
namespace {

constexpr std::size_t groups_looked_at = 64;
constexpr std::size_t most_groups = 65536;  // NGROUPS_MAX
constexpr std::size_t longest_entry = 1024 * 1024;

/// A kernel that cannot tell (before 4.13) leaves the list empty, which allows less, never more.
std::vector<gid_t> supplementary_groups(int fd) {
    std::vector<gid_t> groups(groups_looked_at);
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    int result = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    if (result != 0 && errno == ERANGE && size <= most_groups * sizeof(gid_t)) {
        groups.resize(size / sizeof(gid_t));
        result = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    }
    groups.resize(result == 0 ? std::min<std::size_t>(size / sizeof(gid_t), groups_looked_at) : 0);
    return groups;
}

template <typename Id>
std::optional<Id> number(const std::string& text) {
    Id value{};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    // The highest value means "no change" to chown and friends.
    if (error != std::errc() || stopped != end || value == std::numeric_limits<Id>::max())
        return std::nullopt;
    return value;
}

/// Calls a getXXnam_r with a buffer that grows until the entry fits.
template <typename Entry, typename Lookup>
std::optional<Entry> database_entry(const std::string& name, Lookup lookup) {
    std::vector<char> buffer(4096);
    Entry entry{};
    Entry* found = nullptr;
    int error = ERANGE;
    while ((error = lookup(name.c_str(), &entry, buffer.data(), buffer.size(), &found)) == ERANGE &&
           buffer.size() < longest_entry)
        buffer.resize(buffer.size() * 2);
    if (error != 0 || found == nullptr)
        return std::nullopt;
    return entry;
}

}  // namespace

std::optional<PeerCredentials> peer_credentials(int fd, std::error_code& error) {
    ucred kernel_says{};
    socklen_t size = sizeof(kernel_says);
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &kernel_says, &size) != 0) {
        error = last_error();
        return std::nullopt;
    }
    error.clear();
    return PeerCredentials{kernel_says.pid, kernel_says.uid, kernel_says.gid, supplementary_groups(fd)};
}

bool AllowList::allows(const PeerCredentials& peer) const {
    if (anyone || peer.uid == 0 || peer.uid == ::geteuid())
        return true;
    if (std::find(uids.begin(), uids.end(), peer.uid) != uids.end())
        return true;
    const auto listed = [this](gid_t gid) {
        return std::find(gids.begin(), gids.end(), gid) != gids.end();
    };
    return listed(peer.gid) || std::any_of(peer.groups.begin(), peer.groups.end(), listed);
}

std::optional<uid_t> user_id(const std::string& name_or_number) {
    if (const auto id = number<uid_t>(name_or_number))
        return id;
    const auto entry = database_entry<passwd>(name_or_number, ::getpwnam_r);
    return entry ? std::optional(entry->pw_uid) : std::nullopt;
}

std::optional<gid_t> group_id(const std::string& name_or_number) {
    if (const auto id = number<gid_t>(name_or_number))
        return id;
    const auto entry = database_entry<group>(name_or_number, ::getgrnam_r);
    return entry ? std::optional(entry->gr_gid) : std::nullopt;
}

}  // namespace vnf::runtime
