// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Counters of the messaging channel, by one table each.
#include <string_view>

#include "guest-client/group_document.hpp"

namespace vnf::guest {
namespace {

using Writer = runtime::MetricsWriter;
void services(Writer& out, const ServiceSocket& socket) {
    out.counters_of<ServiceRefusal>("vnf_guest_service_refused_total",
                                    "Messages of local services that were not taken", "reason",
                                    socket.refused());
    out.counters_of<wire::ParseReason>("vnf_guest_service_malformed_total", "Of those, the malformed",
                                       "reason", socket.malformed());
    const auto one = [&out](std::string_view name, const ServiceCounters& c) {
        const runtime::MetricCounts samples{{"said", c.said},         {"delivered", c.delivered},
                                            {"absent", c.absent},     {"overflow", c.overflow},
                                            {"too_long", c.too_long}, {"failed", c.failed}};
        for (const auto& [what, count] : samples) {
            out.counter("vnf_guest_service_messages_total", "Messages from and to local services",
                        {{"service", name}, {"what", what}}, count);
        }
    };
    for (const auto& [name, counted] : socket.services()) {
        one(name, counted);
    }
    one("others", socket.others());
}

void group(Writer& out, const GroupBroker& broker) {
    const GroupCounters& c = broker.counters();
    out.gauge("vnf_guest_group_link_up", "1 while the host is on the messaging channel", {},
              broker.link_is_up() ? 1 : 0);
    out.gauge("vnf_guest_group_clients", "Handle clients", {}, static_cast<double>(broker.clients().size()));
    out.counters("vnf_guest_group_heard_total", "What the host said to the server group", "what",
                 {{"broadcast", c.broadcasts},
                  {"notification", c.notifications},
                  {"entry", c.entries},
                  {"answer", c.answers},
                  {"nack", c.nacks},
                  {"gap", c.gaps},
                  {"late_answer", c.late_answers},
                  {"unknown_sequence", c.unknown_sequences}});
    out.counters("vnf_guest_group_said_total", "What clients said", "what",
                 {{"broadcast", c.sends},
                  {"query", c.queries},
                  {"refused_message", c.refused_messages},
                  {"unexpected_record", c.unexpected_records},
                  {"refused_client", c.refused_clients},
                  {"silent_client", c.silent_clients}});
    out.counters("vnf_guest_group_lost_total", "What did not arrive", "what",
                 {{"missed", c.missed},
                  {"unsent", c.unsent},
                  {"unanswered", c.unanswered},
                  {"old_client_dropped", c.old_client_dropped},
                  {"departed_dropped", c.departed_dropped}});
    out.counters_of<wire::ParseReason>("vnf_guest_group_rejected_total",
                                       "Group messages of the host that were refused", "reason", c.rejected);
}

}  // namespace

void group_metrics(Writer& out, const Messaging& messaging) {
    const Messaging::Counters& c = messaging.counters();
    out.counters("vnf_guest_messaging_total", "Messages of the messaging channel", "what",
                 {{"to_services", c.to_services},
                  {"to_group", c.to_group},
                  {"foreign_source", c.foreign_source},
                  {"announcements", c.announcements},
                  {"from_group", c.from_group},
                  {"from_services", c.from_services},
                  {"for_scale_agent", c.for_scale_agent}});
    out.counters_of<wire::ParseReason>("vnf_guest_messaging_lines_rejected_total",
                                       "Messages of the host that were refused", "reason", c.rejected_lines);
    services(out, messaging.services());
    group(out, messaging.broker());
    out.counters_of<wire::ParseReason>("vnf_guest_group_records_rejected_total",
                                       "Records of group clients that were refused", "reason",
                                       messaging.group_server().rejected());
}

}  // namespace vnf::guest
