// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client alone, the driver in the host's place: challenge to response, and a vote through N
// applications.
#include <fmt/core.h>

#include "tests/bench/measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

using Kind = GuestSide::Kind;

/// One side of a comparison: the daemon or its floor, the driver's end of the channel, and what was measured.
struct Side {
    explicit Side(Kind kind) : guest(kind), host(drive(guest, kind)) {}
    GuestSide guest;
    std::unique_ptr<DriverHost> host;
    Samples samples;
};

void vote_with(Report& report, const Options& options, std::size_t count) {
    const OnProcessorOf host(Half::Host);
    Side ours(Kind::Ours);
    Side floor(Kind::Floor);
    const auto our_applications = ours.guest.applications(count);
    const auto floor_applications = floor.guest.applications(count);
    const int rounds = options.quick ? 30 : count >= 100 ? 300 : 3000;
    for (int i = -rounds / 10; i < rounds; ++i) {
        for (Side* side : {&ours, &floor}) {
            side->host->challenge();  // keeps the guest's watchdog content; not measured
            Samples warm_up;
            (i < 0 ? warm_up : side->samples).time([side] { side->host->vote(); });
        }
    }
    report.add_latency(fmt::format("vote round trip, {} application{}", count, count == 1 ? "" : "s"),
                       ours.samples, floor.samples, count >= 1000 ? 2.0 : 1.5);
}

}  // namespace

void measure_challenge(Report& report, const Options& options) {
    const OnProcessorOf host(Half::Host);
    Side ours(Kind::Ours);
    Side floor(Kind::Floor);
    const int rounds = options.quick ? 200 : 20000;
    for (int i = -rounds / 10; i < rounds; ++i) {
        for (Side* side : {&ours, &floor}) {
            Samples warm_up;
            (i < 0 ? warm_up : side->samples).time([side] { side->host->challenge(); });
        }
    }
    report.add_latency("challenge -> response", ours.samples, floor.samples, 1.5);
}

void measure_vote(Report& report, const Options& options) {
    for (const std::size_t count : {1U, 8U, 100U, 1000U})
        vote_with(report, options, count);
}

}  // namespace vnf::bench
