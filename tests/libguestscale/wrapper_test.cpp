// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The C++ wrapper, and that the C header is C99 (public_header.c).

#include <poll.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vnf/guestscale.hpp>

#include "scripted_agent.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using namespace std::chrono_literals;
using guestscale::Subscription;

extern "C" uint32_t size_of_scale_config_in_c(void);
extern "C" uint32_t size_of_done_in_c(void);

namespace {

struct Recorder : guestscale::Handler {
    void state_changed(const vnf_gs_state_info& info) override {
        log += std::string(vnf_gs_state_name(info.state)) + ";";
    }
    void about(const vnf_gs_about& told) override {
        log += "about " + std::to_string(told.event);
        for (const int32_t cpu : guestscale::each(told.online)) {
            log += " " + std::to_string(cpu);
        }
        log += ";";
    }
    void done(const vnf_gs_done& told) override { log += "done " + std::to_string(told.cpu) + ";"; }
    std::string log;
};

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedScaleAgent agent{directory / "s"};
    std::string path = directory / "s";
    vnf_gs_config config{};
    Recorder recorder;
    Subscription subscription;

    Stage() {
        vnf_gs_config_init(&config);
        config.name = "wrapped";
        config.socket_path = path.c_str();
        config.answer = VNF_GS_ANSWER_LATER;
    }
    /// One turn of a loop; the agent has spoken before, so there is something to read.
    void turn() {
        pollfd descriptor{subscription.fd(), POLLIN, 0};
        ::poll(&descriptor, 1, subscription.next_timeout());
        CHECK(subscription.dispatch() == VNF_GS_OK);
    }
    std::unique_ptr<test::ScalePeer> connect() {
        REQUIRE(subscription.open(config, recorder) == VNF_GS_OK);
        turn();
        auto peer = agent.accept();
        REQUIRE(peer);
        peer->send(wire::ScaleState{{0, 1, 2}, wire::Cpu(2)});
        turn();
        return peer;
    }
};

}  // namespace

TEST_CASE("C and C++ agree on the structs' sizes") {
    CHECK(size_of_scale_config_in_c() == sizeof(vnf_gs_config));
    CHECK(size_of_done_in_c() == sizeof(vnf_gs_done));
}

TEST_CASE("an empty subscription refuses every call and closes without effect") {
    Subscription empty;
    CHECK_FALSE(empty);
    CHECK(empty.dispatch() == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(empty.ready(1) == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(empty.restore_affinity() == VNF_GS_ERROR_INVALID_ARGUMENT);
    CHECK(empty.state().state == VNF_GS_STATE_DISCONNECTED);
    empty.close();
}

TEST_CASE("each callback reaches its virtual function, each function its call") {
    Stage stage;
    const auto peer = stage.connect();
    CHECK(stage.subscription.state().state == VNF_GS_STATE_CONNECTED);
    peer->send(wire::ScaleAbout{7, wire::ScaleDirection::Down, std::nullopt, 60s});
    stage.turn();
    CHECK(stage.subscription.choose(7, 1) == VNF_GS_OK);
    CHECK(stage.subscription.ready(7) == VNF_GS_OK);
    peer->poll();
    CHECK(peer->take<wire::ScaleChoose>()->cpu == wire::Cpu(1));
    CHECK(peer->take<wire::ScaleReady>()->event == 7);
    peer->send(wire::ScaleDone{7, wire::ScaleDirection::Down, 1, {0, 2}});
    peer->send(wire::ScaleAbout{8, wire::ScaleDirection::Down, std::nullopt, 60s});
    stage.turn();
    CHECK(stage.subscription.refuse(8, "no") == VNF_GS_OK);
    CHECK(stage.subscription.record_affinity() == VNF_GS_OK);
    peer->poll();
    CHECK(peer->take<wire::ScaleRefuse>()->reason == "no");
    CHECK(stage.recorder.log == "connecting;connected;about 7 0 1 2;done 1;about 8 0 2;");
}

TEST_CASE("a subscription can be moved") {
    Stage stage;
    const auto peer = stage.connect();
    Subscription moved(std::move(stage.subscription));
    CHECK(moved);
    stage.subscription = std::move(moved);
    CHECK(stage.subscription.state().state == VNF_GS_STATE_CONNECTED);
}
