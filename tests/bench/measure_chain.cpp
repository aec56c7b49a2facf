// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The whole chain, host-agent and guest-client and a real application's process: a vote asked for by HTTP,
// and an application killed until the host begins its corrective action, as host-agent's event stream says.
#include <csignal>

#include "tests/bench/footprint.hpp"
#include "tests/bench/measures.hpp"
#include "tests/bench/placement.hpp"

namespace vnf::bench {
namespace {

using Kind = GuestSide::Kind;

constexpr double death_aim_us = 2000;
/// guest-client pushes at most 20 health changes a second for long; each death and its recovery are two.
constexpr std::chrono::milliseconds between_deaths{110};
constexpr std::string_view vote_body = R"({"event":"stop"})";

struct Chain {
    explicit Chain(Kind kind) : guest(kind), host(kind, guest) {}
    GuestSide guest;
    HostSide host;
    Samples samples;
};

/// As curl and vnfctl do it: one connection a request.
void ask_for_vote(const Chain& chain) {
    Channel client(chain.host.api_socket());
    client.send(
        "POST /v1/instances/vm1/vote HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: " +
        std::to_string(vote_body.size()) + "\r\n\r\n" + std::string(vote_body));
    client.await("\"result\":\"accept\"", "}");
}

}  // namespace

void measure_http_vote(Report& report, const Options& options) {
    const OnProcessorOf host(Half::Host);
    Chain ours(Kind::Ours);
    Chain floor(Kind::Floor);
    const auto our_application = ours.guest.applications(1);
    const auto floor_application = floor.guest.applications(1);
    ours.host.ours()->await_instance("heartbeating", "healthy");
    const int rounds = options.quick ? 50 : 3000;
    for (int i = -rounds / 10; i < rounds; ++i) {
        for (Chain* chain : {&ours, &floor}) {
            Samples warm_up;
            (i < 0 ? warm_up : chain->samples).time([chain] { ask_for_vote(*chain); });
        }
    }
    report.add_latency("HTTP vote -> answer", ours.samples, floor.samples, 1.5);
}

/// One application's process, killed: until the host's event stream says that the action has begun.
void kill_one(Chain& chain, Channel& events, std::string_view begun, bool counts) {
    const auto application = chain.guest.applications(1);
    if (chain.host.ours() != nullptr)
        chain.host.ours()->await_instance("heartbeating", "healthy");
    Samples warm_up;
    (counts ? chain.samples : warm_up).time([&application, &events, begun] {
        application->process().signal(SIGKILL);
        events.await(begun, "\n");
    });
}

void measure_death(Report& report, const Options& options) {
    const OnProcessorOf host(Half::Host);
    Chain ours(Kind::Ours);
    Chain floor(Kind::Floor);
    Channel our_events(ours.host.api_socket());
    Channel floor_events(floor.host.api_socket());
    for (Channel* events : {&our_events, &floor_events})
        events->send("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    our_events.await("200 OK", "\r\n\r\n");
    const int rounds = options.quick ? 10 : 300;
    for (int i = -rounds / 10; i < rounds; ++i) {
        kill_one(ours, our_events, "\"corrective_started\"", i >= 0);
        kill_one(floor, floor_events, "\"corrective_started\"", i >= 0);
        window(between_deaths);
    }
    report.add({"application killed -> host action begun, p50", "us", ours.samples.median(),
                floor.samples.median(), "<= 1.5 x floor",
                ours.samples.median() <= 1.5 * floor.samples.median()});
    const double worst = ours.samples.percentile(99);
    report.add({"application killed -> host action begun, p99", "us", worst, floor.samples.percentile(99),
                "<= 2000 us", worst <= death_aim_us});
}

}  // namespace vnf::bench
