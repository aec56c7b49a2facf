// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What YAML allows and we don't, what it doesn't allow at all, and bytes that are no YAML: an error with a
// line each, in bounded time.
#include <catch2/catch.hpp>
#include <random>

#include "runtime/settings.hpp"

using vnf::runtime::SettingsError;
using vnf::runtime::SettingsMap;

namespace {

std::string refusal(const std::string& text) {
    try {
        SettingsMap::parse(text, "x.yaml");
    } catch (const SettingsError& error) {
        return error.what();
    }
    return "accepted";
}

std::string repeated(const std::string& text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i)
        result += text;
    return result;
}

}  // namespace

TEST_CASE("settings syntax: nothing at all is an empty mapping") {
    for (const char* text :
         {"", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "~\n", "{}\n", "\xef\xbb\xbf"}) {
        INFO(text);
        CHECK_NOTHROW(SettingsMap::parse(text, "x.yaml").finish());
    }
}

TEST_CASE("settings syntax: a key that appears twice is an error that names both lines") {
    CHECK(refusal("a: 1\nb: 2\na: 3\n") == "x.yaml:3: \"a\" appears twice, first in line 1");
    CHECK(refusal("x:\n  a: 1\n  \"a\": 2\n") == "x.yaml:3: \"a\" appears twice, first in line 2");
    CHECK(refusal("x: {a: 1, a: 2}") == "x.yaml:1: \"a\" appears twice, first in line 1");
    CHECK(refusal("x: {a: 1}\ny: {a: 2}\n") == "accepted");
    CHECK(refusal("- a: 1\n- a: 2\n") == "x.yaml:1: a list is not usable, allowed \"key: value\" lines");
}

TEST_CASE("settings syntax: anchors, aliases and tags are refused, so no bomb can go off") {
    CHECK(refusal("a: &x 1\n") == "x.yaml:1: anchors are not supported");
    CHECK(refusal("a: &x [1]\nb: *x\n") == "x.yaml:1: anchors are not supported");
    CHECK(refusal("a: &x {b: 1}\n") == "x.yaml:1: anchors are not supported");
    CHECK(refusal("&x a: 1\n") == "x.yaml:1: anchors are not supported");
    CHECK(refusal("a: 1\nb: *x\n").starts_with("x.yaml:2: "));
    CHECK(refusal("a: 1\nb: !!int 2\n") ==
          "x.yaml:2: tags are not supported, here \"tag:yaml.org,2002:int\"");
    CHECK(refusal("b: !mine [2]\n") == "x.yaml:1: tags are not supported, here \"!mine\"");
}

TEST_CASE("settings syntax: the document is one mapping with words for keys") {
    CHECK(refusal("word\n") == "x.yaml:1: \"word\" is not usable, allowed \"key: value\" lines");
    CHECK(refusal("a: 1\n---\nb: 2\n") == "x.yaml:2: a second document, allowed is one");
    CHECK(refusal("[a]: 1\n") == "x.yaml:1: a list or mapping as a key, allowed are words");
    CHECK(refusal("{a: b}: 1\n") == "x.yaml:1: a list or mapping as a key, allowed are words");
    CHECK(refusal("? [a, b]\n: 1\n") == "x.yaml:1: a list or mapping as a key, allowed are words");
    CHECK(refusal("a: 1\n: 2\n") == "x.yaml:2: a key is missing");
    CHECK(refusal("\"\": 2\n") == "x.yaml:1: a key is missing");
    CHECK(refusal("~: 2\n") == "x.yaml:1: a key is missing");
}

TEST_CASE("settings syntax: what is not YAML is refused with its line") {
    for (const std::string wrong :
         {"a: 1\nb: [1, 2\n", "a: 1\nb: {c: 1\n", "a: 1\nb: \"open\n", "a: 1\nb: 'open\n\n \n",
          "a: 1\n\tb: 2\n", "a: 1\n b: 2\n", "a: 1\nb: c: d\n", "a: 1\n}\n", "a: 1\n- b\n", "a: 1\nb: %x\n",
          "a: 1\nb: @x\n", "a: 1\nb: \"\\q\"\n"}) {
        INFO(wrong);
        CHECK_THAT(refusal(wrong), Catch::Matchers::Matches("x.yaml:[23]: .+"));
    }
}

TEST_CASE("settings syntax: bytes that are not text are refused with their line") {
    CHECK(refusal(std::string("a: 1\nb: \0\n", 10)) == "x.yaml:2: a control character, allowed is text");
    CHECK(refusal("a: \x1b[31m\n") == "x.yaml:1: a control character, allowed is text");
    CHECK(refusal("a: 1\nb: 2\nc: \xff\n") == "x.yaml:3: not UTF-8 text");
    CHECK(refusal("a: \xc0\x80\n") == "x.yaml:1: not UTF-8 text");
    CHECK(refusal(std::string("\xff\xfe\x61\0", 4)) == "x.yaml:1: not UTF-8 text");
    CHECK(refusal("a: \xc3\xa4\r\nb: 2\r\n") == "accepted");
}

TEST_CASE("settings syntax: nesting is bounded") {
    CHECK(refusal("a: " + repeated("[", 31) + repeated("]", 31)) == "accepted");
    CHECK(refusal("a: " + repeated("[", 32) + repeated("]", 32)) ==
          "x.yaml:1: nested too deeply, allowed are 32 levels");
    for (const char* step : {"[", "{a: ", "- ", "? ", "{? ", "[{"}) {
        INFO(step);
        CHECK_THAT(refusal("a:\n  " + repeated(step, 100000)), Catch::Matchers::Matches("x.yaml:[0-9]+: .+"));
    }
}

TEST_CASE("settings syntax: more than 1 MiB is refused before it is looked at") {
    CHECK(refusal(std::string(1024 * 1024 + 1, '[')) == "x.yaml: too large, allowed is 1 MiB");
    CHECK(refusal("a: \"" + std::string(1024 * 1024 - 8, 'x') + "\"") == "accepted");
}

TEST_CASE("settings syntax: a damaged file is read or refused, never more") {
    const std::string whole =
        "heartbeat:\n  interval_ms: 500  # comment\n  names: [\"a\", 'b', c]\n  flags: {x: true, y: ~}\n"
        "guests:\n  - id: one\n    socket: /run/x.sock\n  - id: \"two\\n\"\n    note: |\n      long\n      "
        "text\n"
        "    fold: >-\n      more\n? key\n: value\n---\n&a b: *a\n!t c: 1\n%D\n";
    std::mt19937 random(20260801);
    const auto any = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    std::size_t refused = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text = whole.substr(0, any(whole.size()) + 1);
        for (std::size_t change = any(6); change > 0; --change) {
            const std::size_t at = any(text.size());
            if (any(3) == 0)
                text.erase(at, any(8) + 1);
            else if (any(2) == 0)
                text.insert(at, whole, any(whole.size()), any(20));
            else
                text[at] = static_cast<char>(any(256));
            if (text.empty())
                break;
        }
        refused += refusal(text) == "accepted" ? 0 : 1;
    }
    CHECK(refused > 1000);
    CHECK(refused < 20000);
}
