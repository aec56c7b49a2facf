// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "runtime/run_directory.hpp"
#include "tests/runtime/surroundings.hpp"

namespace fs = std::filesystem;
using namespace vnf::runtime;
using namespace vnf::runtime::test;

namespace {

std::string refusal(const fs::path& path) {
    try {
        ensure_private_directory(path);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

mode_t mode_of(const fs::path& path) {
    struct stat entry {};
    REQUIRE(::lstat(path.c_str(), &entry) == 0);
    return entry.st_mode & 07777U;
}

/// True where the test may give files to others.
bool is_root() {
    return ::geteuid() == 0;
}

constexpr uid_t somebody = 12345;

}  // namespace

TEST_CASE("run directory: VNF_RUN_DIR decides, and everything is inside it") {
    const ScopedVariable chosen("VNF_RUN_DIR", "/run/chosen/");
    const ScopedVariable session("XDG_RUNTIME_DIR", "/run/user/1");
    CHECK(run_directory() / "x" == "/run/chosen/x");
    CHECK(default_guest_directory() == "/run/chosen/guests");
    CHECK(default_host_api_socket() == "/run/chosen/host-agent.sock");
    CHECK(default_guest_control_socket() == "/run/chosen/guest-client.sock");
}

TEST_CASE("run directory: without a choice it depends on who runs") {
    const ScopedVariable none("VNF_RUN_DIR", "");
    if (!is_root()) {
        WARN("SKIPPED: only root can be somebody else");
        return;
    }
    CHECK(run_directory() == "/run/vnf-guest-sdk");
    CHECK(default_application_socket() == "/var/run/.guest_heartbeat_api");
    CHECK(exit_code_of([] {
              const ScopedVariable session("XDG_RUNTIME_DIR", "/run/user/1");
              const bool became = ::setresuid(somebody, somebody, somebody) == 0;
              return became && run_directory() == "/run/user/1/vnf-guest-sdk" ? 0 : 1;
          }) == 0);
    CHECK(exit_code_of([] {
              const ScopedVariable session("XDG_RUNTIME_DIR", std::nullopt);
              const bool became = ::setresuid(somebody, somebody, somebody) == 0;
              const bool application =
                  default_application_socket() == "/tmp/vnf-guest-sdk-12345/guest_heartbeat_api";
              return became && application && run_directory() == "/tmp/vnf-guest-sdk-12345" ? 0 : 1;
          }) == 0);
}

TEST_CASE("private directory: it is made with its parents, whatever the umask, and may be there already") {
    const ScratchFolder folder;
    const mode_t before = ::umask(0);
    ensure_private_directory(folder.path() / "a/b/c");
    ::umask(before);
    CHECK(mode_of(folder.path() / "a") == 0700);
    CHECK(mode_of(folder.path() / "a/b/c") == 0700);
    CHECK(refusal(folder.path() / "a/b/c") == "accepted");
    CHECK(refusal(folder.path() / "a/b/c/") == "accepted");
    CHECK(refusal(folder.path() / "a/./b/../b/c") == "accepted");
}

TEST_CASE("private directory: a relative path is meant from the current folder") {
    const ScratchFolder folder;
    const fs::path before = fs::current_path();
    fs::current_path(folder.path());
    ensure_private_directory("here/below");
    fs::current_path(before);
    CHECK(fs::is_directory(folder.path() / "here/below"));
}

TEST_CASE("private directory: one that others can write is refused, one that they can read is not") {
    const ScratchFolder folder;
    fs::create_directory(folder.path() / "d");
    for (const auto& [mode, good] :
         {std::pair{0700, true}, {0755, true}, {0770, false}, {0707, false}, {01777, false}}) {
        fs::permissions(folder.path() / "d", static_cast<fs::perms>(mode));
        CAPTURE(mode);
        CHECK((refusal(folder.path() / "d") == "accepted") == good);
    }
    CHECK(refusal(folder.path() / "d").find(folder / "d") != std::string::npos);
}

TEST_CASE("private directory: a link or a file in its place is refused") {
    const ScratchFolder folder;
    fs::create_directory(folder.path() / "real");
    fs::create_symlink("real", folder.path() / "link");
    fs::create_symlink("nowhere", folder.path() / "dangling");
    const FileDescriptor file(::open((folder / "file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    CHECK(refusal(folder.path() / "link").find("is a link") != std::string::npos);
    CHECK(refusal(folder.path() / "dangling").find("is a link") != std::string::npos);
    CHECK(refusal(folder.path() / "file").find("is not a directory") != std::string::npos);
    CHECK(refusal(folder.path() / "file/below").find("is not a directory") != std::string::npos);
}

TEST_CASE("private directory: links above it are followed when they are ours or root's") {
    const ScratchFolder folder;
    fs::create_directory(folder.path() / "real");
    fs::create_symlink("real", folder.path() / "near");
    fs::create_symlink(folder.path() / "real", folder.path() / "far");
    fs::create_symlink("../real", folder.path() / "real/up");
    fs::create_symlink("loop", folder.path() / "loop");
    CHECK(refusal(folder.path() / "near/a") == "accepted");
    CHECK(refusal(folder.path() / "far/b") == "accepted");
    CHECK(refusal(folder.path() / "real/up/c") == "accepted");
    CHECK(fs::is_directory(folder.path() / "real/c"));
    CHECK(refusal(folder.path() / "loop/d").find("too many links") != std::string::npos);
}

TEST_CASE("private directory: a parent that everybody can write must be sticky") {
    const ScratchFolder folder;
    fs::create_directory(folder.path() / "open");
    fs::permissions(folder.path() / "open", static_cast<fs::perms>(0777));
    CHECK(refusal(folder.path() / "open/d").find("can be written by everybody") != std::string::npos);
    fs::permissions(folder.path() / "open", static_cast<fs::perms>(01777));
    CHECK(refusal(folder.path() / "open/d") == "accepted");
}

TEST_CASE("private directory: what belongs to somebody else is refused, also above it and as a link") {
    if (!is_root()) {
        WARN("SKIPPED: only root can give a directory to somebody else");
        return;
    }
    const ScratchFolder folder;
    fs::create_directories(folder.path() / "theirs/d");
    fs::create_directory(folder.path() / "real");
    fs::create_symlink("real", folder.path() / "link");
    REQUIRE(::chown((folder / "theirs").c_str(), somebody, somebody) == 0);
    REQUIRE(::lchown((folder / "link").c_str(), somebody, somebody) == 0);
    CHECK(refusal(folder.path() / "theirs").find("belongs to uid 12345") != std::string::npos);
    CHECK(refusal(folder.path() / "theirs/d").find("belongs to uid 12345") != std::string::npos);
    CHECK(refusal(folder.path() / "link/d").find("belongs to uid 12345") != std::string::npos);
}

TEST_CASE("private directory: many makers at once all succeed") {
    const ScratchFolder folder;
    std::vector<std::thread> makers;
    std::atomic<int> refused = 0;
    makers.reserve(8);
    for (int i = 0; i < 8; ++i)
        makers.emplace_back([&folder, &refused] {
            for (int n = 0; n < 50; ++n)
                refused += refusal(folder.path() / std::to_string(n) / "x/y") == "accepted" ? 0 : 1;
        });
    for (std::thread& maker : makers)
        maker.join();
    CHECK(refused == 0);
}
