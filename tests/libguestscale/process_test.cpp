// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Whatever a callback calls, nothing is freed under it; several handles and threads of a process; a forked child.

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "subscriber.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "tests/libhandle/forked_child.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using test::Subscriber;
using wire::ScaleDirection;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedScaleAgent agent{directory / "s"};
    Subscriber::Setup setup{.socket = directory / "s"};

    void about(test::ScalePeer& peer, std::uint32_t event) const {
        peer.send(wire::ScaleAbout{event, ScaleDirection::Down, std::nullopt, 60s});
    }
};

/// Until the dispatch around a callback that closed the handle has said so.
bool is_closed_in_dispatch(Subscriber& subscriber) {
    subscriber.wait_until([&subscriber] { return subscriber.last_dispatch != VNF_GS_OK; });
    subscriber.handle = nullptr;
    return subscriber.last_dispatch == VNF_GS_ERROR_CLOSED;
}

}  // namespace

TEST_CASE("the handle may be closed in any callback, and nothing more is told or said") {
    for (const int where : {0, 1, 2}) {
        CAPTURE(where);
        Stage stage;
        Subscriber subscriber(stage.setup);
        const auto close = [&subscriber] {
            vnf_gs_close(subscriber.handle);
        };
        const auto peer = subscriber.connect_with(stage.agent);
        (where == 0 ? subscriber.on_state : where == 1 ? subscriber.on_about : subscriber.on_done) = close;
        if (where == 0) {
            peer->send(wire::ScaleState{{0}, std::nullopt});
        }
        stage.about(*peer, 7);
        peer->send(wire::ScaleAbandoned{7, ScaleDirection::Down, {0}, ""});
        peer->send(wire::ScaleAbandoned{8, ScaleDirection::Down, {0}, ""});
        CHECK(is_closed_in_dispatch(subscriber));
        CHECK(subscriber.abouts.size() == (where == 0 ? 0U : 1U));
        CHECK(subscriber.dones.size() == (where == 2 ? 1U : 0U));
        peer->poll();
        CHECK(peer->has_ended());
    }
}

TEST_CASE("a dispatch inside a callback is refused") {
    Stage stage;
    Subscriber subscriber(stage.setup);
    vnf_gs_error inner = VNF_GS_OK;
    subscriber.on_about = [&subscriber, &inner] {
        inner = vnf_gs_dispatch(subscriber.handle);
    };
    const auto peer = subscriber.connect_with(stage.agent);
    stage.about(*peer, 7);
    REQUIRE(subscriber.wait_until([&subscriber] { return !subscriber.abouts.empty(); }));
    CHECK(inner == VNF_GS_ERROR_IN_DISPATCH);
}

TEST_CASE("several handles of a process are told each for itself") {
    Stage stage;
    Subscriber one(stage.setup);
    Subscriber other(stage.setup);
    const auto first = one.connect_with(stage.agent);
    const auto second = other.connect_with(stage.agent);
    stage.about(*first, 7);
    CHECK(one.expect<wire::ScaleReady>(*first).event == 7);
    first->hang_up();
    REQUIRE(one.wait_until([&one] { return one.info().state != VNF_GS_STATE_CONNECTED; }));
    stage.about(*second, 8);
    CHECK(other.expect<wire::ScaleReady>(*second).event == 8);
    CHECK(one.abouts.size() == 1);
}

TEST_CASE("another thread answers while the loop runs") {
    Stage stage;
    stage.setup.answer = VNF_GS_ANSWER_LATER;
    Subscriber subscriber(stage.setup);
    const auto peer = subscriber.connect_with(stage.agent);
    std::atomic<std::uint32_t> asked{0};
    std::atomic<bool> stop{false};
    subscriber.on_about = [&subscriber, &asked] {
        asked = subscriber.abouts.back().event;
    };
    vnf_gs* const handle = subscriber.handle;
    std::thread worker([&asked, &stop, handle] {
        while (!stop) {
            vnf_gs_ready(handle, asked);
            vnf_gs_next_timeout(handle);
            std::this_thread::yield();
        }
    });
    for (std::uint32_t event = 1; event <= 50; ++event) {
        stage.about(*peer, event);
        REQUIRE(subscriber.expect<wire::ScaleReady>(*peer).event == event);
        peer->send(wire::ScaleDone{event, ScaleDirection::Down, 3, {0, 1, 2}});
        REQUIRE(subscriber.wait_until([&] { return subscriber.dones.size() == event; }));
    }
    stop = true;
    worker.join();
}

TEST_CASE("a forked child may only close its copy, and the parent goes on") {
    Stage stage;
    Subscriber subscriber(stage.setup);
    const auto peer = subscriber.connect_with(stage.agent);
    const auto is_refused = [handle = subscriber.handle] {
        vnf_gs_state_info info{};
        info.size = sizeof info;
        const bool all_refused = vnf_gs_dispatch(handle) == VNF_GS_ERROR_FORKED &&
                                 vnf_gs_ready(handle, 1) == VNF_GS_ERROR_FORKED &&
                                 vnf_gs_refuse(handle, 1, "") == VNF_GS_ERROR_FORKED &&
                                 vnf_gs_choose(handle, 1, 1) == VNF_GS_ERROR_FORKED &&
                                 vnf_gs_record_affinity(handle) == VNF_GS_ERROR_FORKED &&
                                 vnf_gs_restore_affinity(handle, nullptr) == VNF_GS_ERROR_FORKED &&
                                 vnf_gs_get_state(handle, &info) == VNF_GS_ERROR_FORKED &&
                                 vnf_gs_get_fd(handle) == -VNF_GS_ERROR_FORKED &&
                                 vnf_gs_next_timeout(handle) == -1;
        vnf_gs_close(handle);
        return all_refused;
    };
    CHECK(test::in_child(is_refused) == 0);
    stage.about(*peer, 7);
    CHECK(subscriber.expect<wire::ScaleReady>(*peer).event == 7);
}
