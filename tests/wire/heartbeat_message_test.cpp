// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Numbers, words, keys and capabilities of the host channel beyond what the golden lines show.
#include "wire/heartbeat_message.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace vnf::wire;
using namespace std::chrono_literals;

GuestMessage guest(const std::string& line) {
    CAPTURE(line);
    const auto result = parse_guest_message(line);
    REQUIRE(std::holds_alternative<Received<GuestMessage>>(result));
    return std::get<Received<GuestMessage>>(result).message;
}

HostMessage host(const std::string& line) {
    CAPTURE(line);
    const auto result = parse_host_message(line);
    REQUIRE(std::holds_alternative<Received<HostMessage>>(result));
    return std::get<Received<HostMessage>>(result).message;
}

std::string message(const std::string& type, const std::string& fields) {
    return R"({"version":3,"revision":1,"msg_type":")" + type + R"(","sequence":1,)" + fields + "}";
}

}  // namespace

TEST_CASE("keys in any order, spaces and unknown keys are accepted") {
    const auto read = host(
        R"( { "heartbeat_challenge" : 77 , "later":{"a":[1,{"b":null}]}, "sequence":3,"msg_type":"challenge","x":1.5,)"
        R"("revision":1,"version":3,"y":[[],"z"] } )");
    CHECK(read == HostMessage(Challenge{77}));
}

TEST_CASE("H-02: of equal keys the first counts") {
    CHECK(host(message("challenge", R"("heartbeat_challenge":1,"heartbeat_challenge":2)")) ==
          HostMessage(Challenge{1}));
}

TEST_CASE("a key is one however it is escaped") {
    CHECK(host(message("challenge", R"("heartbeat\u005fchallenge":7)")) == HostMessage(Challenge{7}));
}

TEST_CASE("a key inside another value is not a key of the message") {
    CHECK(host(message("challenge", R"("x":{"heartbeat_challenge":1},"heartbeat_challenge":2)")) ==
          HostMessage(Challenge{2}));
}

TEST_CASE("unknown words of an action become unknown") {
    CHECK(host(message("action_notify",
                       R"("invocation_id":5,"event_type":"explode","notification_type":"maybe",)"
                       R"("timeout_ms":9000)")) == HostMessage(ActionNotify{5, {}, {}, 9000ms, ""}));
    CHECK(guest(message("action_response", R"("invocation_id":5,"event_type":"x","notification_type":"y",)"
                                           R"("vote_result":"z","log_msg":"")")) ==
          GuestMessage(ActionResponse{5, {}, {}, {}, ""}));
    CHECK(guest(message("action_response", R"("invocation_id":5,"event_type":"Stop","notification_type":"",)"
                                           R"("vote_result":"accept ","log_msg":"")")) ==
          GuestMessage(ActionResponse{5, {}, {}, {}, ""}));
}

TEST_CASE("any health word but healthy is unhealthy") {
    for (const std::string word : {"unhealthy", "", "Healthy", "healthy ", "dying"}) {
        const auto read =
            guest(message("challenge_response", R"("heartbeat_response":1,"heartbeat_health":")" + word +
                                                    R"(","corrective_action":"whatever")"));
        CHECK(read == GuestMessage(ChallengeResponse{1, Health::Unhealthy, CorrectiveAction::Unknown, ""}));
    }
}

TEST_CASE("a missing corrective_action or log_msg of a guest is none and empty") {
    CHECK(guest(message("challenge_response", R"("heartbeat_response":1,"heartbeat_health":"unhealthy")")) ==
          GuestMessage(ChallengeResponse{1, Health::Unhealthy, CorrectiveAction::None, ""}));
    CHECK(guest(R"({"version":3,"revision":1,"msg_type":"exit","sequence":1})") == GuestMessage(Exit{}));
}

TEST_CASE("capabilities that are not known are ignored") {
    const auto read =
        host(message("init_ack", R"("invocation_id":1,"capabilities":["telepathy","health_push",""])"));
    Capabilities expected;
    expected.add(Capability::HealthPush);
    CHECK(read == HostMessage(InitAck{1, expected}));
    CHECK(host(message("init_ack", R"("invocation_id":1,"capabilities":[])")) == HostMessage(InitAck{1, {}}));
}

TEST_CASE("without capabilities and origin the old keys alone are written") {
    CHECK(encode(HostMessage(InitAck{1, {}}), 1, PeerRules::OurPeer).find("capabilities") ==
          std::string::npos);
    CHECK(encode(HostMessage(ActionNotify{1, Event::Stop, Notification::Revocable, 1s, ""}), 1,
                 PeerRules::OurPeer)
              .find("origin") == std::string::npos);
}

TEST_CASE("an origin never reaches an old peer") {
    const ActionNotify notify{1, Event::Stop, Notification::Revocable, 1s, "operator"};
    CHECK(encode(HostMessage(notify), 1, PeerRules::OldPeer).find("origin") == std::string::npos);
}

TEST_CASE("numbers that their field can't hold are clamped when written") {
    const auto sent = [](const auto& one) {
        return encode(one, -5, PeerRules::OurPeer);
    };
    CHECK(sent(HostMessage(ActionNotify{1, {}, {}, -1ms, ""})).find(R"("timeout_ms":0)") !=
          std::string::npos);
    CHECK(sent(HostMessage(ActionNotify{1, {}, {}, 3'000'000s, ""})).find(R"("timeout_ms":2147483647)") !=
          std::string::npos);
    CHECK(sent(GuestMessage(IntervalChange{1ms})).find(R"("heartbeat_interval_ms":10})") !=
          std::string::npos);
    CHECK(sent(GuestMessage(IntervalChange{2min})).find(R"("heartbeat_interval_ms":60000})") !=
          std::string::npos);
    CHECK(sent(GuestMessage(ActionExtend{1, 0ms, ""})).find(R"("extend_ms":1,)") != std::string::npos);
    CHECK(sent(GuestMessage(ActionExtend{1, 1h, ""})).find(R"("extend_ms":600000,)") != std::string::npos);
    CHECK(sent(GuestMessage(Exit{})).find(R"("sequence":0,)") != std::string::npos);
}

TEST_CASE("nesting is read up to its bound and refused beyond it") {
    const auto nested = [](std::size_t depth) {
        return message("challenge",
                       R"("heartbeat_challenge":1,"x":)" + std::string(depth, '[') + std::string(depth, ']'));
    };
    CHECK(host(nested(31)) == HostMessage(Challenge{1}));
    for (const std::size_t depth : {32U, 500U, 1900U}) {
        CHECK(std::get<ParseError>(parse_host_message(nested(depth))).reason == ParseReason::NotJson);
    }
}

TEST_CASE("more keys than any message has are refused, not overrun") {
    std::string many = R"("heartbeat_challenge":1)";
    for (int i = 0; i < 200; ++i) {
        many += R"(,"k":0)";
    }
    CHECK(std::get<ParseError>(parse_host_message(message("challenge", many))).reason ==
          ParseReason::NotJson);
    std::string words = R"("invocation_id":1,"capabilities":["")";
    for (int i = 0; i < 200; ++i) {
        words += R"(,"")";
    }
    CHECK(std::get<ParseError>(parse_host_message(message("init_ack", words + "]"))).reason ==
          ParseReason::NotJson);
}
