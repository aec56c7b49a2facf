// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application binary built for the old libraries, run on the shims.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "compat_paths.hpp"
#include "old_record.hpp"
#include "old_stage.hpp"

using namespace vnf::test;

TEST_CASE("the old binary is linked to other libraries than it runs on here") {
    const vnf::harness::ScratchDirectory directory;
    OldApplication application(stub_directory, directory / "api");
    CHECK(application.finish() != 0);
    CHECK(application.complaints() == "stub\n");
}

TEST_CASE("an old binary registers with exactly the old bytes") {
    OldStage stage;
    stage.connect();
    const std::string record = stage.daemon.record();
    const std::string expected(
        "FDFDA5A5\x02\x01\x00\x00\x01\x00\x00\x00\xe4\x00\x00\x00"
        "app1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\xe8\x03\x00\x00\x08\x00\x00\x00\x05\x00\x00\x00\x05\x00\x00\x00\x05\x00\x00\x00\x02\x00\x00\x00",
        84);
    CHECK(record.substr(0, 84) == expected);
    CHECK(record.substr(84) == std::string(old_record_size - 84, '\0'));
    stage.daemon.send(init_ack(true));
    CHECK(stage.application.line() == "registered 1");
    CHECK(stage.application.finish() == 0);
}

TEST_CASE("a refused registration is told, and the connection stays") {
    OldStage stage;
    stage.connect();
    stage.daemon.record();
    stage.daemon.send(init_ack(false));
    CHECK(stage.application.line() == "registered 0");
    CHECK(stage.application.ask("selobj") == "selobj 1");
}

TEST_CASE("a challenge calls the health callback with its defaults and is answered at once") {
    OldStage stage;
    stage.register_it();
    stage.daemon.send(challenge(0x12345678));
    CHECK(stage.application.line() == "health 1 1 ''");
    std::string record = stage.daemon.record();
    CHECK(type_of(record) == 4);
    CHECK(number_at(record, 20) == 0x12345678);
    CHECK(number_at(record, 24) == 1);
    stage.application.say("unhealthy db down");
    stage.application.ask("selobj");
    stage.daemon.send(challenge(2));
    record = stage.daemon.record();
    CHECK(number_at(record, 24) == 0);
    CHECK(number_at(record, 28) == 3);
    CHECK(text_at(record, 32) == "db down");
    CHECK(record.substr(39) == std::string(old_record_size - 39, '\0'));
}

TEST_CASE("an action is told and its answer echoes id, event and notification") {
    OldStage stage;
    stage.register_it();
    stage.daemon.send(action_notify(0x0badcafe, 9, 1));
    CHECK(stage.application.line() == "action 195939070 live-migrate-begin revocable");
    CHECK(stage.application.ask("respond 195939070 9 1 2 busy") == "respond 0");
    const std::string record = stage.daemon.record();
    CHECK(type_of(record) == 6);
    CHECK(number_at(record, 16) == 228);
    CHECK(number_at(record, 20) == 0x0badcafe);
    CHECK(number_at(record, 24) == 9);
    CHECK(number_at(record, 28) == 1);
    CHECK(number_at(record, 32) == 2);
    CHECK(text_at(record, 36) == "busy");
}

TEST_CASE("a deregistration sends FINAL with its text and keeps the connection") {
    OldStage stage;
    stage.register_it();
    CHECK(stage.application.ask("deregister maintenance") == "deregister 0");
    const std::string record = stage.daemon.record();
    CHECK(type_of(record) == 2);
    CHECK(text_at(record, 20) == "maintenance");
    CHECK(stage.application.ask("selobj") == "selobj 1");
    CHECK(stage.application.ask("register") == "register 0");
    CHECK(type_of(stage.daemon.record()) == 0);
}

