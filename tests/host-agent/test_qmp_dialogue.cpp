// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The QMP dialogue, line by line.
#include <catch2/catch.hpp>

#include "host-agent/qmp_dialogue.hpp"

using namespace vnf::host;

namespace {

constexpr const char* greeting =
    R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}})";

QmpDialogue ready() {
    QmpDialogue dialogue;
    CHECK(dialogue.take(greeting).send == "{\"execute\":\"qmp_capabilities\"}\n");
    CHECK(dialogue.take(R"({"return": {}})").send == "{\"execute\":\"query-status\"}\n");
    return dialogue;
}

RunState state_of(const std::string& line) {
    const auto step = ready().take(line);
    REQUIRE(step.answer);
    return step.answer->state;
}

}  // namespace

TEST_CASE("QEMU's status becomes a run state: a panic and an internal error are failures") {
    CHECK(state_of(R"({"return": {"status": "running", "singlestep": false, "running": true}})") ==
          RunState::Running);
    for (const char* status : {"paused", "postmigrate", "finish-migrate", "inmigrate", "prelaunch",
                               "suspended", "shutdown", "io-error", "save-vm", "colo"}) {
        INFO(status);
        CHECK(state_of(std::string(R"({"return": {"status": ")") + status + R"(", "running": false}})") ==
              RunState::NotRunning);
    }
    CHECK(state_of(R"({"return": {"status": "guest-panicked", "running": false}})") == RunState::Failed);
    CHECK(state_of(R"({"return": {"status": "internal-error", "running": false}})") == RunState::Failed);
}

TEST_CASE("Events in between are skipped") {
    QmpDialogue dialogue = ready();
    const auto step = dialogue.take(R"({"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"})");
    CHECK(step.send.empty());
    CHECK_FALSE(step.answer);
    CHECK(dialogue.take(R"({"return": {"status": "paused", "running": false}})").answer->detail == "paused");
}

TEST_CASE("What is not QMP is unknown, never a crash") {
    for (const char* line : {"", "not json", "[]", "{}", R"({"return": {}})", R"({"error": {"class": "x"}})",
                             "\xff\xfe", "{\"QMP\": {}", "[[[[[[[[[[[[[[[[[[[["}) {
        INFO(line);
        const auto step = QmpDialogue().take(line);
        REQUIRE(step.answer);
        CHECK(step.answer->state == RunState::Unknown);
    }
    CHECK(state_of(R"({"return": {"status": 7, "running": "yes"}})") == RunState::Unknown);
    CHECK(state_of(R"({"return": "running"})") == RunState::Unknown);
}
