// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Whatever a callback calls, nothing is freed under it and nothing is left half done.

#include <catch2/catch.hpp>

#include "member.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf;
using test::Member;

namespace {

struct Stage {
    harness::ScratchDirectory directory;
    test::ScriptedAgent agent{directory / "s"};
    Member member{{.socket = directory / "s"}};

    /// Until the dispatch around a callback that closed the handle has said so.
    bool wait_until_closed() {
        member.wait_until([this] { return member.last_dispatch != VNF_SG_OK; });
        return member.last_dispatch == VNF_SG_ERROR_CLOSED;
    }
    void close_handle() {
        is_closed = true;
        vnf_sg_close(member.handle);
    }
    bool is_closed = false;
    ~Stage() {
        if (is_closed)
            member.handle = nullptr;
    }
};

}  // namespace

TEST_CASE("the handle may be closed in the broadcast callback, and the rest is not told") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    stage.member.on_broadcast = [&stage] {
        stage.close_handle();
    };
    peer->send(wire::GroupHeard{"one", "first"});
    peer->send(wire::GroupHeard{"one", "second"});
    CHECK(stage.wait_until_closed());
    peer->poll();
    CHECK(stage.member.broadcasts.size() == 1);
    CHECK(peer->has_ended());
}

TEST_CASE("the handle may be closed in the state callback") {
    Stage stage;
    stage.member.on_state = [&stage] {
        stage.close_handle();
    };
    CHECK(stage.wait_until_closed());
    CHECK(stage.member.states.size() == 1);
}

TEST_CASE("the handle may be closed in the status callback") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    stage.member.on_status = [&stage] {
        stage.close_handle();
    };
    REQUIRE(vnf_sg_request_status(stage.member.handle) == VNF_SG_OK);
    peer->send(wire::GroupAnswered{stage.member.expect<wire::GroupAsk>(*peer).query});
    CHECK(stage.wait_until_closed());
}

TEST_CASE("a dispatch inside a callback is refused, a message and the state are not") {
    Stage stage;
    const auto peer = stage.member.link_with(stage.agent);
    std::vector<vnf_sg_error> results;
    stage.member.on_broadcast = [&] {
        results = {vnf_sg_dispatch(stage.member.handle), stage.member.say("answer")};
        CHECK(stage.member.state() == VNF_SG_STATE_LINKED);
    };
    peer->send(wire::GroupHeard{"one", "question"});
    CHECK(stage.member.expect<wire::GroupSend>(*peer).text == "answer");
    CHECK(results == std::vector<vnf_sg_error>{VNF_SG_ERROR_IN_DISPATCH, VNF_SG_OK});
}
