// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Every text of every message, hostile and long, under the rules for old peers and for ours.
#include <catch2/catch.hpp>

#include "wire/heartbeat_message.hpp"

namespace {

using namespace vnf::wire;
using namespace std::string_literals;

const std::vector<std::string> hostile_texts{R"(say "no")",
                                             R"(C:\temp\)",
                                             "two\nlines\r\n",
                                             "tab\tbell\x07 esc\x1b[31m",
                                             "nul\0inside"s,
                                             "Störung äöü",
                                             "bad \xff\xfe utf-8 \xc3",
                                             "half \xe2\x82",
                                             R"(","vote_result":"accept","x":")",
                                             "{}[]:,",
                                             "\x7f del",
                                             "\xf0\x9f\x94\xa5 fire",
                                             "",
                                             std::string(5000, '"'),
                                             std::string(5000, '\n'),
                                             std::string(5000, '\x01'),
                                             std::string(1000, '\xc3')};

/// Every message of a guest whose texts are all `text`.
std::vector<GuestMessage> guest_messages(const std::string& text) {
    Init init;
    init.name = text;
    return {init, ChallengeResponse{1, Health::Unhealthy, CorrectiveAction::Log, text},
            ActionResponse{5, Event::Stop, Notification::Revocable, VoteResult::Reject, text}, Exit{text}};
}

std::vector<GuestMessage> our_guest_messages(const std::string& text) {
    auto messages = guest_messages(text);
    messages.emplace_back(
        HealthPush{Health::Unhealthy, CorrectiveAction::Stop, HealthCause::ScriptHung, text, text});
    messages.emplace_back(ActionExtend{5, std::chrono::milliseconds(10), text});
    return messages;
}

std::vector<HostMessage> host_messages(const std::string& text) {
    return {Nack{5, text}, Exit{text}};
}

std::vector<HostMessage> our_host_messages(const std::string& text) {
    auto messages = host_messages(text);
    messages.emplace_back(ActionCancel{5, text});
    messages.emplace_back(
        ActionNotify{5, Event::Stop, Notification::Revocable, std::chrono::milliseconds(9000), text});
    return messages;
}

std::string_view line_of(const std::string& message) {
    REQUIRE(message.size() >= 4);
    REQUIRE(message.front() == '\n');
    REQUIRE(message.back() == '\n');
    return std::string_view(message).substr(1, message.size() - 2);
}

bool safe_for_old_peer(std::string_view line) {
    return std::all_of(line.begin(), line.end(), [](char byte) { return byte >= 0x20 && byte < 0x7f; }) &&
           line.find('\\') == std::string_view::npos;
}

GuestMessage read_back_guest(std::string_view line) {
    const auto result = parse_guest_message(line);
    REQUIRE(std::holds_alternative<Received<GuestMessage>>(result));
    return std::get<Received<GuestMessage>>(result).message;
}

HostMessage read_back_host(std::string_view line) {
    const auto result = parse_host_message(line);
    REQUIRE(std::holds_alternative<Received<HostMessage>>(result));
    return std::get<Received<HostMessage>>(result).message;
}

}  // namespace

TEST_CASE(
    "G-21, G-22: to an old peer every text is printable ASCII without quote or backslash, and the message "
    "whole") {
    for (const auto& text : hostile_texts) {
        CAPTURE(text);
        for (const auto& message : guest_messages(text)) {
            const auto bytes = encode(message, 2147483647, PeerRules::OldPeer);
            CHECK(bytes.size() <= old_peer_message_limit);
            CHECK(safe_for_old_peer(line_of(bytes)));
            // Quotes inside a text would change how often a quote occurs.
            const auto plain = encode(guest_messages("")[message.index()], 2147483647, PeerRules::OldPeer);
            CHECK(std::count(bytes.begin(), bytes.end(), '"') == std::count(plain.begin(), plain.end(), '"'));
            CHECK(read_back_guest(line_of(bytes)).index() == message.index());
        }
        for (const auto& message : host_messages(text)) {
            const auto bytes = encode(message, 2147483647, PeerRules::OldPeer);
            CHECK(bytes.size() <= old_peer_message_limit);
            CHECK(safe_for_old_peer(line_of(bytes)));
            CHECK(read_back_host(line_of(bytes)).index() == message.index());
        }
    }
}

TEST_CASE(
    "H-02: to a peer of ours every text arrives as itself, and what was read is written the same again") {
    for (const auto& text : hostile_texts) {
        CAPTURE(text);
        for (const auto& message : our_guest_messages(text)) {
            const auto bytes = encode(message, 1, PeerRules::OurPeer);
            CHECK(bytes.size() <= heartbeat_line_limit);
            CHECK(std::count(bytes.begin(), bytes.end(), '\n') == 2);
            const auto back = read_back_guest(line_of(bytes));
            CHECK(back.index() == message.index());
            CHECK(encode(back, 1, PeerRules::OurPeer) == bytes);
        }
        for (const auto& message : our_host_messages(text)) {
            const auto bytes = encode(message, 1, PeerRules::OurPeer);
            CHECK(bytes.size() <= heartbeat_line_limit);
            CHECK(std::count(bytes.begin(), bytes.end(), '\n') == 2);
            const auto back = read_back_host(line_of(bytes));
            CHECK(back.index() == message.index());
            CHECK(encode(back, 1, PeerRules::OurPeer) == bytes);
        }
    }
}

