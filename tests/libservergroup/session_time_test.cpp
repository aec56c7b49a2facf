// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Session's times, on a clock of the test's own.

#include <catch2/catch.hpp>

#include "libservergroup/src/session.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using libservergroup::Session;
using libservergroup::StateChanged;
using libservergroup::StatusEnded;
using libservergroup::TimePoint;

namespace {

struct Stage {
    TimePoint now{1h};
    Session session{{.name = "app1",
                     .socket_path = "/s",
                     .status_timeout = 5000ms,
                     .back_off = {.shortest = 100ms, .longest = 800ms}},
                    7};

    std::chrono::nanoseconds wait() const { return *session.deadline() - now; }
    void link() {
        session.connected(now);
        session.receive(wire::GroupLink{true, ""}, now);
    }
    template <typename Event>
    std::optional<Event> next() {
        while (auto event = session.next_event())
            if (auto* found = std::get_if<Event>(&*event))
                return *found;
        return std::nullopt;
    }
};

bool is_about(std::chrono::nanoseconds wait, std::chrono::milliseconds expected) {
    return wait >= expected * 3 / 4 && wait <= expected * 5 / 4;
}

}  // namespace

TEST_CASE("the wait doubles from the shortest to the longest back-off and starts anew after a link") {
    Stage stage;
    CHECK(stage.session.wants_connection(stage.now));
    for (const auto expected : {100ms, 200ms, 400ms, 800ms, 800ms}) {
        stage.session.connect_failed(VNF_SG_ERROR_CONNECT_FAILED, ENOENT, stage.now);
        CHECK(is_about(stage.wait(), expected));
        CHECK_FALSE(stage.session.wants_connection(stage.now));
        stage.now = *stage.session.deadline();
        CHECK(stage.session.wants_connection(stage.now));
    }
    stage.link();
    stage.session.connection_lost(VNF_SG_ERROR_CONNECTION_LOST, 0, stage.now);
    CHECK(is_about(stage.wait(), 100ms));
}

TEST_CASE("a guest-client that does not answer the hello within 5 s is left") {
    Stage stage;
    stage.session.connected(stage.now);
    CHECK(stage.wait() == 5s);
    stage.now += 4999ms;
    stage.session.tick(stage.now);
    CHECK(stage.session.has_connection());
    stage.now += 1ms;
    stage.session.tick(stage.now);
    CHECK_FALSE(stage.session.has_connection());
    CHECK(stage.session.state().error == VNF_SG_ERROR_NO_ANSWER);
}

TEST_CASE("a status ends at its timeout, with what came until then") {
    Stage stage;
    stage.link();
    CHECK_FALSE(stage.session.deadline().has_value());
    REQUIRE(stage.session.request_status(stage.now) == VNF_SG_OK);
    CHECK(stage.wait() == 5s);
    stage.session.receive(wire::GroupEntry{1, R"({"instance_id":"u1"})"}, stage.now);
    stage.now += 4999ms;
    stage.session.tick(stage.now);
    CHECK_FALSE(stage.next<StatusEnded>().has_value());
    stage.now += 1ms;
    stage.session.tick(stage.now);
    const auto ended = stage.next<StatusEnded>();
    REQUIRE(ended.has_value());
    CHECK(ended->error == VNF_SG_ERROR_TIMED_OUT);
    CHECK(ended->members.size() == 1);
    CHECK_FALSE(stage.session.deadline().has_value());
    stage.session.receive(wire::GroupAnswered{1}, stage.now);
    CHECK_FALSE(stage.next<StatusEnded>().has_value());
}

TEST_CASE("a new request has a timeout of its own") {
    Stage stage;
    stage.link();
    stage.session.request_status(stage.now);
    stage.now += 4s;
    stage.session.request_status(stage.now);
    CHECK(stage.wait() == 5s);
}

TEST_CASE("with an old agent guest-client's socket is looked for after every longest back-off") {
    Stage stage;
    stage.session.found_old_agent(stage.now);
    CHECK_FALSE(stage.session.wants_look(stage.now));
    CHECK(is_about(stage.wait(), 800ms));
    stage.now = *stage.session.deadline();
    CHECK(stage.session.wants_look(stage.now));
    stage.session.looked(stage.now);
    CHECK(is_about(stage.wait(), 800ms));
}

TEST_CASE("a status of more members than a handle keeps is told as cut") {
    Stage stage;
    stage.link();
    stage.session.request_status(stage.now);
    for (std::size_t number = 0; number <= Session::list_limit; ++number)
        stage.session.receive(wire::GroupEntry{1, R"({"instance_id":")" + std::to_string(number) + R"("})"},
                              stage.now);
    stage.session.receive(wire::GroupAnswered{1}, stage.now);
    const auto ended = stage.next<StatusEnded>();
    REQUIRE(ended.has_value());
    CHECK(ended->error == VNF_SG_ERROR_TOO_MANY);
    CHECK(ended->members.size() == Session::list_limit);
}

TEST_CASE("a status of more bytes than a handle keeps is told as cut") {
    Stage stage;
    stage.link();
    stage.session.request_status(stage.now);
    const std::string padding(60000, 'x');
    for (std::size_t number = 0; number * padding.size() < Session::list_bytes_limit; ++number)
        stage.session.receive(wire::GroupEntry{1, R"({"instance_id":")" + std::to_string(number) +
                                                      R"(","p":")" + padding + R"("})"},
                              stage.now);
    stage.session.receive(wire::GroupAnswered{1}, stage.now);
    CHECK(stage.next<StatusEnded>()->error == VNF_SG_ERROR_TOO_MANY);
}

TEST_CASE("a reason longer than the interface's is cut") {
    Stage stage;
    stage.session.connected(stage.now);
    stage.session.receive(wire::GroupLink{false, std::string(1000, 'r')}, stage.now);
    CHECK(stage.session.state().reason.size() == VNF_SG_REASON_MAX);
}
