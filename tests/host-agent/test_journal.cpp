// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The journal's numbers, bound, gap and stream.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <set>

#include "host-agent/event_recorder.hpp"

using namespace vnf::host;

namespace {

std::vector<boost::json::object> since(const Journal& journal, std::uint64_t number) {
    std::vector<boost::json::object> lines;
    journal.read_since(number, [&lines](std::string_view line) {
        REQUIRE(line.back() == '\n');
        lines.push_back(boost::json::parse(line.substr(0, line.size() - 1)).as_object());
    });
    return lines;
}

void append(Journal& journal, int count) {
    for (int i = 0; i < count; ++i)
        journal.append({}, JournalKind::Lost, "vm1", {});
}

}  // namespace

TEST_CASE("Events are numbered from 1 and read from where the reader left off") {
    Journal journal(10);
    append(journal, 5);
    CHECK(since(journal, 0).size() == 5);
    CHECK(since(journal, 5).empty());
    const auto lines = since(journal, 3);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].at("seq").as_int64() == 4);
    CHECK(lines[0].at("kind").as_string() == "lost");
    CHECK(lines[0].at("instance").as_string() == "vm1");
}

TEST_CASE("A journal that has moved on says which events are gone") {
    Journal journal(10);
    append(journal, 25);
    const auto lines = since(journal, 3);
    REQUIRE(lines.size() == 11);
    CHECK(lines[0].at("kind").as_string() == "gap");
    CHECK(lines[0].at("missed_from").to_number<std::uint64_t>() == 4);
    CHECK(lines[0].at("missed_to").to_number<std::uint64_t>() == 15);
    CHECK(lines[1].at("seq").as_int64() == 16);
    CHECK(since(journal, 1000000).empty());
}

TEST_CASE("H-02: a guest's text stays one value of one line, whatever is in it") {
    Journal journal(10);
    const std::string text = "x\",\"instance\":\"other\"}\n{\"kind\":\"forged\\";
    journal.append({}, JournalKind::Unhealthy, "vm1", {{"reason", text}});
    const auto lines = since(journal, 0);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].at("reason").as_string() == text);
    CHECK(lines[0].at("instance").as_string() == "vm1");
}

TEST_CASE("A listener gets what comes after it subscribed, until it leaves") {
    Journal journal(10);
    append(journal, 2);
    int heard = 0;
    const auto subscription = journal.subscribe([&heard](std::string_view) { ++heard; });
    append(journal, 3);
    journal.unsubscribe(subscription);
    append(journal, 4);
    CHECK(heard == 3);
    CHECK(journal.listeners() == 0);
}

TEST_CASE("The time is UTC with milliseconds") {
    CHECK(utc_text(Journal::WallTime(std::chrono::milliseconds(1700000000123))) ==
          "2023-11-14T22:13:20.123Z");
}

TEST_CASE("Every kind of event has a word of its own") {
    std::set<std::string_view> words;
    for (int kind = 0; kind <= static_cast<int>(JournalKind::SettingsRefused); ++kind)
        words.insert(word(static_cast<JournalKind>(kind)));
    CHECK(words.size() == static_cast<std::size_t>(JournalKind::SettingsRefused) + 1);
}
