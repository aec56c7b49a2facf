// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What may be broadcast, and who may be its source: every size at its limit (server-group specification, 3.5).
#include <catch2/catch.hpp>

#include "wire/server_group_message.hpp"

namespace {

using namespace vnf::wire;
using namespace std::string_literals;

std::string outcome(std::string_view text) {
    const auto result = BroadcastText::of(text);
    const auto* const refusal = std::get_if<BroadcastRefusal>(&result);
    if (refusal == nullptr) {
        CHECK(std::get<BroadcastText>(result).text() == text);
        return "taken";
    }
    switch (*refusal) {
        case BroadcastRefusal::TooLong:
            return "too long";
        case BroadcastRefusal::TooLongEscaped:
            return "too long escaped";
        case BroadcastRefusal::NotText:
            return "no text";
    }
    return "?";
}

std::string repeated(std::string_view piece, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        out += piece;
    }
    return out;
}

}  // namespace

TEST_CASE("0 to 3050 plain bytes can be broadcast, 3051 cannot") {
    for (const std::size_t size : {0U, 1U, 2U, 1975U, 3049U, 3050U}) {
        CHECK(outcome(std::string(size, 'x')) == "taken");
    }
    CHECK(outcome(std::string(3051, 'x')) == "too long");
    CHECK(outcome(std::string(65536, 'x')) == "too long");
}

TEST_CASE("3951 bytes as the old sender escapes them can be broadcast, 3952 cannot") {
    for (const char doubled : {'/', '"', '\\', '\n', '\t', '\r', '\b', '\f'}) {
        CHECK(outcome(std::string(901, doubled) + std::string(2149, 'x')) == "taken");
        CHECK(outcome(std::string(902, doubled) + std::string(2148, 'x')) == "too long escaped");
        CHECK(outcome(std::string(1975, doubled)) == "taken");
        CHECK(outcome(std::string(1975, doubled) + 'x') == "taken");
        CHECK(outcome(std::string(1976, doubled)) == "too long escaped");
        CHECK(outcome(std::string(3050, doubled)) == "too long escaped");
        CHECK(outcome(std::string(3051, doubled)) == "too long");
    }
    CHECK(outcome(std::string(658, '\x01')) == "taken");
    CHECK(outcome(std::string(658, '\x1F') + "xxx") == "taken");
    CHECK(outcome(std::string(658, '\x1F') + "xxxx") == "too long escaped");
    CHECK(outcome(std::string(659, '\x01')) == "too long escaped");
    CHECK(old_json_escaped_size(std::string(901, '/') + std::string(2149, 'x')) == 3951);
}

TEST_CASE("the escaped size is that of what is written, for every byte") {
    for (int byte = 0; byte < 0x80; ++byte) {
        for (const std::size_t count : {1U, 2U, 9U}) {
            const std::string text(count, static_cast<char>(byte));
            std::string escaped;
            append_old_json_escaped(escaped, text);
            CHECK(escaped.size() == old_json_escaped_size(text));
            CHECK(escaped.size() / count == (byte == '"' || byte == '\\' || byte == '/' ||
                                                     (byte >= '\b' && byte <= '\r' && byte != '\v')
                                                 ? 2
                                                 : (byte < 0x20 ? 6 : 1)));
        }
    }
}

TEST_CASE("characters of 2 to 4 bytes count their bytes and are never torn") {
    for (const auto* const character : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        const auto size = std::string_view(character).size();
        const auto full = repeated(character, broadcast_limit / size);
        CHECK(outcome(full) == "taken");
        CHECK(outcome(full + std::string(broadcast_limit - full.size(), 'x')) == "taken");
        CHECK(outcome(full + character) == "too long");
        for (std::size_t cut = 1; cut < size; ++cut) {
            CHECK(outcome(full.substr(0, full.size() - cut)) == "no text");
        }
    }
}

TEST_CASE("what old peers would cut or choke on is no text") {
    CHECK(outcome("a\0b"s) == "no text");
    CHECK(outcome("\0"s) == "no text");
    CHECK(outcome("\xFF") == "no text");
    CHECK(outcome("\xED\xA0\x80") == "no text");
    CHECK(outcome("\x7F") == "taken");
    CHECK(outcome("\xEF\xBF\xBF") == "taken");
}

TEST_CASE("each refusal has a clause for the sender") {
    CHECK(to_string(BroadcastRefusal::TooLong).find("3050") != std::string_view::npos);
    CHECK(to_string(BroadcastRefusal::TooLongEscaped).find("3951") != std::string_view::npos);
    CHECK(to_string(BroadcastRefusal::NotText).find("UTF-8") != std::string_view::npos);
}

TEST_CASE("a source is 1 to 25 bytes as escaped, printable") {
    CHECK(SourceInstance::of("instance-0000001f")->text() == "instance-0000001f");
    CHECK(SourceInstance::of("x"));
    CHECK(SourceInstance::of(std::string(25, 'x')));
    CHECK_FALSE(SourceInstance::of(std::string(26, 'x')));
    CHECK_FALSE(SourceInstance::of(""));
    CHECK(SourceInstance::of(std::string(12, '/') + 'x'));
    CHECK_FALSE(SourceInstance::of(std::string(13, '/')));
    CHECK_FALSE(SourceInstance::of(std::string(12, '"') + "xx"));
    CHECK(SourceInstance::of("a vm"));
    CHECK(SourceInstance::of(repeated("\xC3\xA9", 12)));
    CHECK_FALSE(SourceInstance::of(repeated("\xC3\xA9", 13)));
    for (const auto& bad :
         {"a\nb"s, "\t"s, "\x1F"s, "\x7F"s, "a\0"s, "\xC2\x80"s, "\xC2\x9F"s, "\xFF"s, "\xC3"s}) {
        CHECK_FALSE(SourceInstance::of(bad));
    }
    CHECK(SourceInstance::of("\xC2\xA0"));
}
