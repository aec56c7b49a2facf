// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A real directory, watched.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <map>

#include "host-agent/guest_discovery.hpp"
#include "tests/host-agent/agent_loop.hpp"

using namespace vnf::host;

namespace {

namespace asio = boost::asio;
using Acceptor = asio::local::stream_protocol::acceptor;

const std::string uuid = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";
const std::string other_uuid = "1a1b2c3d-4e5f-6789-abcd-ef0123456789";

struct Found : DiscoveryHandler {
    void socket_found(const SocketName& socket, const std::string& path) override {
        (socket.port == GuestPort::Heartbeat ? known : messaging)[socket.instance] = path;
    }
    void socket_lost(const SocketName& socket, const std::string&) override {
        (socket.port == GuestPort::Heartbeat ? known : messaging).erase(socket.instance);
    }
    void socket_refused(const std::string&, const std::string& why) override { refused.push_back(why); }
    std::map<std::string, std::string> known, messaging;
    std::vector<std::string> refused;
};

class Watched {
  public:
    Watched() { discovery.start(); }
    std::string path(const std::string& id) const { return directory.at("cgcs.heartbeat." + id + ".sock"); }
    bool sees(std::size_t count) {
        return run_until(io, [this, count] { return found.known.size() == count; });
    }
    bool refuses(std::size_t count) {
        return run_until(io, [this, count] { return found.refused.size() == count; });
    }

    asio::io_context io;
    OwnDirectory directory;
    Found found;
    GuestDiscovery discovery{io, directory.path(), {}, found};
};

}  // namespace

TEST_CASE("Sockets that are there, appear, and disappear are told") {
    Watched at;
    CHECK(at.discovery.trouble().empty());
    Acceptor first(at.io, asio::local::stream_protocol::endpoint(at.path(uuid)));
    REQUIRE(at.sees(1));
    CHECK(at.found.known.at(uuid) == at.path(uuid));
    Acceptor second(at.io, asio::local::stream_protocol::endpoint(at.path(other_uuid)));
    REQUIRE(at.sees(2));
    ::unlink(at.path(uuid).c_str());
    REQUIRE(at.sees(1));
    CHECK(at.found.known.contains(other_uuid));
}

TEST_CASE("Both sockets of a guest are found and lost apart, even under one name") {
    Watched at;
    Acceptor heartbeat(at.io, asio::local::stream_protocol::endpoint(at.path(uuid)));
    const std::string path = at.directory.at("cgcs.messaging." + uuid + ".sock");
    Acceptor messaging(at.io, asio::local::stream_protocol::endpoint(path));
    REQUIRE(run_until(at.io, [&at] { return at.found.known.size() + at.found.messaging.size() == 2; }));
    CHECK(at.found.messaging.at(uuid) == path);
    ::unlink(at.path(uuid).c_str());
    REQUIRE(at.sees(0));
    CHECK(at.found.messaging.size() == 1);
    ::unlink(path.c_str());
    REQUIRE(run_until(at.io, [&at] { return at.found.messaging.empty(); }));
}

TEST_CASE("A socket that was there before is found at the start; other names are nothing") {
    asio::io_context io;
    OwnDirectory directory;
    Acceptor guest(io,
                   asio::local::stream_protocol::endpoint(directory.at("cgcs.heartbeat." + uuid + ".sock")));
    Acceptor other(io, asio::local::stream_protocol::endpoint(directory.at("other.sock")));
    Found found;
    GuestDiscovery discovery(io, directory.path(), {}, found);
    discovery.start();
    CHECK(found.known.size() == 1);
    CHECK(found.refused.empty());
}

TEST_CASE("A link, a file, and a socket of somebody else are refused, once, with the reason") {
    Watched at;
    Acceptor real(at.io, asio::local::stream_protocol::endpoint(at.directory.at("real.sock")));
    SECTION("a link") {
        REQUIRE(::symlink((at.directory.at("real.sock")).c_str(), at.path(uuid).c_str()) == 0);
    }
    SECTION("a fifo") {
        REQUIRE(::mkfifo(at.path(uuid).c_str(), 0600) == 0);
    }
    SECTION("somebody else's") {
        if (::geteuid() != 0) {
            WARN("SKIPPED: only root can give a socket away");
            return;
        }
        REQUIRE(::chown((at.directory.at("real.sock")).c_str(), 65534, 65534) == 0);
        REQUIRE(::rename((at.directory.at("real.sock")).c_str(), at.path(uuid).c_str()) == 0);
    }
    REQUIRE(at.refuses(1));
    CHECK(at.found.known.empty());
}

TEST_CASE("A trusted socket that is given away is lost") {
    if (::geteuid() != 0) {
        WARN("SKIPPED: only root can give a socket away");
        return;
    }
    Watched at;
    Acceptor guest(at.io, asio::local::stream_protocol::endpoint(at.path(uuid)));
    REQUIRE(at.sees(1));
    REQUIRE(::chown(at.path(uuid).c_str(), 65534, 65534) == 0);
    REQUIRE(at.sees(0));
    CHECK(at.found.refused.size() == 1);
    REQUIRE(::chown(at.path(uuid).c_str(), 0, 0) == 0);
    REQUIRE(at.sees(1));
}

TEST_CASE("A directory that anybody may write to is not believed, nor is one that stops being trusted") {
    asio::io_context io;
    OwnDirectory directory;
    Found found;
    SECTION("from the start") {
        REQUIRE(::chmod(directory.path().c_str(), 0777) == 0);
        GuestDiscovery discovery(io, directory.path(), {}, found);
        discovery.start();
        CHECK(found.refused.size() == 1);
        CHECK_FALSE(discovery.trouble().empty());
    }
    SECTION("later") {
        Acceptor guest(
            io, asio::local::stream_protocol::endpoint(directory.at("cgcs.heartbeat." + uuid + ".sock")));
        GuestDiscovery discovery(io, directory.path(), {}, found);
        discovery.start();
        CHECK(found.known.size() == 1);
        REQUIRE(::chmod(directory.path().c_str(), 0777) == 0);
        REQUIRE(run_until(io, [&found] { return found.known.empty(); }));
        CHECK(found.refused.size() == 1);
    }
}

TEST_CASE("H-31: a directory that vanishes loses its guests, and is said to be missing") {
    asio::io_context io;
    OwnDirectory directory;
    const std::string guests = directory.at("guests");
    REQUIRE(::mkdir(guests.c_str(), 0700) == 0);
    Found found;
    {
        Acceptor guest(io,
                       asio::local::stream_protocol::endpoint(guests + "/cgcs.heartbeat." + uuid + ".sock"));
    }
    GuestDiscovery discovery(io, guests, {}, found);
    discovery.start();
    CHECK(found.known.size() == 1);
    std::filesystem::remove_all(guests);
    REQUIRE(run_until(io, [&found] { return found.known.empty() && !found.refused.empty(); }));
    CHECK_FALSE(discovery.trouble().empty());
}

TEST_CASE("After the kernel dropped events nothing is missed") {
    Watched at;
    // More events than an inotify queue holds, most of them about names that are no guest's.
    for (int i = 0; i < 20000; ++i) {
        const std::string name = at.directory.at("noise-" + std::to_string(i));
        REQUIRE(::mknod(name.c_str(), S_IFREG | 0600, 0) == 0);
        REQUIRE(::unlink(name.c_str()) == 0);
    }
    Acceptor guest(at.io, asio::local::stream_protocol::endpoint(at.path(uuid)));
    CHECK(at.sees(1));
}
