// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Whole groups: killed, stopped, cancelled, reaped.
#include <signal.h>
#include <sys/wait.h>

#include <vector>

#include "tests/runtime/children_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;
using End = ChildOutcome::End;

namespace {

bool is_gone(pid_t pid) {
    if (::kill(pid, 0) != 0)
        return true;
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    stat >> number >> name >> state;
    return state == "Z";  // nobody's child reaps in a container without an init
}

}  // namespace

TEST_CASE("G-42: the whole group dies with its leader") {
    Children children;
    SECTION("at the deadline") {
        CHECK(children.run_script("sleep 1000 & echo $! > $(dirname $0)/pid; wait", Milliseconds(2000)).end ==
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
