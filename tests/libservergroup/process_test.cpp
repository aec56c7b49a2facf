// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Several handles in a process, handles in several threads, and a forked child.

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "member.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "tests/libhandle/forked_child.hpp"

using namespace vnf;
using test::Member;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedAgent agent{directory / "s"};
    Member::Setup setup{.socket = directory / "s"};
};

}  // namespace

TEST_CASE("B-24: several handles of a process are members of their own") {
    Stage stage;
    Member one(stage.setup);
    Member other(stage.setup);
    const auto first = one.link_with(stage.agent);
    const auto second = other.link_with(stage.agent);
    first->hang_up();
    REQUIRE(one.wait_until([&] { return one.state() != VNF_SG_STATE_LINKED; }));
    second->send(wire::GroupHeard{"one", "text"});
    REQUIRE(other.wait_until([&] { return !other.broadcasts.empty(); }));
    CHECK(one.broadcasts.empty());
    CHECK(other.state() == VNF_SG_STATE_LINKED);
}

TEST_CASE("B-24: handles in threads of their own don't touch each other") {
    Stage stage;
    constexpr int messages = 200;
    std::vector<std::unique_ptr<Member>> members;
    std::vector<std::unique_ptr<test::Peer>> peers;
    for (int number = 0; number < 4; ++number) {
        members.push_back(std::make_unique<Member>(stage.setup));
        peers.push_back(members.back()->link_with(stage.agent));
    }
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (std::size_t index = 0; index < members.size(); ++index)
        threads.emplace_back([&good, &member = *members[index], &peer = *peers[index]] {
            for (int number = 0; number < messages; ++number) {
                member.say(std::to_string(number));
                if (member.expect<wire::GroupSend>(peer).text == std::to_string(number))
                    peer.send(wire::GroupHeard{"one", "back"});
            }
            if (member.wait_until([&member] { return member.broadcasts.size() == messages; }))
                ++good;
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(good == 4);
}

TEST_CASE("a handle serves its loop and other threads at the same time") {
    Stage stage;
    Member member(stage.setup);
    const auto peer = member.link_with(stage.agent);
    vnf_sg* const handle = member.handle;
    std::atomic<bool> stop{false};
    std::thread asker([&stop, handle] {
        while (!stop) {
            vnf_sg_request_status(handle);
            vnf_sg_broadcast(handle, "x", 1);
            vnf_sg_next_timeout(handle);
            std::this_thread::yield();
        }
    });
    for (std::uint32_t number = 1; number <= 50; ++number) {
        const auto query = member.expect<wire::GroupAsk>(*peer).query;
        peer->send(wire::GroupAnswered{query});
        peer->send(wire::GroupHeard{"one", std::to_string(number)});
        REQUIRE(member.wait_until([&] { return member.broadcasts.size() == number; }, peer.get()));
    }
    stop = true;
    asker.join();
    CHECK(member.state() == VNF_SG_STATE_LINKED);
}

TEST_CASE("a request of another thread wakes the loop, which learns of its deadline") {
    Stage stage;
    stage.setup.status_timeout_ms = 1;
    Member member(stage.setup);
    const auto peer = member.link_with(stage.agent);
    CHECK(vnf_sg_next_timeout(member.handle) == -1);
    std::thread asker([&member] { vnf_sg_request_status(member.handle); });
    // Nothing but the wake-up and the timeout can end this wait.
    CHECK(member.wait_until([&] { return !member.statuses.empty(); }));
    asker.join();
}

TEST_CASE("close from another thread waits for the callback that runs") {
    Stage stage;
    Member member(stage.setup);
    const auto peer = member.link_with(stage.agent);
    std::atomic<bool> is_inside{false};
    std::atomic<bool> has_left{false};
    member.on_broadcast = [&] {
        is_inside = true;
        // Until the other thread is inside close.
        while (vnf_sg_broadcast(member.handle, "", 0) != VNF_SG_ERROR_CLOSED)
            std::this_thread::yield();
        has_left = true;
    };
    peer->send(wire::GroupHeard{"one", "text"});
    bool had_left = false;
    std::thread closer([&] {
        while (!is_inside)
            std::this_thread::yield();
        vnf_sg_close(member.handle);
        had_left = has_left;
    });
    member.last_dispatch = vnf_sg_dispatch(member.handle);
    closer.join();
    member.handle = nullptr;
    CHECK(had_left);
    CHECK(member.last_dispatch == VNF_SG_ERROR_CLOSED);
}

TEST_CASE("a forked child may only close its copy, and the parent goes on") {
    Stage stage;
    Member member(stage.setup);
    const auto peer = member.link_with(stage.agent);
    CHECK(test::in_child([&member] {
              vnf_sg_state_info info{};
              info.size = sizeof info;
              const bool is_refused = vnf_sg_dispatch(member.handle) == VNF_SG_ERROR_FORKED &&
                                      vnf_sg_broadcast(member.handle, "x", 1) == VNF_SG_ERROR_FORKED &&
                                      vnf_sg_request_status(member.handle) == VNF_SG_ERROR_FORKED &&
                                      vnf_sg_get_state(member.handle, &info) == VNF_SG_ERROR_FORKED &&
                                      vnf_sg_get_fd(member.handle) == -VNF_SG_ERROR_FORKED &&
                                      vnf_sg_next_timeout(member.handle) == -1;
              vnf_sg_close(member.handle);
              return is_refused;
          }) == 0);
    peer->send(wire::GroupHeard{"one", "still here"});
    REQUIRE(member.wait_until([&] { return !member.broadcasts.empty(); }));
    CHECK(member.say("x") == VNF_SG_OK);
}
