// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Counters and gauges of every part, by one table each.
#include "guest-client/group_document.hpp"
#include "guest-client/status_document.hpp"

namespace vnf::guest {
namespace {

using Writer = runtime::MetricsWriter;

void session(Writer& out, const GuestClient& client) {
    const HostSession& session = client.session();
    const SessionCounters& c = session.counters();
    out.gauge("vnf_guest_enabled", "1 while the host has acknowledged this guest", {},
              session.state() == SessionState::Enabled ? 1 : 0);
    out.gauge("vnf_guest_host_is_old", "1 while the host has named no capability", {},
              session.old_host() ? 1 : 0);
    out.counters("vnf_guest_session_events_total", "What happened on the host channel", "event",
                 {{"init", c.inits},
                  {"init_ack", c.acks},
                  {"stale_ack", c.stale_acks},
                  {"challenge", c.challenges},
                  {"ignored_challenge", c.ignored_challenges},
                  {"response", c.responses},
                  {"health_push", c.pushes},
                  {"metrics", c.metrics},
                  {"watchdog", c.watchdog_expiries},
                  {"silent_reconnect", c.suspicions_confirmed},
                  {"nack", c.nacks},
                  {"unexpected", c.unexpected}});
    out.counters("vnf_guest_actions_total", "Votes and notifications of the host", "kind",
                 {{"asked", c.actions},
                  {"while_away", c.actions_while_away},
                  {"duplicate", c.duplicate_actions},
                  {"superseded", c.superseded_actions},
                  {"aborted", c.aborted_actions},
                  {"unknown", c.unknown_actions},
                  {"cancelled", c.cancelled_actions}});
}

void channel(Writer& out, const GuestClient& client) {
    const runtime::PortCounters& c = client.port().counters();
    out.counters_of<wire::ParseReason>("vnf_guest_host_lines_rejected_total",
                                       "Messages of the host that were refused", "reason",
                                       client.rejected_lines());
    out.counters("vnf_guest_channel_total", "The port", "what",
                 {{"up", c.ups},
                  {"down", c.downs},
                  {"bytes_in", c.bytes_in},
                  {"bytes_out", c.bytes_out},
                  {"messages_dropped_full", c.dropped_full},
                  {"messages_dropped_down", c.dropped_down},
                  {"stale_bytes", c.stale_bytes}});
}

void actions(Writer& out, const GuestClient& client) {
    const ActionCounters& c = client.actions().counters();
    out.counters_of<wire::VoteResult>("vnf_guest_action_results_total", "Decided actions", "result",
                                      c.results);
    out.counter("vnf_guest_action_stray_answers_total", "Answers to nothing that was asked", {},
                c.stray_answers);
    out.counters("vnf_guest_action_extensions_total", "Extensions asked for by applications", "result",
                 {{"granted", c.extensions_granted}, {"refused", c.extensions_refused}});
    out.histogram("vnf_guest_action_seconds", "From the host's request to the decision", {}, c.latency);
}

void applications(Writer& out, const GuestClient& client) {
    const ApplicationTable& table = client.applications();
    const ApplicationCounters& c = table.counters();
    out.gauge("vnf_guest_applications", "Connections", {}, static_cast<double>(table.size()));
    out.gauge("vnf_guest_dead_applications", "Deaths not made good", {},
              static_cast<double>(table.dead().size()));
    out.counters("vnf_guest_application_events_total", "What applications did", "event",
                 {{"registered", c.registrations},
                  {"refused", c.refused_registrations},
                  {"over_limit", c.refused_limit},
                  {"not_allowed", client.application_server().socket_counters().refused_credentials},
                  {"challenge", c.challenges},
                  {"answer", c.answers},
                  {"wrong_answer", c.wrong_answers},
                  {"timeout", c.timeouts},
                  {"health_report", c.health_reports},
                  {"death", c.deaths},
                  {"unexpected_record", c.unexpected_records}});
    out.counters_of<Departure>("vnf_guest_application_departures_total", "Ended connections", "how",
                               c.departures);
    out.counters_of<wire::ParseReason>("vnf_guest_application_records_rejected_total",
                                       "Records of applications that were refused", "reason",
                                       client.application_server().rejected());
}

void health(Writer& out, const GuestClient& client) {
    const ScriptCounters& c = client.scripts().counters();
    const bool healthy = client.health().verdict().health == wire::Health::Healthy;
    out.gauge("vnf_guest_healthy", "1 while nothing ails", {}, healthy ? 1 : 0);
    out.counters("vnf_guest_scripts_total", "Runs of scripts and their ends", "what",
                 {{"health_run", c.health_runs},
                  {"health_unhealthy", c.health_unhealthy},
                  {"health_hung", c.health_hung},
                  {"health_not_run", c.health_not_run},
                  {"event_run", c.event_runs},
                  {"event_error", c.event_errors}});
}

}  // namespace

std::string metrics_document(const GuestClient& client) {
    Writer out;
    session(out, client);
    channel(out, client);
    actions(out, client);
    applications(out, client);
    health(out, client);
    if (client.messaging()) {
        group_metrics(out, *client.messaging());
    }
    out.counter("vnf_guest_timer_wakeups_total", "Wake-ups by our own deadlines", {}, client.timer_wakeups());
    out.counter("vnf_guest_stalls_total", "Times this process was not scheduled", {}, client.stalls().gaps());
    return out.take();
}

}  // namespace vnf::guest