TEST_CASE("return values are the old ones where nothing is connected or initialized") {
    OldStage stage;
    CHECK(stage.application.ask("selobj") == "selobj 0");
    CHECK(stage.application.ask("register") == "register 1");
    CHECK(stage.application.ask("initialize null") == "initialize 1");
    CHECK(stage.application.ask("initialize without-register") == "initialize 1");
    CHECK(stage.application.ask("initialize without-health") == "initialize 1");
    CHECK(stage.application.ask("initialize without-action") == "initialize 1");
    CHECK(stage.application.ask("initialize") == "initialize 0");
    CHECK(stage.application.ask("register null") == "register 1");
    CHECK(stage.application.ask("deregister x") == "deregister 0");
    CHECK(stage.application.ask("foreign") == "ignored");
    CHECK(stage.application.ask("finalize") == "finalize 0");
    CHECK(stage.application.ask("finalize") == "finalize 0");
    CHECK(stage.application.finish() == 0);
}

TEST_CASE("L-09: an answer without a connection is OKAY, as binaries expect") {
    OldStage stage;
    stage.application.ask("initialize");
    CHECK(stage.application.ask("respond 1 1 1 1 x") == "respond 0");
}

TEST_CASE("without a daemon a registration says TRY_AGAIN, and works once there is one") {
    OldStage stage;
    stage.daemon.stop();
    stage.application.ask("initialize");
    CHECK(stage.application.ask("register") == "register 3");
    stage.daemon.start();
    CHECK(stage.application.ask("register") == "register 0");
    stage.daemon.accept();
    CHECK(type_of(stage.daemon.record()) == 0);
}

TEST_CASE("a socket that nobody listens on is TRY_AGAIN, one that is no socket FAILED") {
    OldStage stage;
    stage.daemon.stop();
    { const std::ofstream file(stage.socket); }
    stage.application.ask("initialize");
    CHECK(stage.application.ask("register") == "register 3");
    std::filesystem::remove(stage.socket);
    std::filesystem::create_symlink("api", stage.socket);
    CHECK(stage.application.ask("register") == "register 1");
}

TEST_CASE("G-02: an interval below 400 ms and negative times fail and never reach a daemon") {
    OldStage stage;
    stage.application.ask("initialize");
    stage.application.say("interval 399");
    CHECK(stage.application.ask("register") == "register 1");
    stage.application.say("interval 400");
    stage.application.say("vote-secs -1");
    CHECK(stage.application.ask("register") == "register 1");
    CHECK(stage.application.ask("selobj") == "selobj 0");
}

TEST_CASE("a name that fills its field without a NUL is cut to what fits with one") {
    OldStage stage;
    stage.application.say("name " + std::string(60, 'n'));
    stage.connect();
    CHECK(text_at(stage.daemon.record(), 20) == std::string(39, 'n'));
}

TEST_CASE("an old binary on guest-client of ours stays on version 2") {
    OldStage stage;
    stage.connect();
    CHECK(stage.daemon.record()[9] == 1);
}

TEST_CASE("every word is the old one") {
    OldStage stage;
    const std::vector<std::string> expected{
        "word -1 action-???|event-???|notify-???|vote-???|???|???",
        "word 0 action-???|event-???|notify-???|vote-???|OKAY|error",
        "word 1 none|stop|revocable|accept|FAILED| info",
        "word 2 reboot|reboot|irrevocable|reject|INTERRUPTED|debug",
        "word 3 stop|suspend|notify-???|complete|TRY_AGAIN| verb",
        "word 4 log|pause|notify-???|vote-???|???|???",
        "word 5 action-???|unpause|notify-???|vote-???|???|???",
        "word 6 action-???|resume|notify-???|vote-???|???|???",
        "word 7 action-???|resize-begin|notify-???|vote-???|???|???",
        "word 8 action-???|resize-end|notify-???|vote-???|???|???",
        "word 9 action-???|live-migrate-begin|notify-???|vote-???|???|???",
        "word 10 action-???|live-migrate-end|notify-???|vote-???|???|???",
        "word 11 action-???|cold-migrate-begin|notify-???|vote-???|???|???",
        "word 12 action-???|cold-migrate-end|notify-???|vote-???|???|???",
        "word 13 action-???|event-???|notify-???|vote-???|???|???"};
    stage.application.say("words");
    for (const std::string& line : expected)
        CHECK(stage.application.line() == line);
}
