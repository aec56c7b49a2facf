// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What one guest says on its messaging port: lines cut anyhow, budgets, refusals.
#include "host-agent/messaging_channel.hpp"

#include <catch2/catch.hpp>

using namespace vnf;
using namespace vnf::host;
using namespace std::chrono_literals;

namespace {

std::string envelope(const std::string& data, const std::string& to = "cgcs.server_grp") {
    return R"({"data":)" + data + R"(,"version":2,"dest_addr":")" + to +
           R"(","source_addr":"cgcs.server_grp"})";
}

std::string broadcast_line(const std::string& text) {
    return '\n' + envelope(R"({"version":2,"msg_type":"broadcast","data":")" + text + "\"}") + '\n';
}

class MessagingStage {
  public:
    explicit MessagingStage(MessagingRules with = {}) : rules(with) { channel.connected(); }
    void bytes(std::string_view text) { channel.bytes(text, now, effects); }
    template <typename Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const MessagingEffect& one : effects)
            if (const auto* effect = std::get_if<Kind>(&one))
                found.push_back(*effect);
        return found;
    }
    std::vector<std::string> passed() const {
        std::vector<std::string> texts;
        for (const auto& one : all<PassBroadcast>())
            texts.push_back(one.text.text());
        return texts;
    }

    MessagingRules rules;
    GroupCounters totals;
    MessagingChannel channel{rules, totals};
    runtime::TimePoint now{1000s};
    MessagingEffects effects;
};

}  // namespace

TEST_CASE(
    "B-10: a message is the same however its bytes are cut, with or without a LF in front, with CRs and "
    "blanks") {
    const std::string message = broadcast_line("x");
    for (std::size_t cut = 1; cut < message.size(); ++cut) {
        MessagingStage at;
        at.bytes(std::string_view(message).substr(0, cut));
        at.bytes(std::string_view(message).substr(cut));
        CHECK(at.passed() == std::vector<std::string>{"x"});
    }
    MessagingStage at;
    at.bytes(" \n \t\r\n\n\r\n" + envelope(R"({"version":2,"msg_type":"broadcast","data":"y"})") + "\r\n \n");
    CHECK(at.passed() == std::vector<std::string>{"y"});
    CHECK(at.channel.rejected() == 0);
}

