// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is JSON, what is left of it, and how the old libraries print it.
#include "wire/json_text.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace vnf::wire;
using namespace std::string_literals;
using namespace std::string_view_literals;

/// The text that is kept, or the reason why not.
std::string kept(std::string_view text, std::size_t depth = JsonText::depth_limit) {
    const auto result = JsonText::parse(text, depth);
    const auto* const error = std::get_if<ParseError>(&result);
    return error != nullptr ? std::string(word(error->reason)) : std::get<JsonText>(result).text();
}

JsonText json(std::string_view text) {
    return std::get<JsonText>(JsonText::parse(text));
}

std::string nested(std::size_t levels, std::string_view open, std::string_view inside,
                   std::string_view close) {
    std::string out;
    for (std::size_t i = 0; i < levels; ++i) {
        out += open;
    }
    out += inside;
    for (std::size_t i = 0; i < levels; ++i) {
        out += close;
    }
    return out;
}

}  // namespace

TEST_CASE("JSON without blanks is kept as it is: numbers, escapes, key order and double keys") {
    const auto text = GENERATE(
        R"({})"sv, R"([])"sv, R"("")"sv, R"(0)"sv, R"(-0)"sv, R"(1E+2)"sv, R"(-12.5000e-07)"sv, R"(true)"sv,
        R"(false)"sv, R"(null)"sv, R"({"b":1,"a":[{},[],"",null],"b":2})"sv,
        R"("\u00e9\/\"\\\b\f\n\r\t\ud83d\uDE00")"sv, R"(123456789012345678901234567890)"sv,
        R"({"":{"":""}})"sv, "\"\x7F\""sv, "\"\\u0000\""sv, "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\""sv);
    CHECK(kept(text) == text);
}

TEST_CASE("blanks between the tokens go, those in strings stay") {
    CHECK(kept(" \t\r\n{ \"a b\" :\n[ 1 ,\t2 ] , \"c\\\" \" : \" \\\\ \" }\r\n ") ==
          R"({"a b":[1,2],"c\" ":" \\ "})");
    CHECK(kept("[ ]") == "[]");
    CHECK(kept(" 1 ") == "1");
}

TEST_CASE("what is no JSON value is refused") {
    const auto text = GENERATE(
        ""sv, " "sv, "{"sv, "}"sv, "["sv, "]"sv, "\""sv, "{}{}"sv, "{} x"sv, "1 2"sv, "[1,]"sv, "[,1]"sv,
        "[1 2]"sv, "{,}"sv, R"({"a"})"sv, R"({"a":})"sv, R"({"a":1,})"sv, R"({a:1})"sv, R"({1:1})"sv,
        R"({"a":1 "b":2})"sv, R"({"a":1])"sv, R"([1})"sv, R"('a')"sv, "tru"sv, "TRUE"sv, "nulll"sv, "NaN"sv,
        "Infinity"sv, "01"sv, "-"sv, "+1"sv, "1."sv, ".5"sv, "1e"sv, "1e+"sv, "0x1"sv, "--1"sv, "/* */1"sv,
        "\"\\x\""sv, "\"\\\""sv, "\"\\"sv, "\"\\u\""sv, "\"\\u12g4\""sv, "\"\\u123"sv, "\"a\nb\""sv,
        "\"a\tb\""sv, "\"a\0b\""sv, "{}\0"sv, "\0"sv, "\xEF\xBB\xBF{}"sv, "[\v1]"sv);
    CAPTURE(text);
    CHECK(kept(text) == "not_json");
}

TEST_CASE("half of a surrogate pair is refused") {
    const auto text = GENERATE(R"("\ud800")"sv, R"("\udc00")"sv, R"("\ud800x")"sv, R"("\ud800\n")"sv,
                               R"("\ud800\ud800")"sv, R"("\ud83d\u0041")"sv, R"("\ud83d\ude0")"sv,
                               R"("\ud83d)"sv, R"("\ud83d\)"sv, R"({"\udfff":1})"sv);
    CAPTURE(text);
    CHECK(kept(text) == "not_json");
    CHECK(kept(R"("\ud7ff\ue000\udbff\udfff")") == R"("\ud7ff\ue000\udbff\udfff")");
}

TEST_CASE("what is not UTF-8 is refused, at every place of a run of plain characters") {
    const auto bad =
        GENERATE("\x80"s, "\xC0\xAF"s, "\xC3"s, "\xE2\x82"s, "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xFF"s);
    for (std::size_t before = 0; before < 18; ++before) {
        const std::string plain(before, 'x');
        CHECK(kept('"' + plain + bad + '"') == "not_json");
        CHECK(kept('"' + plain + bad + "xxxxxxxxxxxxxxxxxx\"") == "not_json");
    }
}

