// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Counters of the messaging channel, by one table each.
#include <initializer_list>
#include <string_view>
#include <utility>

#include "guest-client/group_document.hpp"

namespace vnf::guest {
namespace {

using Writer = runtime::MetricsWriter;
using Samples = std::initializer_list<std::pair<std::string_view, std::uint64_t>>;

void counters(Writer& out, std::string_view name, std::string_view help, std::string_view label,
              Samples samples) {
    for (const auto& [value, count] : samples) {
        out.counter(name, help, {{label, value}}, count);
    }
}

void rejected(Writer& out, std::string_view name, std::string_view help,
              const std::array<std::uint64_t, wire::parse_reason_count>& counts) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
        out.counter(name, help, {{"reason", word(static_cast<wire::ParseReason>(i))}}, counts.at(i));
    }
}

void services(Writer& out, const ServiceSocket& socket) {
    for (std::size_t i = 0; i < service_refusal_count; ++i) {
        out.counter("vnf_guest_service_refused_total", "Messages of local services that were not taken",
                    {{"reason", word(static_cast<ServiceRefusal>(i))}}, socket.refused().at(i));
    }
    rejected(out, "vnf_guest_service_malformed_total", "Of those, the malformed", socket.malformed());
    const auto one = [&out](std::string_view name, const ServiceCounters& c) {
        const Samples samples{{"said", c.said},         {"delivered", c.delivered}, {"absent", c.absent},
                              {"overflow", c.overflow}, {"too_long", c.too_long},   {"failed", c.failed}};
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
    counters(out, "vnf_guest_group_heard_total", "What the host said to the server group", "what",
             {{"broadcast", c.broadcasts},
              {"notification", c.notifications},
              {"entry", c.entries},
              {"answer", c.answers},
              {"nack", c.nacks},
              {"gap", c.gaps},
              {"late_answer", c.late_answers},
              {"unknown_sequence", c.unknown_sequences}});
    counters(out, "vnf_guest_group_said_total", "What clients said", "what",
             {{"broadcast", c.sends},
              {"query", c.queries},
              {"refused_message", c.refused_messages},
              {"unexpected_record", c.unexpected_records},
              {"refused_client", c.refused_clients},
              {"silent_client", c.silent_clients}});
    counters(out, "vnf_guest_group_lost_total", "What did not arrive", "what",
             {{"missed", c.missed},
              {"unsent", c.unsent},
              {"unanswered", c.unanswered},
              {"old_client_dropped", c.old_client_dropped},
              {"departed_dropped", c.departed_dropped}});
    rejected(out, "vnf_guest_group_rejected_total", "Group messages of the host that were refused",
             c.rejected);
}

}  // namespace

void group_metrics(Writer& out, const Messaging& messaging) {
    const Messaging::Counters& c = messaging.counters();
    counters(out, "vnf_guest_messaging_total", "Messages of the messaging channel", "what",
             {{"to_services", c.to_services},
              {"to_group", c.to_group},
              {"foreign_source", c.foreign_source},
              {"announcements", c.announcements},
              {"from_group", c.from_group},
              {"from_services", c.from_services},
              {"for_scale_agent", c.for_scale_agent}});
    rejected(out, "vnf_guest_messaging_lines_rejected_total", "Messages of the host that were refused",
             c.rejected_lines);
    services(out, messaging.services());
    group(out, messaging.broker());
    rejected(out, "vnf_guest_group_records_rejected_total", "Records of group clients that were refused",
             messaging.group_server().rejected());
}

}  // namespace vnf::guest