TEST_CASE("B-10: a message that was cut costs none that follows, in this connection or the next") {
    MessagingStage at;
    at.bytes(R"({"data":{"version":2,)");
    at.bytes("\n" + broadcast_line("a"));
    CHECK(at.passed() == std::vector<std::string>{"a"});
    at.bytes(R"({"data":{"version":2,)");
    at.channel.connected();
    at.bytes(std::string_view(broadcast_line("b")).substr(1));  // with no LF that would end what was cut
    CHECK(at.passed() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("B-02: any other address than the group's is refused, counted, and not answered") {
    MessagingStage at;
    for (const char* to : {"cgcs.scale", "scale-0000000a", "cgcs.messaging", "x"})
        at.bytes(envelope(R"({"version":2,"msg_type":"broadcast","data":"x"})", to) + "\n");
    CHECK(at.totals.foreign == 4);
    CHECK(at.passed().empty());
    CHECK(at.all<SendNack>().empty());
    CHECK(at.all<Report>().size() == 4);
}

TEST_CASE("B-02: for scaling a guest reaches its own address, to the last digit, and no other") {
    MessagingStage at;
    const auto say = [&at](const char* to) {
        at.bytes(envelope(R"({"result":"success"})", to) + "\n");
    };
    say("scale-00000001");
    CHECK(at.all<PassScaleReply>().empty());
    at.channel.scale_address("scale-00000001");
    for (const char* to :
         {"scale-00000002", "scale-0000000", "scale-000000010", "SCALE-00000001", "scale-", "cgcs.scale"})
        say(to);
    CHECK(at.all<PassScaleReply>().empty());
    CHECK(at.totals.foreign == 7);
    say("scale-00000001");
    REQUIRE(at.all<PassScaleReply>().size() == 1);
    CHECK(at.all<PassScaleReply>()[0].data.text() == R"({"result":"success"})");
    at.channel.scale_address({});
    say("scale-00000001");
    say("");
    CHECK(at.all<PassScaleReply>().size() == 1);
}

TEST_CASE(
    "A status query is passed on with its number and where its answer goes; it may say that it understands a "
    "gap") {
    MessagingStage at;
    at.bytes(
        R"({"data":{"version":2,"msg_type":"status_query","seq":-3},"version":2,"dest_addr":"cgcs.server_grp","source_addr":"my.app"})"
        "\n");
    REQUIRE(at.all<AnswerStatus>().size() == 1);
    CHECK(at.all<AnswerStatus>()[0].seq == -3);
    CHECK(at.all<AnswerStatus>()[0].reply_to == "my.app");
    CHECK_FALSE(at.channel.understands_gap());
    at.bytes(envelope(R"({"version":2,"msg_type":"status_query","seq":1,"gap":true})") + "\n");
    CHECK(at.channel.understands_gap());
    at.channel.connected();
    CHECK_FALSE(at.channel.understands_gap());
}

TEST_CASE("Refused messages are counted by reason; nacks and reports of them are limited") {
    MessagingStage at;
    for (int i = 0; i < 300; ++i)
        at.bytes(envelope(R"({"version":2,"msg_type":"bogus"})") + "\n");
    CHECK(at.totals.rejected[static_cast<std::size_t>(wire::ParseReason::UnknownMessage)] == 300);
    CHECK(at.all<SendNack>().size() == 20);
    CHECK(at.all<Report>().size() == 5);
    CHECK(at.all<SendNack>()[0].nack.orig_msg_type == "bogus");
}

TEST_CASE("Broadcasts above the rate are refused; no drop is left untold") {
    MessagingRules rules;
    rules.broadcast_burst = 10;
    MessagingStage at(rules);
    for (int i = 0; i < 100; ++i)
        at.bytes(broadcast_line("x"));
    CHECK(at.passed().size() == 10);
    CHECK(at.totals.overload == 90);
    std::uint64_t told = 0;
    const auto count_told = [&at, &told] {
        for (const auto& one : at.all<SendNack>()) {
            const std::string& log = one.nack.log;
            CHECK(one.nack.orig_msg_type == "broadcast");
            told += std::stoull(log.substr(log.find(": ") + 2));
        }
        at.effects.clear();
    };
    count_told();
    CHECK(told == 20);
    REQUIRE(at.channel.deadline() != runtime::never);
    at.now = at.channel.deadline();
    at.channel.due(at.now, at.effects);
    count_told();
    CHECK(told == 90);
    CHECK(at.channel.deadline() == runtime::never);
}

TEST_CASE("A number that found no room is told with the next one") {
    MessagingRules rules;
    rules.broadcast_burst = 1;
    MessagingStage at(rules);
    for (int i = 0; i < 3; ++i)
        at.bytes(broadcast_line("x"));
    REQUIRE(at.all<SendNack>().size() == 2);
    for (const SendNack& nack : at.all<SendNack>())
        at.channel.not_told(nack);
    at.effects.clear();
    REQUIRE(at.channel.deadline() != runtime::never);
    at.channel.due(at.now, at.effects);
    REQUIRE(at.all<SendNack>().size() == 1);
    CHECK(at.all<SendNack>()[0].nack.log == "too many broadcasts: 2 dropped");
    at.channel.not_told(at.all<SendNack>()[0]);
    at.channel.disconnected();
    CHECK(at.channel.deadline() == runtime::never);
}

TEST_CASE("A flood of one kind of trouble does not hide another kind from the journal") {
    MessagingRules rules;
    rules.broadcast_burst = 1;
    MessagingStage at(rules);
    for (int i = 0; i < 100; ++i)
        at.bytes(envelope(R"({"version":2,"msg_type":"bogus"})") + "\n");
    REQUIRE(at.all<Report>().size() == 5);
    at.bytes("nonsense\n");
    REQUIRE(at.all<Report>().size() == 6);
    CHECK(std::get<std::string>(at.all<Report>().back().fields[1].second) == "not_json");
    at.bytes(broadcast_line("x") + broadcast_line("y"));
    REQUIRE(at.all<Report>().size() == 7);
    CHECK(at.all<Report>().back().kind == JournalKind::GroupOverload);
    at.channel.not_passed("my.app", "the group can't be reached", at.now, at.effects);
    CHECK(at.all<Report>().size() == 8);
}

TEST_CASE("What the engine did not take is told to its sender, too") {
    MessagingStage at;
    at.channel.not_passed("my.app", "the group can't be reached", at.now, at.effects);
    REQUIRE(at.all<SendNack>().size() == 1);
    CHECK(at.all<SendNack>()[0].reply_to == "my.app");
    CHECK(at.all<SendNack>()[0].nack.log == "the group can't be reached: 1 dropped");
}

TEST_CASE("Messages above the budget are dropped, and who goes on is disconnected; bytes likewise") {
    MessagingStage at;
    SECTION("messages") {
        std::string lines;
        for (int i = 0; i < 1500; ++i)
            lines += "\n{}\n";
        at.bytes(lines);
        CHECK(at.totals.over_budget > 1000);
        CHECK(at.totals.overload == 0);
        REQUIRE(at.all<SendNack>().size() == 20);
        CHECK(at.all<SendNack>()[0].nack.orig_msg_type == "unknown");
        CHECK(at.all<SendNack>()[0].nack.log == "too many messages: 1 dropped");
    }
    SECTION("bytes") {
        at.bytes(std::string(300 * 1024, 'x'));
    }
    CHECK(at.all<Reconnect>().size() == 1);
    CHECK(at.totals.floods == 1);
    at.bytes(broadcast_line("x"));
    CHECK(at.passed().empty());
    at.now += 10s;
    at.channel.connected();
    at.bytes(broadcast_line("x"));
    CHECK(at.passed().size() == 1);
}

TEST_CASE("B-06: a line of 65536 bytes is read, one more byte is dropped and refused") {
    const std::string head = R"({"data":{"version":2,"msg_type":"broadcast","data":"x"},"version":2,"x":")";
    const std::string tail = R"(","dest_addr":"cgcs.server_grp","source_addr":"cgcs.server_grp"})";
    MessagingStage at;
    const std::string fill(wire::messaging_line_limit - head.size() - tail.size(), 'f');
    at.bytes(head + fill + tail + "\n");
    CHECK(at.passed().size() == 1);
    at.bytes(head + fill + "f" + tail + "\n");
    CHECK(at.passed().size() == 1);
    CHECK(at.totals.rejected[static_cast<std::size_t>(wire::ParseReason::Overlong)] == 1);
    at.bytes(broadcast_line("next"));
    CHECK(at.passed().back() == "next");
}
