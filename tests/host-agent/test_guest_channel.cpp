// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Bytes of good, broken and hostile guests.
#include "tests/host-agent/channel_stage.hpp"

using namespace vnf;
using namespace vnf::host;
using wire::ParseReason;

namespace {

std::string init_line() {
    return R"({"version":3,"revision":1,"msg_type":"init","sequence":1,"invocation_id":7,"name":"vm1",)"
           R"("heartbeat_interval_ms":1000,"vote_secs":9,"shutdown_notice_secs":9,"suspend_notice_secs":9,)"
           R"("resume_notice_secs":9,"restart_secs":9,"corrective_action":"reboot"})";
}

}  // namespace

TEST_CASE("H-16: an init split at every offset is one init") {
    const std::string bytes = '\n' + init_line() + '\n';
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        ChannelStage at;
        at.bytes(bytes.substr(0, cut));
        at.bytes(bytes.substr(cut));
        INFO("cut at " << cut);
        CHECK(at.channel.monitor().state() == GuestState::Starting);
        CHECK(at.totals.messages == 1);
    }
}

TEST_CASE("H-18: every message in one read counts") {
    ChannelStage at;
    at.bytes('\n' + init_line() + "\n\n" + init_line() + "\n\n" +
             R"({"version":3,"revision":1,"msg_type":"exit","sequence":3,"log_msg":""})" + '\n');
    CHECK(at.totals.messages == 3);
    CHECK(at.channel.monitor().counters().inits == 2);
    CHECK(at.channel.monitor().state() == GuestState::WaitingInit);
}

TEST_CASE("H-17: a raw line feed inside an old guest's text loses neither this message nor the next") {
    ChannelStage at;
    at.init();
    const auto* challenge = at.sent<wire::Challenge>();
    REQUIRE(challenge != nullptr);
    const std::string number = std::to_string(challenge->challenge);
    at.bytes(
        "\n{\"version\":3,\"revision\":1,\"msg_type\":\"challenge_response\",\"sequence\":2,"
        "\"heartbeat_response\":" +
        number +
        ",\"heartbeat_health\":\"healthy\",\"corrective_action\":\"reboot\",\"log_msg\":\"first\nsecond\"}"
        "\n");
    CHECK(at.channel.monitor().state() == GuestState::Heartbeating);
    at.init();
    CHECK(at.channel.monitor().state() == GuestState::Starting);
}

TEST_CASE("A partial line of the last connection is forgotten at the next") {
    ChannelStage at;
    at.bytes("\n{\"version\":3,\"msg_type\":\"in");
    at.channel.disconnected(ClosedBy::Guest, "test", at.now, at.fresh());
    at.channel.connected(at.now, at.fresh());
    at.init();
    CHECK(at.channel.monitor().state() == GuestState::Starting);
    CHECK(at.channel.rejected() == 0);
}

TEST_CASE("H-01, H-03, H-12: each bad message is counted by its reason, and the next good one works") {
    const std::string head = R"({"version":3,"revision":1,"msg_type":"challenge_response","sequence":1)";
    const std::vector<std::pair<std::string, ParseReason>> lines{
        {"not json at all", ParseReason::NotJson},
        {"[1,2]", ParseReason::NotJson},
        {head + R"(,"heartbeat_health":"healthy"})", ParseReason::MissingField},
        {head + R"(,"heartbeat_response":"7","heartbeat_health":"healthy"})", ParseReason::WrongType},
        {head + R"(,"heartbeat_response":1.5,"heartbeat_health":"healthy"})", ParseReason::WrongType},
        {head + R"(,"heartbeat_response":2147483648,"heartbeat_health":"healthy"})", ParseReason::OutOfRange},
        {R"({"version":2,"revision":1,"msg_type":"init","sequence":1})", ParseReason::BadVersion},
        {R"({"version":3,"revision":1,"msg_type":"nonsense","sequence":1})", ParseReason::UnknownMessage},
        {head + R"(,"log_msg":")" + std::string(6000, 'x') + "\"}", ParseReason::Overlong}};
    for (const auto& [line, reason] : lines) {
        ChannelStage at;
        at.line(line);
        INFO(line.substr(0, 120));
        CHECK(at.rejected(reason) == 1);
        CHECK(at.channel.rejected() == 1);
        CHECK(at.reported(JournalKind::MessageRejected));
        at.init();
        CHECK(at.channel.monitor().state() == GuestState::Starting);
    }
}

TEST_CASE("A refused line is answered with the old host's NACK and the last init's id") {
    ChannelStage at;
    at.message("init", R"(,"invocation_id":6)");
    REQUIRE(at.sent<wire::Nack>() != nullptr);
    CHECK(at.sent<wire::Nack>()->invocation_id == 6);
    at.message("nonsense", "");
    REQUIRE(at.sent<wire::Nack>() != nullptr);
    CHECK(at.sent<wire::Nack>()->invocation_id == 6);
    CHECK(at.sent<wire::Nack>()->log == "unsupported message type: nonsense");
    at.line("not json");
    CHECK(at.sent<wire::Nack>() == nullptr);
}

