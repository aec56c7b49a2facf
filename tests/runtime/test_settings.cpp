// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Every getter: absent, good, wrong kind, out of range, at its bounds.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include "runtime/settings.hpp"
#include "tests/runtime/surroundings.hpp"

using namespace std::chrono_literals;
using vnf::runtime::SettingsError;
using vnf::runtime::SettingsMap;

namespace {

SettingsMap parse(const std::string& text) {
    return SettingsMap::parse(text, "x.yaml");
}

/// The error's text without "x.yaml:LINE: ".
std::string refusal(const std::string& text, const std::function<void(SettingsMap&)>& use) {
    SettingsMap map = parse(text);
    try {
        use(map);
    } catch (const SettingsError& error) {
        const std::string what = error.what();
        const std::string position = "x.yaml:" + std::to_string(error.line()) + ": ";
        REQUIRE(what.starts_with(position));
        return what.substr(position.size());
    }
    return "accepted";
}

void integer(SettingsMap& map) {
    map.integer("n", 7, -5, 100);
}
void real(SettingsMap& map) {
    map.real("n", 7, 0.5, 2);
}
void boolean(SettingsMap& map) {
    map.boolean("n", true);
}
void text(SettingsMap& map) {
    map.text("n", "x", 8);
}
void choice(SettingsMap& map) {
    map.choice("n", 0, {"log", "exec"});
}
void texts(SettingsMap& map) {
    map.texts("n", 2);
}
void map_of(SettingsMap& map) {
    map.map("n");
}
void maps(SettingsMap& map) {
    map.maps("n", 2);
}

}  // namespace

TEST_CASE("settings: an absent key is its default, whatever its kind") {
    SettingsMap map = parse("other: 1\n");
    CHECK(map.integer("n", 7, 0, 9) == 7);
    CHECK(map.real("n", 1.5, 0, 9) == 1.5);
    CHECK(map.milliseconds("n", 20ms, 10ms, 60s) == 20ms);
    CHECK(map.seconds("n", 30s, 1s, 60s) == 30s);
    CHECK(map.boolean("n", true));
    CHECK(map.text("n", "fallback") == "fallback");
    CHECK(map.choice("n", 1, {"a", "b"}) == 1);
    CHECK(map.texts("n").empty());
    CHECK(map.maps("n").empty());
    CHECK_FALSE(map.has("n"));
    CHECK(map.has("other"));
    CHECK(map.map("n").integer("below", 3, 0, 9) == 3);
}

TEST_CASE("settings: a good value is taken") {
    SettingsMap map = parse(
        "n: -5\nr: 0.25\nms: 400\nsecs: 3\nno: false\nword: exec\ntext: \"a b\"\nlist: [one, 'two']\n"
        "inner: {deep: 9}\nguests:\n  - id: a\n  - id: b\n");
    CHECK(map.integer("n", 0, -5, 100) == -5);
    CHECK(map.real("r", 0, 0, 1) == 0.25);
    CHECK(map.milliseconds("ms", 0ms, 400ms, 1s) == 400ms);
    CHECK(map.seconds("secs", 0s, 0s, 3s) == 3s);
    CHECK_FALSE(map.boolean("no", true));
    CHECK(map.choice("word", 0, {"log", "exec"}) == 1);
    CHECK(map.text("text", "") == "a b");
    CHECK(map.texts("list") == std::vector<std::string>{"one", "two"});
    CHECK(map.map("inner").integer("deep", 0, 0, 9) == 9);
    auto guests = map.maps("guests");
    REQUIRE(guests.size() == 2);
    CHECK(guests[1].text("id", "") == "b");
    CHECK(guests[1].line() == 12);
    CHECK_NOTHROW(map.finish());
}

TEST_CASE("settings: an integer is a plain decimal number in its range") {
    CHECK(refusal("n: -5", integer) == "accepted");
    CHECK(refusal("n: 100", integer) == "accepted");
    CHECK(refusal("n: -6", integer) == "n: -6 is out of range, allowed -5..100");
    CHECK(refusal("n: 101", integer) == "n: 101 is out of range, allowed -5..100");
    CHECK(refusal("n: 99999999999999999999", integer) ==
          "n: 99999999999999999999 is out of range, allowed -5..100");
    CHECK(refusal("n: -99999999999999999999", integer) ==
          "n: -99999999999999999999 is out of range, allowed -5..100");
    for (const std::string wrong :
         {"5.0", "5s", "0x10", "1e1", "+5", "05", "-05", "1_0", "five", "5 6", "--1"}) {
        INFO(wrong);
        CHECK(refusal("n: " + wrong, integer) ==
              "n: \"" + wrong + "\" is not usable, allowed an integer -5..100");
    }
    CHECK(refusal("n: '5'", integer) == "n: the text \"5\" is not usable, allowed an integer -5..100");
    CHECK(refusal("n:", integer) == "n: nothing is not usable, allowed an integer -5..100");
    CHECK(refusal("n: ~", integer) == "n: nothing is not usable, allowed an integer -5..100");
    CHECK(refusal("n: [5]", integer) == "n: a list is not usable, allowed an integer -5..100");
    CHECK(refusal("n: {a: 5}", integer) == "n: a mapping is not usable, allowed an integer -5..100");
}

