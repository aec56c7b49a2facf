// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Defects of the old library (heartbeat specification 6.2) that an old binary no longer has on the shims.

#include <catch2/catch.hpp>
#include <filesystem>

#include "compat_paths.hpp"
#include "old_record.hpp"
#include "old_stage.hpp"

using namespace vnf::test;

TEST_CASE("L-01: finalize, initialize and register again works") {
    OldStage stage;
    stage.register_it();
    CHECK(stage.application.ask("finalize") == "finalize 0");
    CHECK(stage.daemon.has_ended());
    CHECK(stage.application.ask("selobj") == "selobj 0");
    stage.register_it();
    stage.expect_heartbeat();
}

TEST_CASE("L-02: half a record of the last connection does not spoil the next") {
    OldStage stage;
    stage.register_it();
    stage.daemon.send(challenge(1).substr(0, 227));
    stage.daemon.hang_up();
    CHECK(stage.application.line() == "registered 0");
    CHECK(stage.application.ask("selobj") == "selobj 0");
    stage.register_it();
    stage.expect_heartbeat();
}

TEST_CASE("L-03: a daemon that has gone does not kill the application by SIGPIPE") {
    OldStage stage;
    stage.register_it();
    stage.application.say("inside-health dispatch");
    stage.application.ask("selobj");
    stage.daemon.send(challenge(1));
    stage.daemon.hang_up();
    CHECK(stage.application.line() == "health 1 1 ''");
    CHECK(stage.application.line() == "registered 0");
    stage.application.say("inside-health nothing");
    stage.register_it();
    stage.expect_heartbeat();
}

TEST_CASE("L-05: a connection that is reset is a lost connection, and the loop does not spin on it") {
    OldStage stage;
    stage.register_it();
    stage.application.ask("respond 1 1 1 1 unread");
    stage.daemon.hang_up();
    CHECK(stage.application.line() == "registered 0");
    CHECK(stage.application.ask("selobj") == "selobj 0");
}

TEST_CASE("L-08: a full backlog is TRY_AGAIN, so that the application lives on") {
    OldStage stage;
    std::vector<std::unique_ptr<OldApplication>> others;
    std::string answer;
    for (int number = 0; number < 20 && answer != "register 3"; ++number) {
        others.push_back(std::make_unique<OldApplication>(shim_directory, stage.socket));
        others.back()->ask("initialize");
        answer = others.back()->ask("register");
    }
    CHECK(answer == "register 3");
}

TEST_CASE("L-10: every function may be called inside the health callback") {
    const std::string call = GENERATE("finalize", "register", "deregister", "dispatch");
    OldStage stage;
    stage.register_it();
    stage.application.say("inside-health " + call);
    stage.application.ask("selobj");
    stage.daemon.send(challenge(1) + challenge(2));
    CHECK(stage.application.line() == "health 1 1 ''");
    if (call == "dispatch") {
        CHECK(stage.application.line() == "health 1 1 ''");
        CHECK(type_of(stage.daemon.record()) == 4);
    } else {
        CHECK(stage.application.line() == call + " 0");
    }
    if (call == "finalize")
        CHECK(stage.daemon.has_ended());
    CHECK(stage.application.finish() == 0);
}

TEST_CASE("L-10: a challenge is not answered on a connection that its callback has made") {
    OldStage stage;
    stage.register_it();
    stage.application.say("inside-health renew");
    stage.application.ask("selobj");
    stage.daemon.send(challenge(1));
    CHECK(stage.application.line() == "health 1 1 ''");
    CHECK(stage.application.line() == "initialize 0");
    CHECK(stage.application.line() == "renew 0");
    CHECK(stage.daemon.has_ended());
    stage.daemon.accept();
    CHECK(type_of(stage.daemon.record()) == 0);
    CHECK(stage.application.ask("selobj") == "selobj 1");
    CHECK(stage.daemon.unread() == 0);
}

TEST_CASE("L-12: asking again before the answer sends nothing more; with other data it does") {
    OldStage stage;
    stage.application.ask("initialize");
    for (int round = 0; round < 5; ++round)
        CHECK(stage.application.ask("register") == "register 0");
    stage.daemon.accept();
    stage.daemon.record();
    CHECK(stage.daemon.unread() == 0);
    stage.application.say("vote-secs 9");
    CHECK(stage.application.ask("register") == "register 0");
    CHECK(number_at(stage.daemon.record(), 64) == 9);
}

TEST_CASE("L-13: an application that forks into the background after registering goes on there") {
    OldStage stage;
    stage.register_it();
    CHECK(stage.application.ask("fork") == "child");
    stage.expect_heartbeat();
    CHECK(stage.application.finish() == 0);
}

TEST_CASE("L-14: the library's log leaves the application's syslog identity alone") {
    OldStage stage;
    CHECK(stage.application.ask("log") == "log-initialize 0 1");
    CHECK(stage.application.line() == "want 1100 1");
    CHECK(stage.application.line() == "log-finalize 0");
    CHECK(stage.application.finish() == 0);
    CHECK(stage.application.complaints() == "my-own-ident: old-app: hello 42 world\nmy-own-ident: mine\n");
}

TEST_CASE("G-36: records cut anywhere, glued, or after garbage are understood") {
    OldStage stage;
    stage.register_it();
    const std::string bytes = "FDFDFDA5A5" + challenge(1) + "x" + challenge(2);
    for (std::size_t cut = 1; cut < bytes.size(); cut += 7) {
        stage.daemon.send(bytes.substr(0, cut));
        stage.application.ask("selobj");
        stage.daemon.send(bytes.substr(cut));
        for (const std::uint32_t number : {1U, 2U})
            REQUIRE(number_at(stage.daemon.record(), 20) == number);
        while (stage.application.ask("foreign") != "ignored") {
        }
    }
}
