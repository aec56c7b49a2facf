// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which names and files become guests.
#include <catch2/catch.hpp>

#include <unistd.h>

#include "host-agent/guest_spec.hpp"
#include "host-agent/socket_trust.hpp"

using namespace vnf::host;

namespace {

const std::string uuid = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

struct stat status_of(mode_t mode, uid_t owner, nlink_t links = 1) {
    struct stat status {};
    status.st_mode = mode;
    status.st_uid = owner;
    status.st_nlink = links;
    return status;
}

}  // namespace

TEST_CASE("H-38: a socket's name is the prefix, exactly one UUID in its 36-character form, and .sock") {
    CHECK(parse_socket_name("cgcs.heartbeat." + uuid + ".sock") == SocketName{GuestPort::Heartbeat, uuid});
    const std::vector<std::string> others{"",
                                          "cgcs.heartbeat..sock",
                                          "cgcs.heartbeat." + uuid,
                                          uuid + ".sock",
                                          "cgcs.heartbeat." + uuid + ".sock~",
                                          "cgcs.heartbeat." + uuid.substr(1) + ".sock",
                                          "cgcs.heartbeat." + uuid + "0.sock",
                                          "wrs.heartbeat.agent.0." + uuid + ".sock",
                                          "cgcs.heartbeat.0a1b2c3d-4e5f-6789-abcd-ef012345678g.sock",
                                          "cgcs.heartbeat.0a1b2c3d04e5f-6789-abcd-ef0123456789.sock",
                                          "cgcs.heartbeat.../../../../../../etc/passwd-abcdefg.sock"};
    for (const std::string& name : others) {
        INFO(name);
        CHECK_FALSE(parse_socket_name(name));
    }
}

TEST_CASE("B-30: a messaging socket's name has an instance of 1 to 64 harmless characters, and no dot") {
    const auto instance = [](const std::string& name) {
        const auto socket = parse_socket_name("cgcs.messaging." + name + ".sock");
        return socket && socket->port == GuestPort::Messaging ? socket->instance : std::string("none");
    };
    for (const std::string& good :
         {std::string("instance-0000001f"), uuid, std::string(64, 'a'), std::string("a")})
        CHECK(instance(good) == good);
    for (const std::string& bad :
         {std::string(), std::string(65, 'a'), std::string(4000, 'a'), std::string("a.b"),
          std::string("../a"), std::string("a b"), std::string("\xc3\xa4"), std::string("a\n")})
        CHECK(instance(bad) == "none");
}

TEST_CASE("An instance id is 1 to 64 harmless characters") {
    CHECK(is_instance_id("vm-1.A_z"));
    CHECK(is_instance_id(std::string(64, 'a')));
    for (const std::string& id : {std::string(), std::string(65, 'a'), std::string("a/b"), std::string("a b"),
                                  std::string("a\n"), std::string("\xc3\xa4"), std::string("a\"")}) {
        CHECK_FALSE(is_instance_id(id));
    }
}

TEST_CASE("The QMP pattern names one socket for each instance") {
    CHECK(qmp_path("/run/qmp/{id}.sock", "vm1") == "/run/qmp/vm1.sock");
    CHECK(qmp_path("", "vm1").empty());
}

TEST_CASE("A directory is trusted by owner and mode") {
    const TrustedOwners owners{{4711}};
    CHECK_FALSE(directory_distrust(status_of(S_IFDIR | 0750, 0), owners));
    CHECK_FALSE(directory_distrust(status_of(S_IFDIR | 0770, 4711), owners));
    CHECK_FALSE(directory_distrust(status_of(S_IFDIR | 01777, 0), owners));
    CHECK_FALSE(directory_distrust(status_of(S_IFDIR | 0700, ::geteuid()), owners));
    CHECK(directory_distrust(status_of(S_IFDIR | 0777, 0), owners));
    CHECK(directory_distrust(status_of(S_IFDIR | 0700, 4712), owners));
    CHECK(directory_distrust(status_of(S_IFREG | 0700, 0), owners));
}

TEST_CASE("A socket is trusted by type, owner and having one name") {
    const TrustedOwners owners{{4711}};
    CHECK_FALSE(socket_distrust(status_of(S_IFSOCK | 0755, 4711), owners));
    CHECK(socket_distrust(status_of(S_IFSOCK | 0755, 4712), owners));
    CHECK(socket_distrust(status_of(S_IFLNK | 0777, 0), owners));
    CHECK(socket_distrust(status_of(S_IFIFO | 0600, 0), owners));
    CHECK(socket_distrust(status_of(S_IFSOCK | 0755, 0, 2), owners));
}