TEST_CASE("quotes, newlines, control characters and UTF-8 reach a peer of ours unchanged") {
    for (const std::string text :
         {R"(say "no")", R"(C:\temp\)", "two\nlines\r\n", "tab\tbell\x07\x7f", "Störung"}) {
        CHECK(read_back_guest(line_of(encode(GuestMessage(Exit{text}), 1, PeerRules::OurPeer))) ==
              GuestMessage(Exit{text}));
    }
}

TEST_CASE("an old peer reads an apostrophe for a quote and a space for what it can't take") {
    CHECK(line_of(encode(GuestMessage(Exit{"a\"b\\c\nd\xc3\xb6"
                                           "e\xff"
                                           "f"}),
                         1, PeerRules::OldPeer)) ==
          R"({"version":3,"revision":1,"msg_type":"exit","sequence":1,"log_msg":"a'b c d e f"})");
}

TEST_CASE("what is no UTF-8 and a NUL are replaced when read") {
    const auto line = [](const std::string& text) {
        return R"({"version":3,"revision":1,"msg_type":"exit","sequence":1,"log_msg":")" + text + R"("})";
    };
    CHECK(read_back_guest(line("a\xff"
                               "b\xc3")) == GuestMessage(Exit{"a?b?"}));
    CHECK(read_back_guest(line("a\\u0000b")) == GuestMessage(Exit{"a b"}));
    CHECK(read_back_guest(line("a\0b"s)) == GuestMessage(Exit{"a b"}));
    CHECK(read_back_guest(line("\\u00f6\\ud83d\\udd25")) == GuestMessage(Exit{"ö\xf0\x9f\x94\xa5"}));
}

TEST_CASE("a raw control character, which old peers do not escape, is a space in either direction") {
    const std::string line =
        "{\"version\":3,\"revision\":1,\t\"msg_type\":\"nack\",\"sequence\":1,\"invocation_id\":2,\"log_"
        "msg\":\"a\tb\x01\"}";
    CHECK(read_back_host(line) == HostMessage(Nack{2, "a b "}));
}

TEST_CASE("what is no UTF-8 does not cost the message in either direction") {
    const std::string line =
        R"({"version":3,"revision":1,"msg_type":"nack","sequence":1,"invocation_id":2,"log_msg":"a)"
        "\xff\"}";
    CHECK(read_back_host(line) == HostMessage(Nack{2, "a?"}));
}

TEST_CASE("names are cut at 31 bytes for an old peer and at 63 for ours") {
    for (const auto& [rules, limit] :
         {std::pair(PeerRules::OldPeer, old_peer_name_limit), std::pair(PeerRules::OurPeer, name_limit)}) {
        for (const auto size : {limit - 1, limit, limit + 1}) {
            Init init;
            init.name = std::string(size, 'n');
            const auto back = std::get<Init>(read_back_guest(line_of(encode(GuestMessage(init), 1, rules))));
            CHECK(back.name.size() == std::min(size, limit));
        }
    }
}

TEST_CASE("logs are cut at 191 bytes for an old peer and at 223 for ours") {
    for (const auto& [rules, limit] :
         {std::pair(PeerRules::OldPeer, old_peer_log_limit), std::pair(PeerRules::OurPeer, log_limit)}) {
        for (const auto size : {limit - 1, limit, limit + 1}) {
            const GuestMessage message = Exit{std::string(size, 'x')};
            const auto back = std::get<Exit>(read_back_guest(line_of(encode(message, 1, rules))));
            CHECK(back.log.size() == std::min(size, limit));
        }
    }
}

TEST_CASE("texts that a peer sends beyond our limits are cut, not refused") {
    const std::string longer(log_limit + 1, 'x');
    const auto line =
        R"({"version":3,"revision":1,"msg_type":"exit","sequence":1,"log_msg":")" + longer + R"("})";
    CHECK(read_back_guest(line) == GuestMessage(Exit{longer.substr(0, log_limit)}));
    CHECK(read_back_host(line) == HostMessage(Exit{longer.substr(0, log_limit)}));
}

TEST_CASE("a text is never cut inside a character") {
    const std::string text = std::string(log_limit - 1, 'x') + "ö";
    const auto bytes = encode(GuestMessage(Exit{text}), 1, PeerRules::OurPeer);
    CHECK(read_back_guest(line_of(bytes)) == GuestMessage(Exit{text.substr(0, log_limit - 1)}));
}
