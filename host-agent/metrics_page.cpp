// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See metrics_page.hpp.
#include "host-agent/metrics_page.hpp"

#include <array>

namespace vnf::host {

namespace {

using runtime::MetricsWriter;

constexpr std::size_t auto_limit = 100;

void write_guests(MetricsWriter& out, const HostAgent& agent) {
    std::array<std::uint64_t, guest_state_count> count{};
    for (const auto& [id, session] : agent.sessions()) {
        ++count[static_cast<std::size_t>(session->channel().monitor().state())];
    }
    for (std::size_t i = 0; i < guest_state_count; ++i) {
        out.gauge("vnf_host_guests", "Guests by state.", {{"state", word(static_cast<GuestState>(i))}},
                  static_cast<double>(count[i]));
    }
}

void write_messages(MetricsWriter& out, const AgentCounters& count) {
    out.counter("vnf_host_messages_received_total", "Lines taken from guests.", {}, count.messages);
    out.counter("vnf_host_messages_sent_total", "Messages to guests.", {}, count.messages_sent);
    out.counter("vnf_host_send_failures_total", "Messages that no guest could take.", {},
                count.send_failures);
    out.counter("vnf_host_bytes_received_total", "Bytes from guests.", {}, count.bytes_received);
    out.counters_of<wire::ParseReason>("vnf_host_rejected_messages_total",
                                       "Lines from guests that are no valid message.", "reason",
                                       count.rejected);
    out.counters_of<IgnoredReason>("vnf_host_ignored_messages_total",
                                   "Valid messages from guests without effect.", "reason", count.ignored);
    out.counter("vnf_host_floods_total", "Connections closed because a guest sent too much.", {},
                count.floods);
    out.counter("vnf_host_nacks_total", "NACKs sent.", {}, count.nacks);
    out.counter("vnf_host_reconnects_total", "Connections closed by us and opened again.", {},
                count.reconnects);
}

void write_heartbeats(MetricsWriter& out, const HostAgent& agent) {
    const MonitorCounters sum = agent.monitor_counters();
    const AgentCounters& count = agent.context().counters;
    out.counter("vnf_host_inits_total", "Sessions begun by guests.", {}, sum.inits);
    out.counter("vnf_host_challenges_total", "Challenges sent.", {}, sum.challenges);
    out.counter("vnf_host_answers_total", "Challenges answered in time.", {}, sum.answers);
    out.counter("vnf_host_late_answers_total", "Challenges answered an interval late.", {}, sum.late_answers);
    out.counter("vnf_host_missed_total", "Challenges not answered within their interval.", {}, sum.missed);
    out.counter("vnf_host_losses_total", "Heartbeat losses.", {}, sum.losses);
    out.counter("vnf_host_losses_deferred_total", "Losses that were none: the machine did not run.", {},
                sum.losses_deferred);
    out.counter("vnf_host_stalls_excused_total", "Misses not counted because this agent was late itself.", {},
                sum.stalls_excused);
    out.counter("vnf_host_gone_total", "Sockets of initialised guests that ended.", {}, count.gone);
    out.histogram("vnf_host_answer_seconds", "Challenge to answer.", {}, count.answer_latency);
}

void write_actions(MetricsWriter& out, const AgentCounters& count) {
    out.counter("vnf_host_votes_total", "Votes asked.", {}, count.votes);
    out.counter("vnf_host_notifications_total", "Notifications sent.", {}, count.notifications);
    out.counter("vnf_host_rejects_total", "Actions that a guest rejected.", {}, count.rejects);
    out.counter("vnf_host_actions_expired_total", "Actions decided by their deadline.", {},
                count.actions_expired);
    out.histogram("vnf_host_action_seconds", "Vote or notification to its outcome.", {},
                  count.action_latency);
    out.counter("vnf_host_corrective_started_total", "Runs of the actuator.", {}, count.corrective_started);
    out.counter("vnf_host_corrective_done_total", "Runs that succeeded.", {}, count.corrective_done);
    out.counter("vnf_host_corrective_failed_total", "Runs that failed.", {}, count.corrective_failed);
    out.counter("vnf_host_corrective_suppressed_total", "Requests that policy refused.", {},
                count.corrective_suppressed);
    out.counter("vnf_host_corrective_dropped_total", "Requests that a recovery made pointless.", {},
                count.corrective_dropped);
    out.histogram("vnf_host_corrective_seconds", "Duration of a run of the actuator.", {},
                  count.corrective_latency);
}

void write_group_traffic(MetricsWriter& out, const GroupCounters& count) {
    out.counter("vnf_host_messaging_messages_total", "Lines taken from messaging ports.", {}, count.messages);
    out.counter("vnf_host_messaging_bytes_total", "Bytes from messaging ports.", {}, count.bytes_received);
    out.counters_of<wire::ParseReason>("vnf_host_messaging_rejected_total",
                                       "Messages of messaging ports that are no valid ones.", "reason",
                                       count.rejected);
    out.counter("vnf_host_messaging_foreign_total", "Messages to an address that guests may not reach.", {},
                count.foreign);
    out.counter("vnf_host_messaging_over_budget_total", "Messages above what a guest may send.", {},
                count.over_budget);
    out.counter("vnf_host_messaging_floods_total", "Messaging ports closed because a guest sent too much.",
                {}, count.floods);
    out.counter("vnf_host_messaging_nacks_total", "Refusals sent.", {}, count.nacks);
    out.counter("vnf_host_group_broadcasts_total", "Broadcasts taken from guests.", {}, count.broadcasts);
    out.counter("vnf_host_group_overload_total",
                "Broadcasts refused: above the rate, or not taken by the groups.", {}, count.overload);
    out.counter("vnf_host_group_status_queries_total", "Status queries.", {}, count.status_queries);
    out.counter("vnf_host_group_status_refused_total", "Status queries that got no answer.", {},
                count.queries_refused);
}

void write_groups(MetricsWriter& out, const HostAgent& agent) {
    const GroupCounters& count = agent.groups().context().counters;
    std::size_t joined = 0, connected = 0;
    for (const auto& [id, member] : agent.groups().members()) {
        joined += !member->group().empty() && member->trouble().empty() ? 1 : 0;
        connected += member->port() != nullptr && member->port()->up() ? 1 : 0;
    }
    out.gauge("vnf_host_group_members", "Guests of this host that are in a server group.", {},
              static_cast<double>(joined));
    out.gauge("vnf_host_messaging_connected", "Messaging ports that are connected.", {},
              static_cast<double>(connected));
    write_group_traffic(out, count);
    out.counter("vnf_host_group_mail_total", "Broadcasts and notifications handed to guests.", {},
                count.mail);
    out.counter("vnf_host_group_entries_total", "Status entries handed to guests.", {}, count.entries);
    out.counter("vnf_host_group_missed_total",
                "Broadcasts and notifications that a guest could not be given.", {}, count.missed);
    out.counter("vnf_host_group_gaps_total", "Messages that told a guest so.", {}, count.gaps);
    out.counter("vnf_host_group_too_long_total", "Messages that no old guest could take.", {},
                count.too_long);
    out.counter("vnf_host_group_events_total", "Events of members told to their groups.", {}, count.events);
    out.counter("vnf_host_group_events_deferred_total", "Events told later, or replaced by a later one.", {},
                count.events_deferred);
    out.counter("vnf_host_group_joins_total", "Memberships begun.", {}, count.joins);
    out.counter("vnf_host_group_leaves_total", "Memberships ended.", {}, count.leaves);
    out.counter("vnf_host_group_refusals_total", "Memberships refused or lost.", {}, count.refusals);
    for (const GroupEngineCount& one : agent.groups().context().service->metrics()) {
        out.counter(one.name, one.help, {}, one.value);
    }
}

void write_scale_results(MetricsWriter& out, std::string_view direction,
                         const std::array<std::uint64_t, scale_result_count>& count) {
    for (std::size_t i = 0; i < count.size(); ++i) {
        out.counter("vnf_host_scale_operations_total", "Scale operations that ended.",
                    {{"direction", direction}, {"result", word(static_cast<ScaleResult>(i))}}, count[i]);
    }
}

void write_scaling(MetricsWriter& out, const HostAgent& agent) {
    const ScaleCounters& count = agent.scaling().counters();
    std::size_t diverged = 0, without_agent = 0;
    for (const std::string& id : agent.scaling().ids()) {
        const GuestScaling& guest = *agent.scaling().find(id);
        diverged += guest.account().diverged() ? 1 : 0;
        without_agent += guest.agent() == false ? 1 : 0;
    }
    out.gauge("vnf_host_scale_guests_diverged", "Guests that have other vCPUs online than the host has it.",
              {}, static_cast<double>(diverged));
    out.gauge("vnf_host_scale_guests_without_agent", "Guests in which no scale agent listens.", {},
              static_cast<double>(without_agent));
    write_scale_results(out, "down", count.down);
    write_scale_results(out, "up", count.up);
    write_scale_results(out, "reconcile", count.reconcile);
    out.counter("vnf_host_scale_refused_total", "Operations that an application refused.", {}, count.refused);
    out.counter("vnf_host_scale_unanswered_total", "Operations without a usable answer of the guest in time.",
                {}, count.no_answer);
    out.counter("vnf_host_scale_late_total", "Answers that nobody waited for.", {}, count.late);
    out.counter("vnf_host_scale_nacks_total", "Answers that could not be used.", {}, count.nacks);
    out.counter("vnf_host_scale_checks_total", "Guests asked what they have online.", {}, count.checks);
    out.counter("vnf_host_scale_divergences_total", "Differences found between guest and host.", {},
                count.diverged);
    out.counter("vnf_host_scale_keep_failures_total", "Accounts that could not be written.", {},
                count.keep_failures);
    out.counter("vnf_host_scale_metrics_total", "Values of guests' metrics taken.", {}, count.metrics);
    out.histogram("vnf_host_scale_seconds", "Scale operation to its end.", {}, count.latency);
}

void write_each_scaled_guest(MetricsWriter& out, const HostAgent& agent) {
    const ScaleService& scaling = agent.scaling();
    for (const std::string& id : scaling.ids()) {
        out.gauge("vnf_host_guest_vcpus", "vCPUs that the host has online for the guest.", {{"instance", id}},
                  static_cast<double>(scaling.find(id)->account().host.count()));
    }
    for (const std::string& id : scaling.ids()) {
        out.gauge("vnf_host_guest_vcpus_diverged", "1 while the guest has others online.", {{"instance", id}},
                  scaling.find(id)->account().diverged() ? 1 : 0);
    }
    for (const std::string& id : scaling.ids()) {
        for (const auto& [name, value] : scaling.find(id)->metric_values()) {
            out.gauge("vnf_host_guest_metric", "What the guest, or an operator, last said of its load.",
                      {{"instance", id}, {"metric", name.text()}}, value);
        }
    }
}

bool shows_guests(const HostAgent& agent) {
    switch (agent.settings().guest_metrics) {
        case GuestMetrics::Auto:
            return agent.sessions().size() <= auto_limit;
        case GuestMetrics::Always:
            return true;
        case GuestMetrics::Never:
            return false;
    }
    return false;
}

void write_each_guest(MetricsWriter& out, const HostAgent& agent) {
    for (const auto& [id, session] : agent.sessions()) {
        const bool up = session->channel().monitor().state() == GuestState::Heartbeating;
        out.gauge("vnf_host_guest_heartbeating", "1 while the guest is heartbeating.", {{"instance", id}},
                  up ? 1 : 0);
    }
    for (const auto& [id, session] : agent.sessions()) {
        const bool unhealthy = session->channel().monitor().health() == GuestHealth::Unhealthy;
        out.gauge("vnf_host_guest_unhealthy", "1 while the guest says that it is unwell.", {{"instance", id}},
                  unhealthy ? 1 : 0);
    }
    for (const auto& [id, session] : agent.sessions()) {
        const auto took = session->channel().monitor().last_answer_took();
        out.gauge("vnf_host_guest_last_answer_seconds", "How long its last answer took.", {{"instance", id}},
                  std::chrono::duration<double>(took).count());
    }
    for (const auto& [id, session] : agent.sessions()) {
        out.counter("vnf_host_guest_losses_total", "Heartbeat losses of the guest.", {{"instance", id}},
                    session->channel().monitor().counters().losses);
    }
}

}  // namespace

std::string metrics_page(const HostAgent& agent) {
    const AgentCounters& count = agent.context().counters;
    MetricsWriter out;
    write_guests(out, agent);
    write_heartbeats(out, agent);
    write_messages(out, count);
    write_actions(out, count);
    write_groups(out, agent);
    write_scaling(out, agent);
    out.counter("vnf_host_sockets_refused_total", "Discovered sockets that were not trusted.", {},
                count.sockets_refused);
    out.counter("vnf_host_journal_suppressed_total", "Events of chatty guests left out of the journal.", {},
                count.journal_suppressed);
    if (shows_guests(agent)) {
        write_each_guest(out, agent);
        write_each_scaled_guest(out, agent);
    }
    return out.take();
}

}  // namespace vnf::host
