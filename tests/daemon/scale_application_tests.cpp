// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Applications on the agent's packet socket: asked, heard, told; and what a bad one can't do to the others.
#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <array>

#include "tests/daemon/scale_stage.hpp"

namespace vnf::test {
namespace {

using wire::ScaleDirection;

TEST_CASE("An application hears before and after, and names the vCPU to give up") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    ScaleApplication app(at.stage, at.agent.application_socket());
    at.ask(scale_down());
    const wire::ScaleAbout down = app.about();
    CHECK(down.direction == ScaleDirection::Down);
    CHECK_FALSE(down.cpu);
    CHECK(at.agent.machine.online() == "0-3");
    app.send(wire::ScaleChoose{down.event, 2});
    app.send(wire::ScaleReady{down.event});
    CHECK(at.answer() == scaled_down(2, "[0,1,3]"));
    const auto done = app.expect<wire::ScaleDone>("that it is done");
    CHECK(done.event == down.event);
    CHECK(done.cpu == wire::Cpu(2));
    CHECK(done.online == wire::CpuSet{0, 1, 3});
    CHECK(app.expect<wire::ScaleState>("the state").next == wire::Cpu(3));

    at.ask(scale_up(2, "[0,1,2,3]"));
    const wire::ScaleAbout up = app.about();
    CHECK(up.direction == ScaleDirection::Up);
    CHECK(up.cpu == wire::Cpu(2));
    app.send(wire::ScaleReady{up.event});
    CHECK(at.answer() == scaled_up(2, "[0,1,2,3]"));
    CHECK(app.expect<wire::ScaleDone>("that it is done").direction == ScaleDirection::Up);
}

TEST_CASE("A refusal is a failure with its reason, and binding only where the host knows the word") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    ScaleApplication db(at.stage, at.agent.application_socket(), "db"),
        other(at.stage, at.agent.application_socket(), "other");
    at.ask(scale_down());
    db.send(wire::ScaleRefuse{db.about().event, "a \"backup\" runs"});
    CHECK(at.answer() == scale_failed("down", R"(db: a \"backup\" runs)"));
    CHECK(other.expect<wire::ScaleAbandoned>("the end").reason == R"(db: a "backup" runs)");
    CHECK(at.agent.counter("refused_to_old_host") == 1);
    at.ask(
        R"({"version":2,"msg_type":"scale_request","timeout_ms":9000,"resource":"cpu","direction":"down","refusal":true})");
    db.send(wire::ScaleRefuse{db.about().event, "no"});
    CHECK(
        at.answer() ==
        R"({"result":"fail","err_msg":"db: no","version":2,"resource":"cpu","direction":"down","refused":true,"online_cpus":[0,1,2,3]})");
    CHECK(at.agent.machine.online() == "0-3");
}

TEST_CASE("An application that dies, and one that is silent, hold nothing up") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    auto dies = std::make_unique<ScaleApplication>(at.stage, at.agent.application_socket(), "dies");
    ScaleApplication silent(at.stage, at.agent.application_socket(), "silent");
    at.ask(scale_down(1200));
    silent.about();
    dies.reset();
    CHECK(at.answer() == scaled_down(3, "[0,1,2]"));
    CHECK(at.agent.counter("silent_application") >= 1);
    CHECK(at.agent.status().at("applications").as_array().size() == 1);
}

TEST_CASE("vCPUs that somebody else switched are seen by the next who looks, and told") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    ScaleApplication app(at.stage, at.agent.application_socket());
    at.agent.machine.write("online", "0-2\n");
    at.exchange(
        R"({"version":2,"msg_type":"scale_request","timeout_ms":1000,"resource":"cpu","direction":"status","refusal":true})");
    CHECK(app.expect<wire::ScaleState>("the new state").online == wire::CpuSet{0, 1, 2});
    CHECK(at.agent.counter("changed_elsewhere") == 1);
}

TEST_CASE("Bad records cost a counter, and who never reads is let go") {
    if (!enter_own_network())
        return;
    ScaleGuest at;
    ScaleApplication good(at.stage, at.agent.application_socket(), "good");
    HandlePeer bad(at.stage);
    bad.connect(at.agent.application_socket());
    for (const std::string& packet : {std::string("x"), std::string(8, '\xff'), std::string(40000, 'a')})
        bad.send_packet(packet);
    at.ask(scale_down());
    const auto event = good.about().event;
    good.send(wire::ScaleReady{event + 7});
    good.send(wire::ScaleReady{event});
    good.send(wire::ScaleReady{good.about().event});
    CHECK(at.answer() == scaled_down(3, "[0,1,2]"));
    CHECK(at.agent.counter("unexpected_record") == 1);
}

TEST_CASE("No more than the settings admit may listen") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.settings = "applications:\n  limit: 2\n"});
    ScaleApplication first(at.stage, at.agent.application_socket()),
        second(at.stage, at.agent.application_socket());
    HandlePeer third(at.stage);
    third.connect(at.agent.application_socket());
    third.expect_end();
    CHECK(number(at.agent.status(), "refused_applications") == 1);
}

}  // namespace
}  // namespace vnf::test
