// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The table of a member's events, and the notifications that come of it.
#include "host-agent/group_event.hpp"

#include <catch2/catch.hpp>

#include <boost/json.hpp>
#include <set>

#include "host-agent/group_body.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

namespace json = boost::json;

json::object payload_of(const wire::JsonText& body) {
    return json::parse(body.text()).as_object().at("payload").as_object();
}

wire::JsonText body_of(MemberStatus& status, const MemberChange& change) {
    const StateChange states = apply(change.event, {}, status);
    return notification_body(change, states, *status.entry(), {}).value();
}

MemberStatus with_metadata(std::size_t bytes) {
    MemberStatus status;
    status.set_texts("image_meta", {{"i", "mage"}});
    status.set_texts("metadata", {{"mine", std::string(bytes, 'x')}});
    return status;
}

}  // namespace

TEST_CASE("Every event has a word of its own, and a row of the wire's words") {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < member_event_count; ++i) {
        const MemberEventRow& row = row_of(static_cast<MemberEvent>(i));
        CHECK(words.insert(row.word).second);
        CHECK_FALSE(row.event_type.empty());
        const auto requested = requested_event(row.word);
        CHECK(requested.has_value() == row.by_request);
        if (requested)
            CHECK(*requested == static_cast<MemberEvent>(i));
    }
    CHECK(row_of(MemberEvent::HostLost).word == "host_lost");
    CHECK(row_of(MemberEvent::Failed).word == "failed");
    CHECK(row_of(MemberEvent::HeartbeatLost).word == "heartbeat_lost");
    CHECK_FALSE(requested_event("gone"));
    CHECK_THAT(requested_event_words(),
               Catch::StartsWith("created, started, ") && Catch::EndsWith(", resizing"));
}

TEST_CASE("The journal's entries become events of the member, or nothing") {
    const auto change = [](JournalKind kind, const JournalFields& fields = {}) {
        return member_change(kind, fields);
    };
    const auto event = [](const std::optional<MemberChange>& one) {
        return one.value().event;
    };
    CHECK(event(change(JournalKind::Initialized)) == MemberEvent::HeartbeatInitialized);
    CHECK(event(change(JournalKind::Heartbeating)) == MemberEvent::HeartbeatRegained);
    CHECK(event(change(JournalKind::Resumed)) == MemberEvent::Running);
    CHECK(event(change(JournalKind::Healthy)) == MemberEvent::Healthy);
    CHECK(change(JournalKind::Lost, {{"reason", std::string("silent")}}) ==
          MemberChange{MemberEvent::HeartbeatLost, "silent"});
    CHECK(change(JournalKind::Gone, {{"reason", std::string("closed")}}) ==
          MemberChange{MemberEvent::Gone, "closed"});
    CHECK(change(JournalKind::Unhealthy, {{"cause", std::string("application_died")},
                                          {"application", std::string("db")},
                                          {"reason", std::string("SIGSEGV")}}) ==
          MemberChange{MemberEvent::Unhealthy, "application_died: db: SIGSEGV"});
    for (const JournalKind kind :
         {JournalKind::Connected, JournalKind::Disconnected, JournalKind::Stopped, JournalKind::Exit,
          JournalKind::ActionDecided, JournalKind::MessageRejected, JournalKind::Suspended,
          JournalKind::GroupChanged, JournalKind::LossDeferred})
        CHECK_FALSE(change(kind));
}

TEST_CASE("A notification that is sent to the guest announces; a vote does not") {
    const auto asked = [](const char* event, const char* notification) {
        return member_change(JournalKind::ActionAsked,
                             {{"event", std::string(event)}, {"notification", std::string(notification)}});
    };
    const std::vector<std::pair<const char*, MemberEvent>> table{
        {"stop", MemberEvent::Stopping},
        {"reboot", MemberEvent::Rebooting},
        {"suspend", MemberEvent::Suspending},
        {"pause", MemberEvent::Pausing},
        {"unpause", MemberEvent::Unpaused},
        {"resume", MemberEvent::Resumed},
        {"resize_begin", MemberEvent::Resizing},
        {"resize_end", MemberEvent::Resized},
        {"live_migrate_begin", MemberEvent::Migrating},
        {"live_migrate_end", MemberEvent::Migrated},
        {"cold_migrate_begin", MemberEvent::Resizing},
        {"cold_migrate_end", MemberEvent::Resized},
    };
    for (const auto& [word, event] : table) {
        CHECK(asked(word, "irrevocable").value().event == event);
        CHECK_FALSE(asked(word, "revocable"));
    }
    CHECK_FALSE(asked("unknown", "irrevocable"));
}

