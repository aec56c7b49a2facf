// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The property a virtio port needs, shown on a pipe and a socket pair: a state that lasts is told once. The
// port itself is tested in real guests (tests/vm).
#include "runtime/edge_watch.hpp"
#include "tests/runtime/port_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

namespace {

struct Pair {
    Pair() {
        int ends[2] = {-1, -1};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
        ours.reset(ends[0]);
        theirs.reset(ends[1]);
        REQUIRE_FALSE(watch.open(ours.get()));
    }
    /// As a port does: take the edge, wait for the next.
    void keep_waiting() {
        watch.async_wait([this](const boost::system::error_code& error) {
            if (error)
                return;
            last = watch.take();
            ++edges;
            keep_waiting();
        });
    }
    boost::asio::io_context io;
    FileDescriptor ours, theirs;
    EdgeWatch watch{io};
    EdgeWatch::Edges last;
    int edges = 0;
};

}  // namespace

TEST_CASE("what a descriptor can do when the watch begins is its first edge") {
    Pair pair;
    pair.keep_waiting();
    run_ready(pair.io);
    CHECK(pair.edges == 1);
    CHECK(pair.last.out);
    CHECK_FALSE(pair.last.in);
    CHECK_FALSE(pair.last.hang_up);
}

TEST_CASE("a hang-up that lasts wakes the loop once, not for ever") {
    Pair pair;
    pair.keep_waiting();
    run_ready(pair.io);
    pair.theirs.reset();
    run_ready(pair.io);  // would not return if the level counted
    CHECK(pair.last.hang_up);
    const int after = pair.edges;
    run_ready(pair.io);
    CHECK(pair.edges == after);
}

TEST_CASE("each arrival of bytes is an edge, even if the ones before were not read") {
    Pair pair;
    pair.keep_waiting();
    run_ready(pair.io);
    for (int i = 0; i < 3; ++i) {
        const int before = pair.edges;
        write_all(pair.theirs, "x");
        REQUIRE(run_until(pair.io, [&pair, before] { return pair.edges > before; }));
        CHECK(pair.last.in);
    }
}

TEST_CASE("a closed watch tells nothing more") {
    Pair pair;
    pair.keep_waiting();
    run_ready(pair.io);
    pair.watch.close();
    write_all(pair.theirs, "x");
    run_ready(pair.io);
    CHECK(pair.edges == 1);
    CHECK_FALSE(pair.watch.take().in);
}
