// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <catch2/catch.hpp>

#include "runtime/utf8.hpp"

using namespace vnf::runtime;
using namespace std::string_view_literals;

TEST_CASE("utf8: well-formed sequences have their length, at the edges of each form") {
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
        CHECK(utf8_length(text, 0) == static_cast<std::size_t>(length));
        CHECK(is_utf8(text));
    }
}

TEST_CASE("utf8: overlong forms, surrogates, cut and stray bytes are not text") {
    for (const auto text :
         {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc2"sv, "\xc2\x41"sv, "\xe0\x9f\xbf"sv,
          "\xed\xa0\x80"sv, "\xe1\x80"sv, "\xe1\x80\x41"sv, "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv,
          "\xf5\x80\x80\x80"sv, "\xf1\x80\x80"sv, "\xff"sv, "\xfe"sv}) {
        CHECK(utf8_length(text, 0) == 0);
        CHECK_FALSE(is_utf8(text));
    }
    CHECK(utf8_length("a", 1) == 0);
    CHECK_FALSE(is_utf8("good, then \xc3"));
}

TEST_CASE("utf8: control characters are found, those of one byte and of two") {
    for (const auto text : {"\0"sv, "a\n"sv, "\x1f"sv, "\x7f"sv, "\xc2\x80"sv, "\xc2\x9f"sv})
        CHECK(has_control_character(text));
    for (const auto text : {""sv, "plain text"sv, "\xc2\xa0"sv, "\xc3\x9f"sv, "\xe2\x80\x93"sv})
        CHECK_FALSE(has_control_character(text));
}