TEST_CASE("every byte that is special in a string is seen at every place of a run of plain characters") {
    for (std::size_t before = 0; before < 18; ++before) {
        const std::string plain(before, 'x');
        for (int byte = 0; byte < 0x20; ++byte) {
            CHECK(kept('"' + plain + static_cast<char>(byte) + "xxxxxxxxxxxxxxxx\"") == "not_json");
        }
        CHECK(kept('"' + plain + "\\\"xxxxxxxxxxxxxxxx\"") == '"' + plain + "\\\"xxxxxxxxxxxxxxxx\"");
        CHECK(kept('"' + plain + "\"xxxxxxxxxxxxxxxx\"") == "not_json");
        CHECK(kept('"' + plain + "\x7F!#[]\xC3\xA9\"") == '"' + plain + "\x7F!#[]\xC3\xA9\"");
    }
}

TEST_CASE("32 levels are taken, 33 are not, and a scalar is none") {
    for (const auto& [open, inside, close] :
         {std::array{"[", "", "]"}, std::array{"[", "1", "]"}, std::array{R"({"a":)", "1", "}"},
          std::array{R"([{"a":)", "[]", "}]"}}) {
        const std::size_t levels_each = std::string_view(open).starts_with("[{") ? 2 : 1;
        const std::size_t inner = std::string_view(inside) == "[]" ? 1 : 0;
        for (std::size_t depth = 0; depth <= 40; ++depth) {
            const auto text = nested(depth, open, inside, close);
            if (text.empty()) {
                continue;
            }
            const bool allowed = depth * levels_each + inner <= JsonText::depth_limit;
            CHECK((kept(text) == text) == allowed);
        }
    }
    CHECK(kept("1", 0) == "1");
    CHECK(kept("[]", 0) == "not_json");
    CHECK(kept("[[]]", 1) == "not_json");
    CHECK(kept(std::string(JsonText::size_limit, '[')) == "not_json");
}

TEST_CASE("a text beyond the size limit is overlong whatever it is") {
    const std::string most = '"' + std::string(JsonText::size_limit - 2, 'x') + '"';
    CHECK(kept(most) == most);
    CHECK(kept(most + ' ') == "overlong");
    CHECK(kept(std::string(JsonText::size_limit + 1, ' ')) == "overlong");
}

TEST_CASE("the kind is that of the outermost value") {
    CHECK(json(" {}").kind() == JsonText::Kind::Object);
    CHECK(json("[{}]").kind() == JsonText::Kind::Array);
    CHECK(json(R"("{}")").kind() == JsonText::Kind::String);
    CHECK(json("-1").kind() == JsonText::Kind::Number);
    CHECK(json("0").kind() == JsonText::Kind::Number);
    CHECK(json("true").kind() == JsonText::Kind::Bool);
    CHECK(json("false").kind() == JsonText::Kind::Bool);
    CHECK(json("null").kind() == JsonText::Kind::Null);
}

TEST_CASE("a string is escaped as the old peers' library does") {
    CHECK(JsonText::string("").text() == R"("")");
    CHECK(JsonText::string("a/b \"c\" \\ \b\f\n\r\t\x01\x1F\x7F \xC3\xA9"sv).text() ==
          "\"a\\/b \\\"c\\\" \\\\ \\b\\f\\n\\r\\t\\u0001\\u001f\x7F \xC3\xA9\"");
    CHECK(JsonText::string("\0"sv).text() == R"("\u0000")");
    for (int byte = 0; byte < 0x80; ++byte) {
        const auto text = JsonText::string(std::string(3, static_cast<char>(byte)));
        CHECK(kept(text.text()) == text.text());
    }
}

TEST_CASE("the old libraries print an object with their blanks and escapes") {
    CHECK(spaced(json("{}")) == "{ }");
    CHECK(spaced(json("[]")) == "[ ]");
    CHECK(spaced(json(R"({"k":1,"l":[2]})")) == R"({ "k": 1, "l": [ 2 ] })");
    CHECK(spaced(json(R"({"a":{},"b":[],"c":[{},[]],"d":null,"e":-1.50,"f":true})")) ==
          R"({ "a": { }, "b": [ ], "c": [ { }, [ ] ], "d": null, "e": -1.50, "f": true })");
    CHECK(spaced(json(R"({"u":"http://h/","x":"http:\/\/h"})")) ==
          R"({ "u": "http:\/\/h\/", "x": "http:\/\/h" })");
    CHECK(spaced(json(R"({"k{,":"a:[b],\"{}\" \\"})")) == R"({ "k{,": "a:[b],\"{}\" \\" })");
    CHECK(spaced(json(R"(["\u00e9\ud83d\ude00\u0041\u000a\u0001"])")) ==
          "[ \"\xC3\xA9\xF0\x9F\x98\x80"
          R"(A\n\u0001" ])");
    CHECK(spaced(json("7")) == "7");
}
