// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// vnfctl's rendering of what host-agent answers.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "host-agent/vnfctl/rendering.hpp"

using namespace vnf::vnfctl;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("The table has a head, and a line for each guest, in columns") {
    const std::string table = instances_table(boost::json::parse(
        R"({"instances":[{"id":"vm1","name":"one","state":"heartbeating","health":"healthy","reporting":"enabled",)"
        R"("interval_ms":1000,"in_state_ms":5000},{"id":"a-longer-id","name":"two","state":"lost","health":"unknown",)"
        R"("reporting":"enabled","interval_ms":400,"in_state_ms":600000}]})"));
    std::vector<std::string> lines;
    for (std::size_t at = 0, end = 0; (end = table.find('\n', at)) != std::string::npos; at = end + 1)
        lines.push_back(table.substr(at, end - at));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].find("STATE") == lines[1].find("heartbeating"));
    CHECK(lines[0].find("STATE") == lines[2].find("lost"));
    CHECK(has(lines[1], "5 s"));
    CHECK(has(lines[2], "10 min"));
}

TEST_CASE("An outcome is a sentence and its reasons") {
    const std::string text = outcome_text(boost::json::parse(
        R"({"id":"vm1","event":"stop","notification":"revocable","invocation_id":5,"result":"reject",)"
        R"("allowed":false,"reasons":["busy","very"],"latency_ms":1.5})"));
    CHECK(has(text, "stop vote of vm1: reject, not allowed"));
    CHECK(has(text, "  busy\n  very\n"));
}

TEST_CASE("What a guest wrote can't move the terminal") {
    const std::string event = event_text(
        "{\"seq\":1,\"time\":\"t\",\"instance\":\"vm1\",\"kind\":\"unhealthy\",\"reason\":\"a\\u001b["
        "2Jb\\nc\"}");
    CHECK(has(event, "reason=a [2Jb c"));
    CHECK(event.find('\x1b') == std::string::npos);
}

TEST_CASE("An error's code and message are shown, and a body that is no error as it is") {
    CHECK(error_text(R"({"error": {"code": "busy", "message": "later"}})") == "busy: later");
    CHECK(error_text("plain text") == "plain text");
}

TEST_CASE("Any JSON can be shown without a crash") {
    for (const char* text : {"{}", "[]", "null", "7", R"({"instances":7})", R"({"instances":[7,{}]})",
                             R"({"reasons":{}})", R"({"a":{"b":{"c":[1,null,"x",1.5]}}})"}) {
        const auto value = boost::json::parse(text);
        CHECK_FALSE(instances_table(value).empty());
        CHECK_FALSE(outcome_text(value).empty());
        value_list(value);
    }
    CHECK(has(value_list(boost::json::parse(R"({"a":{"b":true}})")), "a.b: true"));
}

TEST_CASE("Groups are shown as their guests, their members and their engine; what is not there is a dash") {
    const std::string text = groups_table(boost::json::parse(
        R"({"engine":"memory","groups":[{"name":"g","members":["one","vm2"]}],"guests":[)"
        R"({"id":"vm1","name":"one","group":"g","trouble":"","state":"active","messaging":{"connected":true,"messages":7,)"
        R"("missed":3}},{"id":"vm9","name":null,"group":null,"trouble":"a\u001b[31mb","state":"active","messaging":null}]})"));
    CHECK(has(text, "g: one, vm2\n"));
    CHECK(has(text, "engine: memory\n"));
    CHECK(has(text, "vm9  -      -"));
    CHECK_FALSE(has(text, "\x1b"));
    CHECK(has(
        group_table(boost::json::parse(
            R"({"name":"g","members":[{"name":"one","host":"h1","id":null,"connected":false,"status":{"state":"paused","state_description":"resuming"}}]})")),
        "one   h1    -   false      paused  resuming"));
    CHECK(has(groups_table(boost::json::parse("[]")), "engine: \n"));
}
