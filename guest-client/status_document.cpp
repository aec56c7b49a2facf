// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// JSON only; the metrics are in metrics_document.cpp.
#include "guest-client/status_document.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>

#include "guest-client/group_document.hpp"
#include "guest-client/nonzero_counts.hpp"
#include "guest-client/version.hpp"

namespace vnf::guest {
namespace {

namespace json = boost::json;
using runtime::Clock;
using runtime::Milliseconds;
using runtime::TimePoint;

std::int64_t milliseconds_since(TimePoint then) {
    return std::chrono::duration_cast<Milliseconds>(Clock::now() - then).count();
}

json::array capability_words(wire::Capabilities capabilities) {
    json::array words;
    for (const wire::Capability one : wire::all_capabilities) {
        if (capabilities.has(one)) {
            words.emplace_back(word(one));
        }
    }
    return words;
}

json::object session_counters(const SessionCounters& counters) {
    return {{"inits", counters.inits},
            {"acks", counters.acks},
            {"stale_acks", counters.stale_acks},
            {"challenges", counters.challenges},
            {"ignored_challenges", counters.ignored_challenges},
            {"responses", counters.responses},
            {"pushes", counters.pushes},
            {"watchdog_expiries", counters.watchdog_expiries},
            {"suspicions_confirmed", counters.suspicions_confirmed},
            {"actions", counters.actions},
            {"actions_while_away", counters.actions_while_away},
            {"duplicate_actions", counters.duplicate_actions},
            {"superseded_actions", counters.superseded_actions},
            {"aborted_actions", counters.aborted_actions},
            {"unknown_actions", counters.unknown_actions},
            {"cancelled_actions", counters.cancelled_actions},
            {"nacks", counters.nacks},
            {"unexpected", counters.unexpected},
            {"answers_dropped", counters.answers_dropped}};
}

json::object port_counters(const runtime::PortCounters& counters) {
    return {{"ups", counters.ups},
            {"downs", counters.downs},
            {"bytes_in", counters.bytes_in},
            {"bytes_out", counters.bytes_out},
            {"dropped_full", counters.dropped_full},
            {"dropped_down", counters.dropped_down},
            {"stale_bytes", counters.stale_bytes}};
}

json::object link(const GuestClient& client) {
    const HostSession& session = client.session();
    json::object object{{"state", word(session.state())},
                        {"port", client.port().describe()},
                        {"up", session.channel_is_up()},
                        {"host", session.state() != SessionState::Enabled ? "none"
                                 : session.old_host()                     ? "old"
                                                                          : "ours"},
                        {"capabilities", capability_words(session.capabilities())},
                        {"interval_ms", session.interval_in_force().count()},
                        {"queued_bytes", client.port().queued()},
                        {"rejected", nonzero_counts<wire::ParseReason>(client.rejected_lines())},
                        {"session", session_counters(session.counters())},
                        {"channel", port_counters(client.port().counters())}};
    object["last_challenge_ms_ago"] = nullptr;
    if (const auto last = session.last_challenge()) {
        object["last_challenge_ms_ago"] = milliseconds_since(*last);
    }
    return object;
}

json::object health(const GuestClient& client) {
    const Verdict& verdict = client.health().verdict();
    json::array ailments;
    for (const auto& [source, entry] : client.health().ailments()) {
        ailments.push_back(json::object{{"cause", word(entry.ailment.cause)},
                                        {"application", entry.ailment.application},
                                        {"action", word(entry.ailment.action)},
                                        {"reason", entry.ailment.reason},
                                        {"for_ms", milliseconds_since(entry.since)}});
    }
    const Scripts& scripts = client.scripts();
    const ScriptCounters& counters = scripts.counters();
    return {{"health", word(verdict.health)},
            {"action", word(verdict.action)},
            {"cause", word(verdict.cause)},
            {"application", verdict.application},
            {"reason", verdict.log},
            {"ailments", std::move(ailments)},
            {"script", json::object{{"path", client.settings().health_script.path},
                                    {"last", word(scripts.last_health().finding)},
                                    {"text", scripts.last_health().text},
                                    {"runs", counters.health_runs},
                                    {"unhealthy", counters.health_unhealthy},
                                    {"hung", counters.health_hung},
                                    {"not_run", counters.health_not_run}}}};
}

std::string_view health_word(const GuestClient& client, const Application& app) {
    if (!app.registered()) {
        return "none";
    }
    if (app.timed_out()) {
        return "timeout";
    }
    return client.health().ails({HealthSource::Kind::Application, app.key()}) ? "unhealthy" : "healthy";
}

json::object application(const GuestClient& client, const Application& app) {
    const Registration& registration = app.registration();
    return {{"key", app.key()},
            {"name", registration.name},
            {"state", word(app.phase())},
            {"health", health_word(client, app)},
            {"version", static_cast<int>(app.version())},
            {"pid", app.peer().pid},
            {"uid", app.peer().uid},
            {"interval_ms", registration.interval.count()},
            {"corrective_action", word(registration.corrective_action)},
            {"silent_close", registration.failed_when_closed ? "failed" : "healthy"},
            {"last_answer_ms_ago",
             app.registered() ? json::value(milliseconds_since(app.last_answer())) : nullptr}};
}

json::object application_counters(const GuestClient& client) {
    const ApplicationCounters& counters = client.applications().counters();
    json::object departures;
    for (std::size_t i = 0; i < counters.departures.size(); ++i) {
        departures[word(static_cast<Departure>(i))] = counters.departures.at(i);
    }
    const runtime::LocalServerCounters& socket = client.application_server().socket_counters();
    return {{"accepted", socket.accepted},
            {"refused_credentials", socket.refused_credentials},
            {"refused_limit", counters.refused_limit},
            {"registrations", counters.registrations},
            {"refused_registrations", counters.refused_registrations},
            {"challenges", counters.challenges},
            {"answers", counters.answers},
            {"wrong_answers", counters.wrong_answers},
            {"timeouts", counters.timeouts},
            {"health_reports", counters.health_reports},
            {"deaths", counters.deaths},
            {"unexpected_records", counters.unexpected_records},
            {"rejected", nonzero_counts<wire::ParseReason>(client.application_server().rejected())},
            {"departures", std::move(departures)}};
}

json::object applications(const GuestClient& client) {
    json::array all;
    for (const Application* app : client.applications().all()) {
        all.push_back(application(client, *app));
    }
    json::array dead;
    for (const auto& [number, one] : client.applications().dead()) {
        dead.push_back(json::object{{"name", one.name}, {"uid", one.uid}});
    }
    return {{"applications", std::move(all)},
            {"dead", std::move(dead)},
            {"counters", application_counters(client)}};
}

json::value last_action(const GuestClient& client) {
    const auto& last = client.actions().last();
    if (!last) {
        return nullptr;
    }
    json::array statements;
    for (const Statement& one : last->decision.statements) {
        statements.push_back(
            json::object{{"who", one.who}, {"voice", word(one.voice)}, {"reason", one.reason}});
    }
    return json::object{{"event", word(last->event)},
                        {"notification", word(last->notification)},
                        {"origin", last->origin},
                        {"result", word(last->decision.result)},
                        {"reason", last->decision.log},
                        {"took_ms", last->took.count()},
                        {"statements", std::move(statements)}};
}

json::value running_action(const GuestClient& client) {
    const Action* action = client.actions().action();
    if (action == nullptr) {
        return nullptr;
    }
    return json::object{{"event", word(action->spec().event)},
                        {"notification", word(action->spec().notification)},
                        {"origin", action->spec().origin},
                        {"waiting_for", action->waiting()},
                        {"remaining_ms", -milliseconds_since(action->deadline())}};
}

}  // namespace

std::string link_document(const GuestClient& client) {
    return json::serialize(link(client));
}
std::string group_document(const GuestClient& client) {
    return json::serialize(group_object(client.messaging().get()));
}
std::string health_document(const GuestClient& client) {
    return json::serialize(health(client));
}
std::string applications_document(const GuestClient& client) {
    return json::serialize(applications(client));
}

std::string status_document(const GuestClient& client) {
    return json::serialize(json::object{{"name", client.settings().session.name},
                                        {"version", program_version},
                                        {"pid", ::getpid()},
                                        {"uptime_ms", milliseconds_since(client.started())},
                                        {"settings", client.settings().source},
                                        {"state", word(client.session().state())},
                                        {"link", link(client)},
                                        {"health", health(client)},
                                        {"applications", applications(client)},
                                        {"group", group_object(client.messaging().get())},
                                        {"action", running_action(client)},
                                        {"last_action", last_action(client)},
                                        {"timer_wakeups", client.timer_wakeups()},
                                        {"stalls", client.stalls().gaps()}});
}

}  // namespace vnf::guest
