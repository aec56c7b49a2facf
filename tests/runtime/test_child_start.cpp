// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a child starts with, and the reasons why one does not start.
#include <fcntl.h>
#include <signal.h>

#include <vector>

#include "runtime/file_descriptor.hpp"
#include "tests/runtime/children_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;
using End = ChildOutcome::End;

TEST_CASE("G-39: a program that cannot be run is not started, with the reason, and is never an exit status") {
    Children children;
    std::errc why{};
    std::string path;
    SECTION("missing") {
        path = children.directory / "nothing";
        why = std::errc::no_such_file_or_directory;
    }
    SECTION("not executable") {
        path = children.script("#!/bin/sh\nexit 0\n", "plain", 0644);
        why = std::errc::permission_denied;
    }
    SECTION("bad interpreter") {
        path = children.script("#!/no/such/interpreter\n");
        why = std::errc::no_such_file_or_directory;
    }
    SECTION("no format") {
        path = children.script("exit 0\n");
        why = std::errc::executable_format_error;
    }
    SECTION("empty") {
        path = children.script("");
        why = std::errc::executable_format_error;
    }
    SECTION("to be searched for") {
        path = "true";
        why = std::errc::invalid_argument;
    }
    ChildSpec spec;
    spec.argv = {path};
    const auto outcome = children.run(spec);
    CHECK(outcome.end == End::NotStarted);
    CHECK(outcome.error == why);
    CHECK(to_string(outcome).starts_with("not started: "));
}

TEST_CASE("a child with no program at all, or too much input, is not started") {
    Children children;
    CHECK(children.run({}).end == End::NotStarted);
    ChildSpec spec;
    spec.argv = {"/bin/true"};
    spec.standard_input = std::string(64 * 1024 + 1, 'i');
    CHECK(children.run(spec).error == std::errc::file_too_large);
}

TEST_CASE("arguments, environment and standard input reach the child as they are") {
    Children children;
    ChildSpec spec;
    spec.argv = {children.script("#!/bin/sh\nread line\necho \"$1|$2|$EVENT|$HOME|$line|$(cat | wc -c)\"\n"),
                 "a b; $(c)", ""};
    spec.environment = {"EVENT=live_migrate begin", "HOME=/elsewhere"};
    spec.standard_input = "first\n" + std::string(65000, 'i');
    CHECK(children.run(spec).first_line == "a b; $(c)||live_migrate begin|/elsewhere|first|65000");
}

TEST_CASE("a child starts with default signals, an empty mask and only its three descriptors") {
    Children children;
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const FileDescriptor low(::open("/dev/null", O_RDONLY)), high(::fcntl(low.get(), F_DUPFD, 200));
    const auto said_by = [&children](std::vector<std::string> argv) {
        ChildSpec spec;
        spec.argv = std::move(argv);
        return children.run(spec).first_line;
    };
    const auto mask = said_by({"/bin/grep", "SigBlk", "/proc/self/status"});
    const auto ignored = said_by({"/bin/grep", "SigIgn", "/proc/self/status"});
    // ls has one descriptor of its own: the directory.
    const auto descriptors = said_by({"/bin/ls", "-m", "/proc/self/fd"});
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    CHECK(mask == "SigBlk: 0000000000000000");
    // The C library keeps its own two, 32 and 33, from children.
    CHECK((std::stoull(ignored.substr(8), nullptr, 16) & 0x7fffffff) == 0);
    CHECK(descriptors == "0, 1, 2, 3");
}

TEST_CASE("a daemon that was started without standard descriptors still gives its children theirs") {
    Children children;
    ChildSpec spec;
    spec.argv = {children.script("#!/bin/sh\nread line\necho got $line\n")};
    spec.standard_input = "input\n";
    children.run(spec);  // the loop has made its own descriptors then
    const FileDescriptor input(::fcntl(0, F_DUPFD_CLOEXEC, 100)), output(::fcntl(1, F_DUPFD_CLOEXEC, 100));
    ::close(0);
    ::close(1);
    auto child = children.start(spec);
    const bool ended = run_until(children.io, [&children] { return children.ends == 2; });
    child.reset();
    ::dup2(input.get(), 0);
    ::dup2(output.get(), 1);
    CHECK(ended);
    CHECK(children.outcome.first_line == "got input");
}

TEST_CASE("children are waited for even if the parent was told to ignore their end") {
    Children children;
    ::signal(SIGCHLD, SIG_IGN);
    CHECK(children.run_script("exit 9").code == 9);
    ::signal(SIGCHLD, SIG_DFL);
}
