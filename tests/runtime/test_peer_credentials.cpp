// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "runtime/file_descriptor.hpp"
#include "runtime/peer_credentials.hpp"

using namespace vnf::runtime;

namespace {

PeerCredentials peer(uid_t uid, gid_t gid, std::vector<gid_t> groups = {}) {
    return {1, uid, gid, std::move(groups)};
}

/// Not root, and not whoever runs this.
uid_t somebody() {
    return ::geteuid() + 1000;
}

}  // namespace

TEST_CASE("the kernel says who is at the other end of a socket") {
    int ends[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const FileDescriptor one(ends[0]), other(ends[1]);
    std::error_code error = std::make_error_code(std::errc::io_error);
    const auto who = peer_credentials(one.get(), error);
    REQUIRE(who);
    CHECK_FALSE(error);
    CHECK(who->pid == ::getpid());
    CHECK(who->uid == ::geteuid());
    CHECK(who->gid == ::getegid());
    std::vector<gid_t> mine(64);
    const int count = ::getgroups(static_cast<int>(mine.size()), mine.data());
    REQUIRE(count >= 0);
    mine.resize(static_cast<std::size_t>(count));
    CHECK_THAT(who->groups, Catch::Matchers::UnorderedEquals(mine));
}

TEST_CASE("what is not a Unix socket has no credentials, and the error says why") {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const FileDescriptor one(ends[0]), other(ends[1]);
    std::error_code error;
    CHECK_FALSE(peer_credentials(one.get(), error));
    CHECK(error == std::errc::not_a_socket);
}

TEST_CASE("an empty allow-list admits root and oneself only") {
    const AllowList nobody;
    CHECK(nobody.allows(peer(0, 0)));
    CHECK(nobody.allows(peer(::geteuid(), 12345)));
    CHECK_FALSE(nobody.allows(peer(somebody(), 0)));
}

TEST_CASE("a user, a primary group and a supplementary group are each enough to be admitted") {
    AllowList list;
    list.uids = {somebody()};
    list.gids = {700, 701};
    CHECK(list.allows(peer(somebody(), 1)));
    CHECK(list.allows(peer(somebody() + 1, 700)));
    CHECK(list.allows(peer(somebody() + 1, 1, {5, 701})));
    CHECK_FALSE(list.allows(peer(somebody() + 1, 1, {5, 702})));
    // A number is a user's or a group's, never either.
    CHECK_FALSE(list.allows(peer(700, somebody())));
}

TEST_CASE("anyone means anyone") {
    AllowList list;
    list.anyone = true;
    CHECK(list.allows(peer(somebody(), 1)));
}

TEST_CASE("users and groups are named or numbered") {
    CHECK(user_id("root") == 0U);
    CHECK(user_id("0") == 0U);
    CHECK(user_id("4294967294") == 4294967294U);
    CHECK(group_id("root") == 0U);
    CHECK(group_id("65534") == 65534U);
    // -1 in any spelling would mean "leave it as it is" to chown.
    for (const char* text : {"", "4294967295", "-1", "no-such-user-here", "0x0", "1 "}) {
        INFO(text);
        CHECK_FALSE(user_id(text));
        CHECK_FALSE(group_id(text));
    }
}
