// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// L-13: several handles in a process, a handle in several threads, and a forked child.

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "application.hpp"
#include "tests/libhandle/forked_child.hpp"

using namespace vnf;
using test::Application;
using test::Stage;
using wire::RecordVersion;

TEST_CASE("L-13: several handles of a process are applications of their own") {
    Stage stage;
    Application one(stage.setup);
    Application other(stage.setup);
    const auto first = one.register_at(stage.daemon, RecordVersion::V3);
    const auto second = other.register_at(stage.daemon, RecordVersion::V2);
    first->hang_up();
    REQUIRE(one.wait_until([&] { return one.state() != VNF_HEARTBEAT_STATE_REGISTERED; }));
    second->send(wire::RecordChallenge{4});
    CHECK(other.expect<wire::RecordChallengeResponse>(*second).challenge == 4);
    CHECK(one.health_checks == 0);
}

TEST_CASE("L-13: a handle serves its loop and other threads at the same time") {
    Stage stage;
    Application application(stage.setup);
    std::atomic<std::uint64_t> open_action{0};
    application.on_action = [&open_action](const vnf_heartbeat_action& action) {
        open_action = action.id;
        return VNF_HEARTBEAT_VOTE_LATER;
    };
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    vnf_heartbeat* const handle = application.handle;
    std::atomic<bool> stop{false};
    std::thread pusher([&] {
        for (int round = 0; !stop; ++round) {
            vnf_heartbeat_report_health(handle, round % 2, VNF_HEARTBEAT_ACTION_LOG, "from a thread");
            std::this_thread::yield();
        }
    });
    std::thread answerer([&] {
        while (!stop) {
            std::uint32_t left = 0;
            if (vnf_heartbeat_action_remaining(handle, open_action, &left) == VNF_HEARTBEAT_OK)
                vnf_heartbeat_respond(handle, open_action, VNF_HEARTBEAT_VOTE_ACCEPT, "");
            std::this_thread::yield();
        }
    });
    for (std::uint32_t number = 1; number <= 100; ++number) {
        peer->send(
            wire::RecordActionNotify{number, wire::Event::Stop, wire::Notification::Revocable, 60000, ""});
        peer->send(wire::RecordChallenge{number});
        CHECK(application.expect<wire::RecordActionResponse>(*peer).invocation_id == number);
        CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == number);
    }
    stop = true;
    pusher.join();
    answerer.join();
    CHECK(peer->errors() == 0);
}

TEST_CASE("a loop that waits in another thread is woken by a deregistration and by a new registration") {
    Stage stage;
    Application application(stage.setup);
    auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    std::atomic<int> deregistered{0};
    std::atomic<int> connecting{0};
    application.on_state = [&](vnf_heartbeat_state state) {
        deregistered += state == VNF_HEARTBEAT_STATE_DEREGISTERED ? 1 : 0;
        connecting += state == VNF_HEARTBEAT_STATE_CONNECTING ? 1 : 0;
    };
    std::atomic<bool> stop{false};
    std::thread loop([&] { application.wait_until([&] { return stop.load(); }); });
    vnf_heartbeat_deregister(application.handle, "");
    while (deregistered == 0)
        std::this_thread::yield();
    vnf_heartbeat_register(application.handle);
    while (connecting == 0)
        std::this_thread::yield();
    stop = true;
    vnf_heartbeat_deregister(application.handle, "");
    loop.join();
    CHECK(connecting == 1);
}

TEST_CASE("close from another thread waits for the callback that is running, and none follows") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    vnf_heartbeat* const handle = std::exchange(application.handle, nullptr);
    std::atomic<bool> inside{false};
    std::atomic<bool> has_returned{false};
    application.on_health = [&](auto&) {
        inside = true;
        // The one way to see from here that the close has begun.
        while (vnf_heartbeat_report_health(handle, 1, VNF_HEARTBEAT_ACTION_NONE, "") !=
               VNF_HEARTBEAT_ERROR_CLOSED)
            std::this_thread::yield();
        has_returned = true;
    };
    peer->send(wire::RecordChallenge{1});
    peer->send(wire::RecordChallenge{2});
    std::thread loop([&] { application.last_dispatch = vnf_heartbeat_dispatch(handle); });
    while (!inside)
        std::this_thread::yield();
    vnf_heartbeat_close(handle);
    CHECK(has_returned);
    loop.join();
    CHECK(application.last_dispatch == VNF_HEARTBEAT_ERROR_CLOSED);
    CHECK(application.health_checks == 1);
}

TEST_CASE("a second thread that dispatches meanwhile is told that it is busy") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    vnf_heartbeat_error other = VNF_HEARTBEAT_OK;
    application.on_health = [&](auto&) {
        std::thread([&] { other = vnf_heartbeat_dispatch(application.handle); }).join();
    };
    peer->send(wire::RecordChallenge{1});
    application.expect<wire::RecordChallengeResponse>(*peer);
    CHECK(other == VNF_HEARTBEAT_ERROR_BUSY);
}

TEST_CASE(
    "L-13: in a forked child every call says so, and closing there leaves the parent's registration alone") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    vnf_heartbeat* const handle = application.handle;
    const int status = test::in_child([handle] {
        vnf_heartbeat_state_info info{};
        info.size = sizeof info;
        std::uint32_t left = 0;
        const bool refused = vnf_heartbeat_dispatch(handle) == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_register(handle) == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_deregister(handle, "") == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_report_health(handle, 1, 1, "") == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_respond(handle, 1, 1, "") == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_extend(handle, 1, 1, "") == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_action_remaining(handle, 1, &left) == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_get_state(handle, &info) == VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_get_fd(handle) == -VNF_HEARTBEAT_ERROR_FORKED &&
                             vnf_heartbeat_next_timeout(handle) == -1;
        return vnf_heartbeat_close(handle) == VNF_HEARTBEAT_OK && refused;
    });
    CHECK(status == 0);
    peer->send(wire::RecordChallenge{8});
    CHECK(application.expect<wire::RecordChallengeResponse>(*peer).challenge == 8);
    CHECK(peer->waiting_records() == 0);
}

TEST_CASE("a child that keeps the socket open does not make the parent's descriptor stick") {
    Stage stage;
    Application application(stage.setup);
    const auto peer = application.register_at(stage.daemon, RecordVersion::V3);
    int talk[2];
    char byte = 0;
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, talk) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        // Keeps the application's end only, and until the test is done.
        peer->hang_up();
        ::close(talk[1]);
        ::_exit(::write(talk[0], &byte, 1) == 1 && ::read(talk[0], &byte, 1) == 0 ? 0 : 1);
    }
    ::close(talk[0]);
    REQUIRE(::read(talk[1], &byte, 1) == 1);
    vnf_heartbeat_deregister(application.handle, "");
    REQUIRE(application.wait_until([&] { return vnf_heartbeat_next_timeout(application.handle) == -1; }));
    vnf_heartbeat_dispatch(application.handle);
    peer->hang_up();
    pollfd descriptor{vnf_heartbeat_get_fd(application.handle), POLLIN, 0};
    CHECK(::poll(&descriptor, 1, 0) == 0);
    ::close(talk[1]);
    ::waitpid(child, nullptr, 0);
}
