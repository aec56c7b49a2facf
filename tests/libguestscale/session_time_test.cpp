// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Session's times and states, on a clock of the test's own.

#include <catch2/catch.hpp>

#include "libguestscale/src/session.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using guestscale::AboutToScale;
using guestscale::Session;
using guestscale::StateChanged;
using guestscale::TimePoint;
using wire::Cpu;
using wire::ScaleDirection;

namespace {

struct Stage {
    TimePoint now{1h};
    Session session{{.name = "pool1", .socket_path = "/s", .back_off = {.shortest = 100ms, .longest = 800ms}},
                    7};

    std::chrono::nanoseconds wait() const { return *session.deadline() - now; }
    void connect() {
        session.connected(now);
        session.receive(wire::ScaleState{{0, 1, 2}, Cpu(2)}, now);
    }
    template <typename Event>
    std::optional<Event> next() {
        while (auto event = session.next_event()) {
            if (auto* found = std::get_if<Event>(&*event)) {
                return *found;
            }
        }
        return std::nullopt;
    }
};

bool is_about(std::chrono::nanoseconds wait, std::chrono::milliseconds expected) {
    return wait >= expected * 3 / 4 && wait <= expected * 5 / 4;
}

}  // namespace

TEST_CASE("the wait doubles from the shortest to the longest back-off and starts anew after a state") {
    Stage stage;
    CHECK(stage.session.wants_connection(stage.now));
    for (const auto expected : {100ms, 200ms, 400ms, 800ms, 800ms}) {
        stage.session.connection_lost(VNF_GS_ERROR_CONNECT_FAILED, ENOENT, stage.now);
        CHECK(is_about(stage.wait(), expected));
        CHECK_FALSE(stage.session.wants_connection(stage.now));
        stage.now = *stage.session.deadline();
        CHECK(stage.session.wants_connection(stage.now));
    }
    stage.connect();
    CHECK_FALSE(stage.session.deadline());
    stage.session.connection_lost(VNF_GS_ERROR_CONNECTION_LOST, 0, stage.now);
    CHECK(is_about(stage.wait(), 100ms));
}

TEST_CASE("an agent that does not answer within 5 s is left") {
    Stage stage;
    stage.session.connected(stage.now);
    CHECK(stage.wait() == 5s);
    stage.session.tick(stage.now + 5s - 1ns);
    CHECK(stage.session.has_connection());
    stage.session.tick(stage.now + 5s);
    CHECK_FALSE(stage.session.has_connection());
    CHECK(stage.session.state().error == VNF_GS_ERROR_NO_ANSWER);
}

TEST_CASE("an answer is taken until the deadline and not at it") {
    Stage stage;
    stage.connect();
    stage.session.receive(wire::ScaleAbout{7, ScaleDirection::Down, std::nullopt, 1000ms}, stage.now);
    CHECK(stage.next<AboutToScale>()->deadline == stage.now + 1s);
    CHECK(stage.session.choose(7, 1, stage.now + 1s) == VNF_GS_ERROR_TOO_LATE);
    CHECK(stage.session.choose(7, 1, stage.now + 1s - 1ns) == VNF_GS_OK);
    CHECK(stage.session.ready(7, stage.now + 1s) == VNF_GS_ERROR_TOO_LATE);
    CHECK(stage.session.ready(7, stage.now + 1s - 1ns) == VNF_GS_OK);
}

TEST_CASE("what waits to be sent is bounded, however often an application changes its mind") {
    Stage stage;
    stage.connect();
    stage.session.outbox().clear();
    stage.session.receive(wire::ScaleAbout{7, ScaleDirection::Down, std::nullopt, 1000ms}, stage.now);
    for (int round = 0; round < 1000; ++round) {
        CHECK(stage.session.choose(7, 1 + round % 2, stage.now) == VNF_GS_OK);
    }
    CHECK(stage.session.outbox().size() == 1);
}

TEST_CASE("an event before the first state, and records without a connection, change nothing") {
    Stage stage;
    stage.session.receive(wire::ScaleState{{0}, std::nullopt}, stage.now);
    CHECK(stage.session.event_count() == 0);
    stage.session.connected(stage.now);
    stage.session.receive(wire::ScaleAbout{7, ScaleDirection::Down, std::nullopt, 1000ms}, stage.now);
    stage.session.receive(wire::ScaleDone{7, ScaleDirection::Down, 1, {0}}, stage.now);
    CHECK_FALSE(stage.next<AboutToScale>());
    CHECK(stage.session.ready(7, stage.now) == VNF_GS_ERROR_NO_EVENT);
}
