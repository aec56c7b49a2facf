// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who gets in, who does not, and what happens to the socket's file.
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include "runtime/local_server.hpp"
#include "tests/runtime/port_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

namespace {

struct Server {
    explicit Server(LocalServerOptions options)
        : server(io, std::move(options), [this](LocalServer::Socket socket, PeerCredentials who) {
              accepted.push_back(std::move(socket));
              last = std::move(who);
          }) {
        server.start();
    }
    boost::asio::io_context io;
    std::vector<LocalServer::Socket> accepted;
    PeerCredentials last;
    LocalServer server;
};

LocalServerOptions options_at(const std::string& path) {
    LocalServerOptions options;
    options.path = path;
    return options;
}

mode_t mode_of(const std::string& path) {
    struct stat there {};
    REQUIRE(::lstat(path.c_str(), &there) == 0);
    return there.st_mode & 07777;
}

std::string failure(const std::function<void()>& what) {
    try {
        what();
    } catch (const std::system_error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("a local server accepts, says who came, and hands the connection over") {
    const ScratchFolder directory;
    Server server(options_at(directory / "s"));
    const auto client = connect_to(directory / "s");
    REQUIRE(run_until(server.io, [&server] { return server.accepted.size() == 1; }));
    CHECK(server.last.pid == ::getpid());
    CHECK(server.last.uid == ::geteuid());
    CHECK(server.last.gid == ::getegid());
    write_all(client, "hello");
    char bytes[8] = {};
    CHECK(server.accepted[0].read_some(boost::asio::buffer(bytes)) == 5);
    CHECK(server.server.counters().accepted == 1);
}

TEST_CASE("a burst of connections is accepted to the last one") {
    const ScratchFolder directory;
    Server server(options_at(directory / "s"));
    std::vector<FileDescriptor> clients;
    clients.reserve(100);
    for (int i = 0; i < 100; ++i)
        clients.push_back(connect_to(directory / "s"));
    CHECK(run_until(server.io, [&server] { return server.accepted.size() == 100; }));
}

TEST_CASE("the socket's file has the mode asked for from the first moment, whatever the umask") {
    const ScratchFolder directory;
    const mode_t before = ::umask(0);
    const mode_t mode = GENERATE(0600, 0660, 0666);
    auto options = options_at(directory / "s");
    options.mode = mode;
    options.group = ::getegid();
    const Server server(options);
    ::umask(before);
    CHECK(mode_of(directory / "s") == mode);
}

TEST_CASE("G-31: the socket of a living server is not taken") {
    const ScratchFolder directory;
    Server first(options_at(directory / "s"));
    const auto text = failure([&] { const Server second(options_at(directory / "s")); });
    CHECK(text.find(directory / "s") != std::string::npos);
    CHECK(text.find(": another server is listening there: Address already in use") != std::string::npos);
    const auto client = connect_to(directory / "s");
    CHECK(run_until(first.io, [&first] { return !first.accepted.empty(); }));
}

TEST_CASE("G-31: of many servers started at the same moment one gets the path, and keeps it") {
    const ScratchFolder directory;
    for (int round = 0; round < 100; ++round) {
        if (round % 2 == 0)
            serve_at(directory / "s").reset();  // a stale one, for all to find
        std::atomic<bool> go{false};
        std::mutex door;
        std::vector<SocketFile> winners;
        std::vector<std::thread> threads;
        threads.reserve(8);
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&directory, &go, &door, &winners] {
                while (!go)
                    std::this_thread::yield();
                try {
                    SocketFile file(directory / "s", {});
                    const std::lock_guard lock(door);
                    winners.push_back(std::move(file));
                } catch (const std::system_error&) {
                }
            });
        }
        go = true;
        for (auto& thread : threads)
            thread.join();
        REQUIRE(winners.size() == 1);
        connect_to(directory / "s");
    }
}

TEST_CASE("the socket that a dead server left is replaced") {
    const ScratchFolder directory;
    serve_at(directory / "s").reset();
    REQUIRE(std::filesystem::exists(directory / "s"));
    Server server(options_at(directory / "s"));
    const auto client = connect_to(directory / "s");
    CHECK(run_until(server.io, [&server] { return server.accepted.size() == 1; }));
}

