// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Checking, cutting, cleaning and escaping of texts, byte by byte.
#include "wire/text.hpp"

#include <catch2/catch.hpp>

using namespace vnf::wire;
using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_CASE("a text is cut in front of the character that does not fit") {
    const std::string text = "aö€\xf0\x9f\x94\xa5";  // 1 + 2 + 3 + 4 bytes
    const std::array<std::size_t, 12> expected{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (std::size_t limit = 0; limit < expected.size(); ++limit) {
        CHECK(cut_utf8(text, limit).size() == expected[limit]);
    }
}

TEST_CASE("what is not UTF-8 is cut at the limit") {
    CHECK(cut_utf8(std::string(10, '\x80'), 7).size() == 7);
    CHECK(cut_utf8(std::string(10, '\xff'), 7).size() == 7);
}

TEST_CASE("well-formed sequences are UTF-8 and have their length, at the edges of each form") {
    for (const auto& [text, length] : {std::pair{"a"sv, 1},
                                       {"\0"sv, 1},
                                       {"\x7f"sv, 1},
                                       {"\xc2\x80"sv, 2},
                                       {"\xdf\xbf"sv, 2},
                                       {"\xe0\xa0\x80"sv, 3},
                                       {"\xed\x9f\xbf"sv, 3},
                                       {"\xee\x80\x80"sv, 3},
                                       {"\xef\xbf\xbf"sv, 3},
                                       {"\xf0\x90\x80\x80"sv, 4},
                                       {"\xf4\x8f\xbf\xbf"sv, 4}}) {
        CHECK(character_length(text) == static_cast<std::size_t>(length));
        CHECK(character_length(std::string(text) + "\x80") == static_cast<std::size_t>(length));
        CHECK(is_utf8(text));
    }
    CHECK(is_utf8(""));
    CHECK(is_utf8("nul\0inside"sv));
}

TEST_CASE("overlong forms, surrogates, cut and stray bytes are not UTF-8") {
    for (const auto text : {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc2"sv, "\xc2\x41"sv, "\xc3("sv,
                            "\xe0\x9f\xbf"sv, "\xe2\x82"sv, "\xed\xa0\x80"sv, "\xe1\x80"sv, "\xe1\x80\x41"sv,
                            "\xf0\x8f\xbf\xbf"sv, "\xf0\x9f\x94"sv, "\xf4\x90\x80\x80"sv,
                            "\xf5\x80\x80\x80"sv, "\xf1\x80\x80"sv, "\xff"sv, "\xfe"sv}) {
        CHECK(character_length(text) == 0);
        CHECK_FALSE(is_utf8(text));
    }
    CHECK(character_length("") == 0);
    CHECK_FALSE(is_utf8("good, then \xc3"));
}

TEST_CASE("control characters are found, those of one byte and of two") {
    for (const auto text : {"\0"sv, "a\n"sv, "\x1f"sv, "\x7f"sv, "\xc2\x80"sv, "\xc2\x9f"sv})
        CHECK(has_control_character(text));
    for (const auto text : {""sv, "plain text"sv, "\xc2\xa0"sv, "\xc3\x9f"sv, "\xe2\x80\x93"sv, "\xc2"sv})
        CHECK_FALSE(has_control_character(text));
}

TEST_CASE("cleaning keeps what is good and never grows") {
    CHECK(clean_utf8("a\0b"s, 10) == "a b");
    CHECK(clean_utf8("ö\xff€\xc3", 10) == "ö?€?");
    CHECK(clean_utf8("line\nbreak", 10) == "line\nbreak");
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(20, static_cast<char>(byte));
        const auto clean = clean_utf8(text, 19);
        CHECK(is_utf8(clean));
        CHECK(clean.size() <= 19);
        CHECK(clean_utf8(clean, 19) == clean);
    }
}

TEST_CASE("a printable text is cut at its limit and each odd character takes one place") {
    std::string out;
    append_printable(out, "€ö\"\\\x01\xff|", 100);
    CHECK(out == "  '   |");
    out.clear();
    append_printable(out, std::string(200, 'x'), 191);
    CHECK(out.size() == 191);
}

TEST_CASE("JSON escapes cover quote, backslash and every control character") {
    std::string out;
    append_json_escaped(out, "\"\\\n\r\t\b\x1f\x7fö/");
    CHECK(out == R"(\"\\\n\r\t\u0008\u001f\u007fö/)");
    out.clear();
    append_json_escaped(out, "\0"s);
    CHECK(out == R"(\u0000)");
}
