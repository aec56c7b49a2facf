// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Children that end well, badly, late or never. Scripts are written for each test and run without a shell of
// ours.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <vector>

#include "runtime/child_process.hpp"
#include "runtime/file_descriptor.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;
using End = ChildOutcome::End;

namespace {

struct Children {
    std::string script(const std::string& text, const std::string& name = "script", int mode = 0755) {
        auto path = directory.at(name);
        std::ofstream(path) << text;
        ::chmod(path.c_str(), static_cast<mode_t>(mode));
        return path;
    }
    std::unique_ptr<ChildProcess> start(ChildSpec spec) {
        return std::make_unique<ChildProcess>(io, std::move(spec), [this](const ChildOutcome& one) {
            outcome = one;
            ++ends;
        });
    }
    ChildOutcome run(ChildSpec spec) {
        const int before = ends;
        const auto child = start(std::move(spec));
        CHECK(ends == before);  // never from inside the constructor
        REQUIRE(run_until(io, [this, before] { return ends > before; }));
        run_ready(io);
        CHECK(ends == before + 1);
        return outcome;
    }
    ChildOutcome run_script(const std::string& text, Milliseconds deadline = Milliseconds(30000)) {
        ChildSpec spec;
        spec.argv = {script("#!/bin/sh\n" + text)};
        spec.deadline = deadline;
        return run(std::move(spec));
    }
    /// The first line of a file that a script writes.
    std::string written(const std::string& name) {
        std::string line;
        REQUIRE(run_until_seen(io, [&] {
            std::ifstream file(directory.at(name));
            return std::getline(file, line) && !file.eof();
        }));
        return line;
    }

    ScratchDirectory directory;
    boost::asio::io_context io;
    ChildOutcome outcome;
    int ends = 0;
};

bool is_gone(pid_t pid) {
    if (::kill(pid, 0) != 0)
        return true;
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    stat >> number >> name >> state;
    return state == "Z";  // nobody's child reaps in a container without an init
}

}  // namespace

TEST_CASE("a child's exit status and first line are kept") {
    Children children;
    const auto outcome = children.run_script("echo one; echo two; exit 3");
    CHECK(outcome.end == End::Exited);
    CHECK(outcome.code == 3);
    CHECK(outcome.first_line == "one");
    CHECK(to_string(outcome) == "exited with status 3");
}

TEST_CASE("G-40: a child that dies of a signal is not one that exits") {
    Children children;
    const auto outcome = children.run_script("kill -SEGV $$");
    CHECK(outcome.end == End::Signalled);
    CHECK(outcome.code == SIGSEGV);
}