TEST_CASE("A corrective action that begins is an event, unless it is only a log line") {
    const auto started = [](const char* action) {
        return member_change(JournalKind::CorrectiveStarted,
                             {{"action", std::string(action)}, {"cause", std::string("heartbeat_loss")}});
    };
    CHECK(started("reboot") == MemberChange{MemberEvent::Rebooting, "heartbeat_loss"});
    CHECK(started("stop") == MemberChange{MemberEvent::Stopping, "heartbeat_loss"});
    CHECK_FALSE(started("log"));
}

TEST_CASE("An event changes state, task state and times; what it does not name stays") {
    MemberStatus status;
    const StateChange pausing = apply(MemberEvent::Pausing, {}, status);
    CHECK(pausing.old_task_state.empty());
    CHECK(pausing.task_state == "pausing");
    CHECK(status.state() == "active");
    apply(MemberEvent::Unhealthy, {}, status);
    CHECK(status.task_state() == "pausing");
    const StateChange paused = apply(MemberEvent::Paused, {}, status);
    CHECK(paused.old_state == "active");
    CHECK(paused.old_task_state == "pausing");
    CHECK(status.state() == "paused");
    CHECK(status.task_state().empty());
    apply(MemberEvent::Deleted, {}, status);
    CHECK_THAT(status.entry()->text(),
               Catch::Contains(R"("deleted_at":"1970-01-01T00:00:00.000000")") &&
                   Catch::Contains(R"("terminated_at":"1970-01-01T00:00:00.000000")"));
}

TEST_CASE("The cause outlives what the settings put into metadata, and goes last of all") {
    const MemberChange change{MemberEvent::HeartbeatLost, "silent"};
    MemberStatus small = with_metadata(100);
    json::object payload = payload_of(body_of(small, change));
    CHECK(payload.at("metadata").as_object().size() == 3);
    CHECK_FALSE(payload.at("image_meta").as_object().empty());
    MemberStatus large = with_metadata(status_body_limit() - with_metadata(0).entry()->text().size());
    REQUIRE(large.entry()->text().size() == status_body_limit());
    const wire::JsonText body = body_of(large, change);
    CHECK(body.text().size() <= notification_body_limit());
    payload = payload_of(body);
    CHECK(payload.at("image_meta").as_object().empty());
    CHECK(payload.at("metadata").as_object() ==
          json::object{{"cause", "heartbeat_lost"}, {"reason", "silent"}});
    CHECK(payload.size() == 34 + 7);
}

TEST_CASE("A guest's words in a reason are cut and cleaned") {
    MemberStatus status;
    const json::object payload = payload_of(
        body_of(status, {MemberEvent::Unhealthy, std::string("a\0b\xff", 4) + std::string(1000, 'x')}));
    const std::string reason{payload.at("metadata").as_object().at("reason").as_string()};
    CHECK(reason.size() == 223);
    CHECK(reason.starts_with("a b?x"));
}

TEST_CASE("A member whose host vanished is told from its last entry alone") {
    MemberStatus status;
    status.set_text("display_name", "vm1");
    status.set_texts("metadata", {{"role", "active"}});
    const wire::JsonText body = lost_member_body(*status.entry(), "lease expired", {});
    const json::object wrapper = json::parse(body.text()).as_object();
    const json::object payload = payload_of(body);
    CHECK(wrapper.at("event_type") == "compute.instance.update");
    CHECK(payload.at("display_name") == "vm1");
    CHECK(payload.at("state") == "error");
    CHECK(payload.at("old_state") == "active");
    CHECK(payload.at("metadata").as_object() ==
          json::object{{"role", "active"}, {"cause", "host_lost"}, {"reason", "lease expired"}});
    CHECK(lost_member_body(std::get<wire::JsonText>(wire::JsonText::parse("[1]")), "x", {}).text() == "[1]");
}
