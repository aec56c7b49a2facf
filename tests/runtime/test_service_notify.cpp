// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstring>

#include "runtime/service_notify.hpp"
#include "tests/runtime/surroundings.hpp"

using namespace vnf::runtime;
using namespace vnf::runtime::test;

namespace {

/// Stands for the service manager: the socket that NOTIFY_SOCKET names.
class Manager {
  public:
    Manager() : variable_("NOTIFY_SOCKET", folder_ / "notify") { bind(folder_ / "notify"); }

    /// In the abstract namespace: '@' and a name.
    explicit Manager(const std::string& name) : variable_("NOTIFY_SOCKET", name) {
        bind(std::string(1, '\0') + name.substr(1));
    }

    /// The next message, or nothing when there is none yet.
    std::string message() const {
        std::array<char, 512> text{};
        const ssize_t length = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
        return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "";
    }

  private:
    void bind(const std::string& name) const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    }

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

TEST_CASE("service: the manager's socket may be in the abstract namespace") {
    const Manager manager("@vnf-test-notify-" + std::to_string(::getpid()));
    notify_ready();
    CHECK(manager.message() == "READY=1");
}

TEST_CASE("service: a manager that has gone, or is no socket at all, disturbs nobody") {
    for (const std::string& name : {std::string("/nowhere/notify"), std::string("relative"), std::string("@"),
                                    std::string("/"), "/" + std::string(200, 'x')}) {
        const ScopedVariable gone("NOTIFY_SOCKET", name);
        notify_ready();
        notify_status("nobody listens");
    }
    SUCCEED();
}

TEST_CASE("service: a manager that does not read never holds the loop up") {
    const Manager manager;
    for (int i = 0; i < 10000; ++i)  // more than its queue takes
        notify_status("again");
    CHECK(manager.message() == "STATUS=again");
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
        const ScopedVariable count("LISTEN_FDS", "2");
        const ScopedVariable names("LISTEN_FDNAMES", "wrong:api");
        const ScopedVariable another("LISTEN_PID", "1");
        if (inherited_socket("api"))
            return 1;  // meant for another process
        const ScopedVariable pid("LISTEN_PID", std::to_string(::getpid()));
        if (inherited_socket("api") != 4 || inherited_socket("api") != 4)
            return 2;
        if (inherited_socket("wrong") || inherited_socket("absent") || inherited_socket("") ||
            inherited_socket("ap"))
            return 3;
        if ((::fcntl(3, F_GETFD) & FD_CLOEXEC) == 0 || (::fcntl(4, F_GETFD) & FD_CLOEXEC) == 0)
            return 4;
        const ScopedVariable nameless("LISTEN_FDNAMES", std::nullopt);
        const ScopedVariable strange("LISTEN_FDS", "-2");
        return inherited_socket("api") ? 5 : 0;
    });
    CHECK(code == 0);
}
