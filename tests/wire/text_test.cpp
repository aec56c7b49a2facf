// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Cutting, cleaning and escaping of texts, byte by byte.
#include "wire/text.hpp"

#include <catch2/catch.hpp>

using namespace vnf::wire;
using namespace std::string_literals;

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

TEST_CASE("only well-formed UTF-8 is UTF-8") {
    for (const auto& good : {"", "plain", "\x7f", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        CHECK(is_utf8(good));
    }
    CHECK(is_utf8("nul\0inside"s));
    for (const auto& bad :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
          "\xf0\x8f\xbf\xbf", "\xf0\x9f\x94", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
        CHECK_FALSE(is_utf8(bad));
    }
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
