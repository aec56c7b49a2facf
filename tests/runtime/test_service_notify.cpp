// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <cstring>

#include "runtime/service_notify.hpp"
#include "tests/runtime/surroundings.hpp"

using namespace vnf::runtime;
using namespace vnf::runtime::test;

namespace {

/// Stands for the service manager: the socket that NOTIFY_SOCKET names.
class Manager {
  public:
    Manager() : variable_("NOTIFY_SOCKET", folder_ / "notify") {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, (folder_ / "notify").c_str(), sizeof(address.sun_path) - 1);
        REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    }

    /// The next message, or nothing when there is none yet.
    std::string message() const {
        std::array<char, 512> text{};
        const ssize_t length = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
        return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "";
    }

  private:
    ScratchFolder folder_;
    ScopedVariable variable_;
    FileDescriptor socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

FileDescriptor listening_socket(int type) {
    FileDescriptor fd(::socket(AF_UNIX, type, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // An address without a name: the kernel chooses one.
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(sa_family_t)) == 0);
    if (type == SOCK_STREAM)
        ::listen(fd.get(), 1);
    return fd;
}

}  // namespace

TEST_CASE("service: readiness, status, reload and stop reach the service manager") {
    const Manager manager;
    notify_ready();
    CHECK(manager.message() == "READY=1");
    notify_status("3 guests\nREADY=1");
    CHECK(manager.message() == "STATUS=3 guests READY=1");
    notify_reloading();
    CHECK_THAT(manager.message(), Catch::Matchers::Matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    notify_stopping();
    CHECK(manager.message() == "STOPPING=1");
    CHECK(manager.message().empty());
}

TEST_CASE("service: without a service manager nothing happens") {
    const ScopedVariable none("NOTIFY_SOCKET", std::nullopt);
    notify_ready();
    notify_status("alone");
    CHECK_FALSE(inherited_socket("api"));
}

TEST_CASE("service: a manager that has gone disturbs nobody") {
    const ScopedVariable gone("NOTIFY_SOCKET", "/nowhere/notify");
    notify_ready();
    SUCCEED();
}

TEST_CASE("service: the watchdog is petted again and again from the loop, until it is destroyed") {
    const Manager manager;
    const ScopedVariable period("WATCHDOG_USEC", "20000");
    const ScopedVariable anyone("WATCHDOG_PID", std::nullopt);
    boost::asio::io_context io;
    {
        const ServiceWatchdog watchdog(io);
        CHECK(manager.message() == "WATCHDOG=1");
        for (int pets = 0; pets < 3; ++pets) {
            REQUIRE(io.run_one_for(std::chrono::seconds(30)) == 1);
            CHECK(manager.message() == "WATCHDOG=1");
        }
    }
    io.run();
    CHECK(manager.message().empty());
}

TEST_CASE("service: without a watchdog there is no timer") {
    const Manager manager;
    for (const auto& [microseconds, pid] :
         {std::pair<std::optional<std::string>, std::optional<std::string>>{{}, {}},
          {"20000", "1"},
          {"nonsense", {}},
          {"0", {}}}) {
        const ScopedVariable period("WATCHDOG_USEC", microseconds);
        const ScopedVariable whose("WATCHDOG_PID", pid);
        boost::asio::io_context io;
        const ServiceWatchdog watchdog(io);
        CHECK(io.run() == 0);
        CHECK(manager.message().empty());
    }
}

TEST_CASE("service: an inherited socket is found by its name, and only if it listens") {
    const FileDescriptor stream = listening_socket(SOCK_STREAM), datagram = listening_socket(SOCK_DGRAM);
    const int code = exit_code_of([&stream, &datagram] {
        ::dup2(datagram.get(), 60);
        ::dup2(stream.get(), 61);
        ::dup2(60, 3);
        ::dup2(61, 4);
        const ScopedVariable pid("LISTEN_PID", std::to_string(::getpid()));
        const ScopedVariable count("LISTEN_FDS", "2");
        const ScopedVariable names("LISTEN_FDNAMES", "wrong:api");
        const bool found = inherited_socket("api") == 4 && inherited_socket("api") == 4;
        const bool refused = !inherited_socket("wrong") && !inherited_socket("absent");
        return found && refused ? 0 : 1;
    });
    CHECK(code == 0);
}