TEST_CASE("G-39: a program that cannot be run is not started, with the reason, and is never an exit status") {
    Children children;
    std::errc why{};
    std::string path;
    SECTION("missing") {
        path = children.directory.at("nothing");
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

TEST_CASE("a hanging child is killed at its deadline, and says so") {
    Children children;
    const auto outcome = children.run_script("echo thinking; exec sleep 1000", Milliseconds(300));
    CHECK(outcome.end == End::DeadlinePassed);
    CHECK(outcome.first_line == "thinking");
    CHECK(outcome.took >= Milliseconds(300));
}

TEST_CASE("G-42: the whole group dies with its leader") {
    Children children;
    SECTION("at the deadline") {
        CHECK(children.run_script("sleep 1000 & echo $! > $(dirname $0)/pid; wait", Milliseconds(300)).end ==
              End::DeadlinePassed);
    }
    SECTION("when the leader exits") {
        CHECK(children.run_script("sleep 1000 & echo $! > $(dirname $0)/pid; exit 0").end == End::Exited);
    }
    const auto grandchild = static_cast<pid_t>(std::stoi(children.written("pid")));
    CHECK(run_until_seen(children.io, [grandchild] { return is_gone(grandchild); }));
}

TEST_CASE("G-43: a grandchild that has left the group and keeps the pipe delays nothing") {
    Children children;
    const auto outcome =
        children.run_script("setsid sleep 1000 & echo $! > $(dirname $0)/pid; echo done; exit 0");
    CHECK(outcome.end == End::Exited);
    CHECK(outcome.first_line == "done");
    CHECK(outcome.took < Milliseconds(30000));
    // It is nobody's any more; $! was the pid before setsid made it a leader, and still is.
    ::kill(static_cast<pid_t>(std::stoi(children.written("pid"))), SIGKILL);
}

TEST_CASE("G-41: a megabyte of output is drained, and only its first line kept") {
    Children children;
    const auto outcome = children.run_script("head -c 1000000 /dev/zero | tr '\\0' 'x'; echo; exit 7");
    CHECK(outcome.end == End::Exited);
    CHECK(outcome.code == 7);
    CHECK(outcome.first_line == std::string(255, 'x'));
}

TEST_CASE("a child that writes for ever is still killed at its deadline") {
    Children children;
    CHECK(children.run_script("exec yes", Milliseconds(300)).end == End::DeadlinePassed);
}

TEST_CASE("a child that closes its output is still waited for") {
    Children children;
    const auto outcome = children.run_script("exec 1>&-; exec 0<&-; sleep 0.1; exit 5");
    CHECK(outcome.end == End::Exited);
    CHECK(outcome.code == 5);
}

TEST_CASE("control characters in a first line become blanks") {
    Children children;
    CHECK(children.run_script("printf 'a\\tb\\033[31mc\\r\\n'").first_line == "a b [31mc ");
}

TEST_CASE("G-44: a stopped child is not a dead one") {
    Children children;
    ChildSpec spec;
    spec.argv = {children.script("#!/bin/sh\necho $$ > $(dirname $0)/pid\nkill -STOP $$\nexit 4\n")};
    const auto child = children.start(spec);
    CHECK(child->pid() == std::stoi(children.written("pid")));
    siginfo_t info{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(child->pid()), &info, WSTOPPED | WNOWAIT) == 0);
    run_ready(children.io);
    CHECK(children.ends == 0);
    ::kill(child->pid(), SIGCONT);
    REQUIRE(run_until(children.io, [&children] { return children.ends == 1; }));
    CHECK(children.outcome.end == End::Exited);
    CHECK(children.outcome.code == 4);
}

TEST_CASE("a stopped child is killed at its deadline all the same") {
    Children children;
    CHECK(children.run_script("kill -STOP $$; exit 0", Milliseconds(300)).end == End::DeadlinePassed);
}

TEST_CASE("a cancelled child is killed and reported as cancelled, once") {
    Children children;
    ChildSpec spec;
    spec.argv = {"/bin/sleep", "1000"};
    const auto child = children.start(spec);
    child->cancel();
    child->cancel();
    CHECK(children.ends == 0);
    REQUIRE(run_until(children.io, [&children] { return children.ends == 1; }));
    CHECK(children.outcome.end == End::Cancelled);
}

TEST_CASE("a destroyed child is killed and reaped, and its end is nobody's business any more") {
    Children children;
    ChildSpec spec;
    spec.argv = {"/bin/sleep", "1000"};
    auto child = children.start(spec);
    const pid_t pid = child->pid();
    child.reset();
    children.io.run();  // returns when it has been reaped
    CHECK(children.ends == 0);
    CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("a child is reaped even when the loop ends first") {
    pid_t pid = 0;
    {
        boost::asio::io_context io;
        ChildSpec spec;
        spec.argv = {"/bin/sleep", "1000"};
        const ChildProcess child(io, spec, [](const ChildOutcome&) {});
        pid = child.pid();
    }
    CHECK(::waitpid(pid, nullptr, WNOHANG) == -1);
    CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("a child may be destroyed by the function that is told of its end") {
    boost::asio::io_context io;
    std::unique_ptr<ChildProcess> child;
    ChildSpec spec;
    spec.argv = {GENERATE("/bin/true", "/no/such/program")};
    bool told = false;
    child = std::make_unique<ChildProcess>(io, spec, [&child, &told](const ChildOutcome&) {
        child.reset();
        told = true;
    });
    io.run();
    CHECK(told);
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

TEST_CASE("a thousand children leave no descriptor and no zombie behind") {
    Children children;
    ChildSpec spec;
    spec.argv = {"/bin/true"};
    children.run(spec);
    const auto descriptors = open_descriptors();
    for (int i = 0; i < 100; ++i) {
        std::vector<std::unique_ptr<ChildProcess>> ten;
        ten.reserve(10);
        const int before = children.ends;
        for (int j = 0; j < 10; ++j)
            ten.push_back(children.start(spec));
        REQUIRE(run_until(children.io, [&] { return children.ends == before + 10; }));
        CHECK(children.outcome.end == End::Exited);
    }
    run_ready(children.io);
    CHECK(open_descriptors() == descriptors);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}