TEST_CASE("settings: the whole range of an integer can be used") {
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    SettingsMap map =
        parse("low: -9223372036854775808\nhigh: 9223372036854775807\nabove: 9223372036854775808\n");
    CHECK(map.integer("low", 0, lowest, highest) == lowest);
    CHECK(map.integer("high", 0, lowest, highest) == highest);
    CHECK_THROWS_AS(map.integer("above", 0, lowest, highest), SettingsError);
}

TEST_CASE("settings: a number is finite and in its range") {
    CHECK(refusal("n: 0.5", real) == "accepted");
    CHECK(refusal("n: 2", real) == "accepted");
    CHECK(refusal("n: 0.499", real) == "n: 0.499 is out of range, allowed 0.5..2");
    CHECK(refusal("n: 1e400", real) == "n: 1e400 is out of range, allowed 0.5..2");
    for (const std::string wrong : {"nan", "inf", "-inf", ".inf", ".nan", "one", "1.5x"}) {
        INFO(wrong);
        CHECK(refusal("n: " + wrong, real) == "n: \"" + wrong + "\" is not usable, allowed a number 0.5..2");
    }
}

TEST_CASE("settings: durations are whole numbers in the unit of the key's name") {
    SettingsMap map = parse("a_ms: 5\nb_ms: 5s\nc_secs: 61\n");
    CHECK_THROWS_WITH(map.milliseconds("a_ms", 1s, 10ms, 60s),
                      "x.yaml:1: a_ms: 5 is out of range, allowed 10..60000");
    CHECK_THROWS_WITH(map.milliseconds("b_ms", 1s, 10ms, 60s),
                      "x.yaml:2: b_ms: \"5s\" is not usable, allowed an integer 10..60000");
    CHECK_THROWS_WITH(map.seconds("c_secs", 1s, 1s, 60s),
                      "x.yaml:3: c_secs: 61 is out of range, allowed 1..60");
}

TEST_CASE("settings: a boolean is true or false and nothing else") {
    for (const std::string wrong : {"yes", "no", "on", "off", "True", "1", "y"}) {
        INFO(wrong);
        CHECK(refusal("n: " + wrong, boolean) == "n: \"" + wrong + "\" is not usable, allowed true or false");
    }
    CHECK(refusal("n: \"true\"", boolean) == "n: the text \"true\" is not usable, allowed true or false");
    CHECK(refusal("n: [true]", boolean) == "n: a list is not usable, allowed true or false");
}

TEST_CASE("settings: a text is bounded and has no control characters") {
    CHECK(refusal("n: 12345678", text) == "accepted");
    CHECK(refusal("n: \"\"", text) == "accepted");
    CHECK(refusal("n: 123456789", text) == "n: too long, allowed are 8 bytes");
    CHECK(refusal("n: \"a\\nb\"", text) ==
          "n: the text \"a?b\" is not usable, allowed a text without control characters");
    CHECK(refusal("n: \"a\\0b\"", text) ==
          "n: the text \"a?b\" is not usable, allowed a text without control characters");
    CHECK(refusal("n: |\n  a\nm: 1\n", text) ==
          "n: the text \"a?\" is not usable, allowed a text without control characters");
    CHECK(refusal("n:", text) == "n: nothing is not usable, allowed a text");
    CHECK(refusal("n: [a]", text) == "n: a list is not usable, allowed a text");
    CHECK(refusal("n: {a: b}", text) == "n: a mapping is not usable, allowed a text");
}

TEST_CASE("settings: a choice names what is allowed") {
    CHECK(refusal("n: exec", choice) == "accepted");
    CHECK(refusal("n: Exec", choice) == "n: \"Exec\" is not usable, allowed log, exec");
    CHECK(refusal("n:", choice) == "n: nothing is not usable, allowed log, exec");
    CHECK(refusal("n: [exec]", choice) == "n: a list is not usable, allowed log, exec");
}