TEST_CASE("NACKs and reports of refused lines are limited, the count is not") {
    ChannelStage at;
    int nacks = 0;
    int reports = 0;
    for (int i = 0; i < 100; ++i) {
        at.message("nonsense", "");
        nacks += at.sent<wire::Nack>() != nullptr ? 1 : 0;
        reports += at.reported(JournalKind::MessageRejected) ? 1 : 0;
    }
    CHECK(nacks == 5);
    CHECK(reports == 5);
    CHECK(at.rejected(ParseReason::UnknownMessage) == 100);
}

TEST_CASE("Messages over the budget are dropped; a guest that goes on is disconnected for a while") {
    GuestRules rules;
    rules.channel.message_burst = 10;
    rules.channel.flood_after = 20;
    ChannelStage at(rules);
    for (int i = 0; i < 30; ++i)
        at.message("exit", R"(,"log_msg":"")");
    CHECK(at.totals.messages == 10);
    CHECK(at.ignored(IgnoredReason::OverBudget) == 20);
    CHECK(at.effect<Reconnect>() == nullptr);
    at.message("exit", R"(,"log_msg":"")");
    REQUIRE(at.effect<Reconnect>() != nullptr);
    CHECK(at.effect<Reconnect>()->pause == rules.channel.flood_pause);
    CHECK(at.reported(JournalKind::Flood));
    at.init();
    CHECK(at.effects.empty());
    at.channel.disconnected(ClosedBy::Us, "flood", at.now, at.fresh());
    at.now += rules.channel.flood_pause;
    at.channel.connected(at.now, at.fresh());
    at.init();
    CHECK(at.channel.monitor().state() == GuestState::Starting);
}

TEST_CASE("A guest that sends bytes without end is disconnected, and holds at most one line") {
    ChannelStage at;
    const std::string much(65536, 'x');
    int turns = 0;
    do {
        at.bytes(much);
        ++turns;
    } while (at.effect<Reconnect>() == nullptr && turns < 100);
    CHECK(turns == 5);
    CHECK(at.totals.floods == 1);
}

TEST_CASE("A guest at 100 messages a second, the fastest interval, is never over its budget") {
    ChannelStage at;
    at.init_ours();
    at.message("interval", R"(,"heartbeat_interval_ms":10)");
    for (int i = 0; i < 6000; ++i) {
        at.now += 10ms;
        at.message("exit", R"(,"log_msg":"")");
    }
    CHECK(at.ignored(IgnoredReason::OverBudget) == 0);
}

TEST_CASE("Messages of a capability that was not negotiated have no effect") {
    ChannelStage at;
    const std::string push = R"(,"heartbeat_health":"unhealthy","corrective_action":"reboot",)"
                             R"("cause":"application_died","application":"db","log_msg":"")";
    SECTION("before an init") {
        at.message("health", push);
        CHECK(at.ignored(IgnoredReason::BeforeInit) == 1);
    }
    SECTION("health") {
        at.init();
        at.message("health", push);
        CHECK(at.ignored(IgnoredReason::NotNegotiated) == 1);
    }
    SECTION("interval") {
        at.init();
        at.message("interval", R"(,"heartbeat_interval_ms":10)");
        CHECK(at.channel.monitor().parameters().interval == 1000ms);
    }
    SECTION("action_extend") {
        at.init();
        const auto id = at.vote();
        at.message("action_extend",
                   ",\"invocation_id\":" + std::to_string(id) + R"(,"extend_ms":5,"log_msg":"")");
        CHECK(at.ignored(IgnoredReason::NotNegotiated) == 1);
    }
    CHECK(at.effect<Corrective>() == nullptr);
}

TEST_CASE("An init_ack names capabilities only to a guest that named them") {
    ChannelStage at;
    at.init();
    REQUIRE(at.sent<wire::InitAck>() != nullptr);
    CHECK(at.channel.encode(*at.sent<wire::InitAck>()).find("capabilities") == std::string::npos);
    at.init_ours();
    REQUIRE(at.sent<wire::InitAck>() != nullptr);
    CHECK(at.channel.encode(*at.sent<wire::InitAck>()).find("action_control") != std::string::npos);
}

TEST_CASE(
    "Each message is one write with a line feed on both ends, at most 1023 bytes to an old guest (8.2)") {
    ChannelStage at;
    at.init();
    for (const wire::HostMessage& message :
         {wire::HostMessage(wire::InitAck{7, {}}), wire::HostMessage(wire::Challenge{INT32_MAX}),
          wire::HostMessage(wire::Nack{7, std::string(2000, '"')})}) {
        const std::string bytes = at.channel.encode(message);
        CHECK(bytes.front() == '\n');
        CHECK(bytes.back() == '\n');
        CHECK(bytes.size() <= 1023);
        CHECK(bytes.find('\n', 1) == bytes.size() - 1);
    }
}
