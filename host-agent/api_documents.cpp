// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See api_documents.hpp; requests are read in api_requests.cpp.
#include "host-agent/api_documents.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "host-agent/group_documents.hpp"
#include "host-agent/version.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

std::int64_t milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration_cast<runtime::Milliseconds>(time).count();
}

std::int64_t age_ms(TimePoint since) {
    return milliseconds(runtime::Clock::now() - since);
}

std::string_view enabled_word(bool enabled) {
    return enabled ? "enabled" : "disabled";
}

std::string line(const json::value& value) {
    return json::serialize(value) + '\n';
}

json::object summary(const GuestSession& session) {
    const HeartbeatMonitor& monitor = session.channel().monitor();
    return {{"id", session.spec().id},
            {"name", monitor.parameters().name},
            {"state", word(monitor.state())},
            {"health", word(monitor.health())},
            {"reporting", enabled_word(session.reporting())},
            {"interval_ms", monitor.parameters().interval.count()},
            {"in_state_ms", age_ms(session.state_since())},
            {"origin", word(session.spec().origin)}};
}

json::array capability_words(wire::Capabilities capabilities) {
    json::array words;
    for (const auto one : wire::all_capabilities) {
        if (capabilities.has(one)) {
            words.emplace_back(wire::word(one));
        }
    }
    return words;
}

json::object declared(const GuestParameters& guest) {
    return {{"interval_ms", guest.interval.count()},
            {"vote_ms", guest.vote.count() * 1000},
            {"shutdown_notice_ms", guest.shutdown_notice.count() * 1000},
            {"suspend_notice_ms", guest.suspend_notice.count() * 1000},
            {"resume_notice_ms", guest.resume_notice.count() * 1000},
            {"restart_ms", guest.restart.count() * 1000},
            {"corrective_action", word(guest.corrective_action)},
            {"capabilities", capability_words(guest.capabilities)}};
}

json::object counters(const GuestChannel& channel) {
    const MonitorCounters& count = channel.monitor().counters();
    return {{"inits", count.inits},
            {"challenges", count.challenges},
            {"answers", count.answers},
            {"late_answers", count.late_answers},
            {"missed", count.missed},
            {"losses", count.losses},
            {"losses_deferred", count.losses_deferred},
            {"stalls_excused", count.stalls_excused},
            {"messages", channel.messages()},
            {"messages_rejected", channel.rejected()},
            {"messages_ignored", channel.ignored()}};
}

json::value open_action(const GuestChannel& channel) {
    if (!channel.action()) {
        return nullptr;
    }
    const ActionTransaction& action = *channel.action();
    const auto left = action.deadline() - runtime::Clock::now();
    return json::object{{"invocation_id", action.invocation_id()},
                        {"event", word(action.request().event)},
                        {"notification", word(action.request().notification)},
                        {"origin", action.request().origin},
                        {"remaining_ms", milliseconds(left)}};
}

json::object states(const HostAgent& agent) {
    std::array<std::int64_t, guest_state_count> count{};
    for (const auto& [id, session] : agent.sessions()) {
        ++count[static_cast<std::size_t>(session->channel().monitor().state())];
    }
    json::object by_state;
    for (std::size_t i = 0; i < guest_state_count; ++i) {
        by_state.emplace(word(static_cast<GuestState>(i)), count[i]);
    }
    return by_state;
}

void add_heartbeat(json::object& document, const GuestSession& session) {
    const GuestChannel& channel = session.channel();
    document.emplace("socket", to_string(session.spec().socket));
    document.emplace("qmp", session.spec().qmp);
    document.emplace("connected", session.connected());
    document.emplace("port", session.port_text());
    document.emplace("health_reason", channel.monitor().health_reason());
    document.emplace("health_application", channel.monitor().health_application());
    document.emplace("declared", declared(channel.monitor().parameters()));
    document.emplace("misses", channel.monitor().misses());
    document.emplace("last_answer_us", channel.monitor().last_answer_took().count() / 1000);
    document.emplace("action", open_action(channel));
    document.emplace("corrective_running", session.runner().running());
    document.emplace("corrective_waiting", session.runner().waiting());
    document.emplace("counters", counters(channel));
}

}  // namespace

std::string status_document(HostAgent& agent) {
    json::array directories;
    for (const auto& discovery : agent.discoveries()) {
        directories.push_back({{"path", discovery->directory()}, {"trouble", discovery->trouble()}});
    }
    return line(
        json::object{{"program", "host-agent"},
                     {"version", program_version},
                     {"uptime_ms", age_ms(agent.started_at())},
                     {"instances", agent.sessions().size()},
                     {"states", states(agent)},
                     {"reporting", enabled_word(agent.context().reporting)},
                     {"actuator", agent.context().actuator->name()},
                     {"directories", std::move(directories)},
                     {"groups", agent.groups().service().engine()},
                     {"journal", {{"first", agent.journal().first()}, {"last", agent.journal().last()}}}});
}

std::string instances_document(const HostAgent& agent) {
    json::array list;
    list.reserve(agent.sessions().size());
    for (const auto& [id, session] : agent.sessions()) {
        list.push_back(summary(*session));
    }
    return line(json::object{{"instances", std::move(list)}});
}

std::string instance_document(const GuestSession* session, const GroupMember* member) {
    json::object document;
    if (session != nullptr) {
        document = summary(*session);
        add_heartbeat(document, *session);
    } else {
        document = {{"id", member->id()}, {"heartbeat", nullptr}};
    }
    document.emplace("server_group", member != nullptr ? member_object(*member) : json::value());
    return line(document);
}

std::string outcome_document(const std::string& id, const ActionOutcome& outcome) {
    json::array reasons(outcome.reasons.begin(), outcome.reasons.end());
    std::string document = json::serialize(json::object{{"id", id},
                                                        {"event", word(outcome.event)},
                                                        {"notification", word(outcome.notification)},
                                                        {"invocation_id", outcome.invocation_id},
                                                        {"result", word(outcome.result)},
                                                        {"allowed", outcome.allowed},
                                                        {"reasons", std::move(reasons)}});
    // Boost.JSON writes every double with an exponent; people read this one.
    const auto latency = static_cast<double>(outcome.latency.count()) / 1000.0;
    document.back() = ',';
    return document + fmt::format("\"latency_ms\":{:.3f}}}\n", latency);
}

std::string removed_document(std::string_view id) {
    return line(json::object{{"removed", id}});
}

std::string reporting_document(bool enabled) {
    return line(json::object{{"reporting", enabled_word(enabled)}});
}

}  // namespace vnf::host
