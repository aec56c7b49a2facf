// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Signals of this process, taken in the real loop.
#include <catch2/catch.hpp>
#include <csignal>
#include <vector>

#include "runtime/daemon_signals.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

namespace {

struct Signalled {
    boost::asio::io_context io;
    DaemonSignals signals{io, {SIGTERM, SIGINT}};
    int reloads = 0;
    std::vector<int> stops{};

    void handle() {
        signals.handle([this] { ++reloads; }, [this](int signal) { stops.push_back(signal); });
    }
};

}  // namespace

TEST_CASE("a signal that comes before a daemon is ready for it waits") {
    Signalled at;
    ::raise(SIGHUP);
    ::raise(SIGTERM);
    run_ready(at.io);
    at.handle();
    REQUIRE(run_until(at.io, [&at] { return at.reloads == 1 && !at.stops.empty(); }));
    CHECK(at.stops == std::vector<int>{SIGTERM});
}

TEST_CASE("each SIGHUP reloads; only the first signal that ends stops") {
    Signalled at;
    at.handle();
    for (int count = 1; count <= 3; ++count) {
        ::raise(SIGHUP);
        REQUIRE(run_until(at.io, [&] { return at.reloads == count; }));
    }
    ::raise(SIGINT);
    REQUIRE(run_until(at.io, [&at] { return !at.stops.empty(); }));
    ::raise(SIGTERM);
    run_ready(at.io);
    CHECK(at.stops == std::vector<int>{SIGINT});
}

TEST_CASE("settings that are refused at a reload do not keep the next reload away") {
    boost::asio::io_context io;
    DaemonSignals signals(io, {SIGTERM});
    int reloads = 0;
    signals.handle(
        [&reloads] {
            ++reloads;
            throw SettingsError("agent.yaml", 1, "port", "is wrong");
        },
        [](int) {});
    for (int count = 1; count <= 2; ++count) {
        ::raise(SIGHUP);
        REQUIRE(run_until(io, [&] { return reloads == count; }));
    }
}