TEST_CASE("what is not a socket is never replaced") {
    const ScratchFolder directory;
    std::ofstream(directory / "s") << "precious";
    CHECK(failure([&] { const Server server(options_at(directory / "s")); }).find("not a socket") !=
          std::string::npos);
    CHECK(std::filesystem::file_size(directory / "s") == 8);
}

TEST_CASE("a server removes its file when it stops, but not another's") {
    const ScratchFolder directory;
    {
        Server server(options_at(directory / "s"));
        server.server.stop();
        CHECK_FALSE(std::filesystem::exists(directory / "s"));
        server.server.stop();
    }
    Server old(options_at(directory / "s"));
    std::filesystem::remove(directory / "s");
    const Server successor(options_at(directory / "s"));
    old.server.stop();
    CHECK(std::filesystem::exists(directory / "s"));
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("a path that cannot be bound is named in the error") {
    const ScratchFolder directory;
    const auto missing = directory / "no/such/s";
    CHECK(failure([&] { const Server server(options_at(missing)); }).find(missing) != std::string::npos);
    const auto longer = directory / std::string(108, 'l');
    CHECK(failure([&] { const Server server(options_at(longer)); }).find("107 bytes") != std::string::npos);
}

TEST_CASE("a peer that is not on the list is closed without a word and counted") {
    const ScratchFolder directory;
    if (::geteuid() != 0) {
        WARN("SKIPPED: needs root to be somebody else");
        return;
    }
    auto options = options_at(directory / "s");
    options.mode = 0666;
    options.allow.uids = {12345};
    std::filesystem::permissions(directory.path(), std::filesystem::perms(0755));
    Server server(options);
    const auto connect_as = [&](uid_t uid) {
        REQUIRE(::seteuid(uid) == 0);
        auto fd = connect_to(directory / "s");
        REQUIRE(::seteuid(0) == 0);
        return fd;
    };
    const auto stranger = connect_as(54321);
    REQUIRE(run_until(server.io, [&server] { return server.server.counters().refused_credentials == 1; }));
    char byte = 0;
    CHECK(::read(stranger.get(), &byte, 1) == 0);
    CHECK(server.accepted.empty());

    const auto friendly = connect_as(12345);
    REQUIRE(run_until(server.io, [&server] { return server.accepted.size() == 1; }));
    CHECK(server.last.uid == 12345);

    AllowList everybody;
    everybody.anyone = true;
    server.server.set_allow(everybody);
    const auto another = connect_as(54321);
    CHECK(run_until(server.io, [&server] { return server.accepted.size() == 2; }));
}

TEST_CASE("a server out of descriptors pauses instead of spinning, and goes on when there are some") {
#ifdef __SANITIZE_ADDRESS__
    // Built with it, UBSan opens a pipe for its first look at each class, and takes a failure for a bad object.
    WARN("SKIPPED: the sanitizer itself needs descriptors");
    return;
#endif
    const ScratchFolder directory;
    Server server(options_at(directory / "s"));
    const auto waiting = connect_to(directory / "s");
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    none.rlim_cur = 3;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const bool failed =
        run_until(server.io, [&server] { return server.server.counters().accept_errors == 1; });
    run_ready(server.io);  // would not return if it spun
    const auto errors = server.server.counters().accept_errors;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(failed);
    CHECK(errors == 1);
    CHECK(run_until(server.io, [&server] { return server.accepted.size() == 1; }));
}

TEST_CASE("an inherited listening socket is adopted, and its file left alone") {
    const ScratchFolder directory;
    auto inherited = serve_at(directory / "s");
    auto options = options_at("from the service manager");
    options.inherited_fd = inherited.release();
    Server server(options);
    const auto client = connect_to(directory / "s");
    CHECK(run_until(server.io, [&server] { return server.accepted.size() == 1; }));
    server.server.stop();
    CHECK(std::filesystem::exists(directory / "s"));
}

TEST_CASE("an inherited descriptor that does not listen is refused") {
    FileDescriptor plain(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto options = options_at("from the service manager");
    options.inherited_fd = plain.get();
    CHECK(failure([&] { const Server server(options); }).find("not a listening socket") != std::string::npos);
}

TEST_CASE("a stopped server accepts nobody") {
    const ScratchFolder directory;
    Server server(options_at(directory / "s"));
    const auto waiting = connect_to(directory / "s");
    server.server.stop();
    run_ready(server.io);
    CHECK(server.accepted.empty());
}
