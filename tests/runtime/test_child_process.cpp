// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How children end, and what is kept of what they said.
#include <signal.h>

#include "tests/runtime/children_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;
using End = ChildOutcome::End;

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

TEST_CASE("a hanging child is killed at its deadline, and says so") {
    Children children;
    const auto outcome = children.run_script("echo thinking; exec sleep 1000", Milliseconds(2000));
    CHECK(outcome.end == End::DeadlinePassed);
    CHECK(outcome.first_line == "thinking");
    CHECK(outcome.took >= Milliseconds(2000));
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