TEST_CASE("settings: a list is bounded, and its entry is named by its number") {
    CHECK(refusal("n: [a, b]", texts) == "accepted");
    CHECK(refusal("n:", texts) == "accepted");
    CHECK(refusal("n: [a, b, c]", texts) == "n: has 3 entries, allowed are 2");
    CHECK(refusal("n: word", texts) == "n: \"word\" is not usable, allowed a list");
    CHECK(refusal("n: {a: b}", texts) == "n: a mapping is not usable, allowed a list");
    CHECK(refusal("n:\n - a\n - [b]\n", texts) == "n[1]: a list is not usable, allowed a text");
    CHECK(refusal("n: [{}, {a: b}]", maps) == "accepted");
    CHECK(refusal("n: [{}, {}, {}]", maps) == "n: has 3 entries, allowed are 2");
    CHECK(refusal("n: [{}, word]", maps) == "n[1]: \"word\" is not usable, allowed a mapping");
    CHECK(refusal("n: word", map_of) == "n: \"word\" is not usable, allowed a mapping");
    CHECK(refusal("n: [a]", map_of) == "n: a list is not usable, allowed a mapping");
    CHECK(refusal("n:", map_of) == "accepted");
}

TEST_CASE("settings: an error inside names the whole way to it and its own line") {
    const std::string file =
        "heartbeat:\n  interval_ms: 5\nguests:\n  - id: a\n  - id: b\n    qmp:\n      wait_ms: x\n";
    SettingsMap map = parse(file);
    CHECK_THROWS_WITH(map.map("heartbeat").milliseconds("interval_ms", 1s, 10ms, 60s),
                      "x.yaml:2: heartbeat.interval_ms: 5 is out of range, allowed 10..60000");
    CHECK_THROWS_WITH(map.maps("guests")[1].map("qmp").milliseconds("wait_ms", 1s, 10ms, 60s),
                      "x.yaml:7: guests[1].qmp.wait_ms: \"x\" is not usable, allowed an integer 10..60000");
    CHECK_THROWS_WITH(map.maps("guests")[0].fail("id", "is taken"), "x.yaml:4: guests[0].id: is taken");
    CHECK_THROWS_WITH(map.maps("guests")[1].fail("absent", "is needed"),
                      "x.yaml:5: guests[1].absent: is needed");
    CHECK_THROWS_WITH(map.map("nowhere").fail("absent", "is needed"), "x.yaml:1: nowhere.absent: is needed");
}

TEST_CASE("settings: an unknown key is an error that names the known ones") {
    SettingsMap map = parse("interval_ms: 500\nheartbeat:\n  timeout: 3\n  vote_ms: 5\n");
    map.milliseconds("interval_ms", 1s, 10ms, 60s);
    SettingsMap heartbeat = map.map("heartbeat");
    heartbeat.milliseconds("vote_ms", 1s, 1ms, 60s);
    heartbeat.milliseconds("extra_ms", 1s, 1ms, 60s);
    CHECK_NOTHROW(map.finish());
    CHECK_THROWS_WITH(heartbeat.finish(),
                      "x.yaml:3: heartbeat.timeout: unknown key, known: extra_ms, vote_ms");
    CHECK_THROWS_WITH(parse("\"a b\\e\": 1").finish(), "x.yaml:1: \"a b?\": unknown key, known: ");
}

TEST_CASE("settings: has() makes a key known, and copies know what any of them fetched") {
    SettingsMap map = parse("a: 1\nb: 2\n");
    SettingsMap copy = map;
    CHECK(map.has("a"));
    copy.integer("b", 0, 0, 9);
    CHECK_NOTHROW(map.finish());
}

TEST_CASE("settings: an error knows its key and line") {
    try {
        parse("\n\nn: x").integer("n", 0, 0, 9);
        FAIL("accepted");
    } catch (const SettingsError& error) {
        CHECK(error.key() == "n");
        CHECK(error.line() == 3);
    }
}

TEST_CASE("settings: a file is read whole, or the error names it") {
    const vnf::runtime::test::ScratchFolder folder;
    std::ofstream(folder / "good.yaml") << "n: 5\n";
    CHECK(SettingsMap::load(folder / "good.yaml").integer("n", 0, 0, 9) == 5);
    CHECK_THROWS_WITH(SettingsMap::load(folder / "absent.yaml"),
                      folder / "absent.yaml" + ": can't be read: No such file or directory");
    CHECK_THROWS_WITH(SettingsMap::load(folder.path()), folder.path().string() + ": is not a regular file");
    CHECK_THROWS_WITH(SettingsMap::load("/dev/zero"), "/dev/zero: is not a regular file");
    std::ofstream(folder / "large.yaml") << std::string(1024 * 1024 + 1, '#');
    CHECK_THROWS_WITH(SettingsMap::load(folder / "large.yaml"),
                      folder / "large.yaml" + ": too large, allowed is 1 MiB");
    std::ofstream(folder / "full.yaml") << std::string(1024 * 1024, '#');
    CHECK_NOTHROW(SettingsMap::load(folder / "full.yaml").finish());
}
