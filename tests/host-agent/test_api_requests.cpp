// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Bodies of the control interface.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "host-agent/api_documents.hpp"

using namespace vnf;
using namespace vnf::host;
using wire::Notification;

namespace {

std::string complaint(const std::string& body) {
    const auto read = read_action_request(body, Notification::Revocable, "me");
    const auto* wrong = std::get_if<BodyError>(&read);
    return wrong == nullptr ? std::string() : wrong->text;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A vote needs an event; timeout and origin may be given") {
    const auto read = read_action_request(
        R"({"event":"live_migrate_begin","timeout_ms":250,"origin":"nova"})", Notification::Revocable, "me");
    const auto& request = std::get<ActionRequest>(read);
    CHECK(request.event == wire::Event::LiveMigrateBegin);
    CHECK(request.timeout == Milliseconds(250));
    CHECK(request.origin == "nova");
    CHECK(request.notification == Notification::Revocable);
    const auto plain = read_action_request(R"({"event":"stop"})", Notification::Irrevocable, "uid 0 pid 1");
    CHECK(std::get<ActionRequest>(plain).origin == "uid 0 pid 1");
    CHECK_FALSE(std::get<ActionRequest>(plain).timeout);
}

TEST_CASE("Every event can be asked for by its word") {
    for (const wire::Event event : wire::all_events)
        CHECK(complaint(R"({"event":")" + std::string(word(event)) + R"("})").empty());
}

TEST_CASE("A wrong body is refused and the key named") {
    CHECK(has(complaint(""), "event"));
    CHECK(has(complaint("{}"), "event"));
    CHECK(has(complaint("[]"), "object"));
    CHECK(has(complaint("{"), "object"));
    CHECK(has(complaint(R"({"event":"unknown"})"), "event"));
    CHECK(has(complaint(R"({"event":1})"), "event"));
    CHECK(has(complaint(R"({"event":"stop","timeout_ms":0})"), "timeout_ms"));
    CHECK(has(complaint(R"({"event":"stop","timeout_ms":-1})"), "timeout_ms"));
    CHECK(has(complaint(R"({"event":"stop","timeout_ms":1.5})"), "timeout_ms"));
    CHECK(has(complaint(R"({"event":"stop","timeout_ms":"9"})"), "timeout_ms"));
    CHECK(has(complaint(R"({"event":"stop","timeout_ms":99999999999999999999})"), "timeout_ms"));
    CHECK(has(complaint(R"({"event":"stop","origin":")" + std::string(64, 'x') + "\"}"), "origin"));
    CHECK(has(complaint(R"({"event":"stop","origin":"a\nb"})"), "origin"));
    CHECK(has(complaint(R"({"event":"stop","colour":"red"})"), "colour"));
    CHECK(has(complaint("{\"event\":\"stop\",\"origin\":\"\xff\"}"), "object"));
    CHECK(has(complaint("{\"a\":[[[[[[[[1]]]]]]]]}"), "object"));
}

TEST_CASE("A guest to add needs an id and a socket") {
    const auto read = read_guest_request(R"({"id":"vm1","socket":"/run/x.sock","qmp":"/run/q.sock"})");
    CHECK(std::get<GuestSpec>(read).origin == GuestOrigin::Api);
    CHECK(std::get<GuestSpec>(read).qmp == "/run/q.sock");
    for (const char* body :
         {R"({"id":"vm1"})", R"({"socket":"/x"})", R"({"id":"a b","socket":"/x"})",
          R"({"id":"vm1","socket":"/x","qmp":"relative"})", R"({"id":"vm1","socket":"/x","more":1})"}) {
        INFO(body);
        CHECK(std::holds_alternative<BodyError>(read_guest_request(body)));
    }
}

TEST_CASE("H-02: a reason of a guest stays one text in the answer") {
    ActionOutcome outcome;
    outcome.reasons = {"busy\",\"allowed\":true,\"x\":\""};
    outcome.latency = std::chrono::microseconds(1234);
    const auto answer = boost::json::parse(outcome_document("vm1", outcome)).as_object();
    CHECK(answer.at("allowed").as_bool() == false);
    CHECK(answer.at("reasons").as_array().at(0).as_string() == outcome.reasons[0]);
    CHECK(answer.at("latency_ms").as_double() == Approx(1.234));
    CHECK_FALSE(answer.contains("x"));
}

TEST_CASE("A join may name the member, within what a source_instance may be") {
    const auto name = [](const std::string& body) {
        return read_join_request(body);
    };
    CHECK(std::get<std::string>(name("")).empty());
    CHECK(std::get<std::string>(name("{}")).empty());
    CHECK(std::get<std::string>(name(R"({"name":"twenty-five-bytes-of-name"})")) ==
          "twenty-five-bytes-of-name");
    for (const char* wrong :
         {R"({"name":"twenty-six-bytes-of-a-name"})", R"({"name":7})", R"({"name":"a\u0001"})", R"({"x":1})"})
        CHECK(std::holds_alternative<BodyError>(name(wrong)));
}

TEST_CASE("An event is one of the table's that an operator may tell, with a '-' as good as a '_'") {
    const auto change = std::get<MemberChange>(read_event_request(R"({"event":"paused","cause":"by hand"})"));
    CHECK(change == MemberChange{MemberEvent::Paused, "by hand"});
    for (const char* wrong : {"", "{}", R"({"event":"lost"})", R"({"event":"gone"})",
                              R"({"event":"paused","cause":7})", R"({"event":"paused","reason":"x"})"})
        CHECK(std::holds_alternative<BodyError>(read_event_request(wrong)));
}
