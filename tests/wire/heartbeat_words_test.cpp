// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The vocabulary: words, numbers, timeout classes, and which corrective action wins.
#include "wire/heartbeat_words.hpp"

#include <catch2/catch.hpp>

using namespace vnf::wire;

TEST_CASE("each event has its word and the word its event") {
    for (const auto event : all_events) {
        CHECK(event_of(word(event)) == event);
        CHECK(word(event) != "unknown");
    }
    CHECK(event_of("unknown") == Event::Unknown);
    CHECK(word(Event::LiveMigrateBegin) == "live_migrate_begin");
    CHECK_FALSE(event_of("live_migration_begin"));
    CHECK_FALSE(event_of(""));
}

TEST_CASE("a number outside an enumeration has the word of its zero") {
    CHECK(word(static_cast<Event>(13)) == "unknown");
    CHECK(word(static_cast<CorrectiveAction>(0xffffffff)) == "unknown");
    CHECK(word(static_cast<Health>(2)) == "unhealthy");
}

TEST_CASE("the timeout class follows the event for a notification and is the vote's for a vote") {
    for (const auto event : all_events) {
        CHECK(timeout_class(event, Notification::Revocable) == TimeoutClass::Vote);
    }
    for (const auto event : {Event::Stop, Event::Reboot, Event::Unknown}) {
        CHECK(timeout_class(event, Notification::Irrevocable) == TimeoutClass::Shutdown);
    }
    for (const auto event : {Event::Pause, Event::Suspend, Event::ResizeBegin, Event::LiveMigrateBegin,
                             Event::ColdMigrateBegin}) {
        CHECK(timeout_class(event, Notification::Irrevocable) == TimeoutClass::Suspend);
    }
    for (const auto event :
         {Event::Unpause, Event::Resume, Event::ResizeEnd, Event::LiveMigrateEnd, Event::ColdMigrateEnd}) {
        CHECK(timeout_class(event, Notification::Irrevocable) == TimeoutClass::Resume);
    }
}

TEST_CASE("stop wins over reboot over log over none over unknown") {
    const std::array order{CorrectiveAction::Unknown, CorrectiveAction::None, CorrectiveAction::Log,
                           CorrectiveAction::Reboot, CorrectiveAction::Stop};
    for (std::size_t left = 0; left < order.size(); ++left) {
        for (std::size_t right = 0; right < order.size(); ++right) {
            CHECK(stronger(order[left], order[right]) == order[std::max(left, right)]);
        }
    }
}
