// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The JSON; the metrics are in group_metrics.cpp.
#include "guest-client/group_document.hpp"

#include <boost/json.hpp>

#include "guest-client/nonzero_counts.hpp"

namespace vnf::guest {
namespace {

namespace json = boost::json;

json::array clients(const GroupBroker& broker) {
    json::array all;
    for (const auto& [key, client] : broker.clients()) {
        all.push_back(json::object{{"key", key},
                                   {"name", client.name},
                                   {"pid", client.peer.pid},
                                   {"uid", client.peer.uid},
                                   {"greeted", client.greeted},
                                   {"sends", client.sends},
                                   {"queries", client.queries},
                                   {"waiting_for_host", broker.waiting_for_host(key)},
                                   {"waiting_for_client", client.outbox.size()},
                                   {"missed", client.outbox.dropped()}});
    }
    return all;
}

json::object service(const ServiceCounters& counters, std::size_t queued) {
    return {{"said", counters.said},     {"delivered", counters.delivered}, {"queued", queued},
            {"absent", counters.absent}, {"overflow", counters.overflow},   {"too_long", counters.too_long},
            {"failed", counters.failed}};
}

json::object services(const ServiceSocket& socket) {
    json::object by_name;
    for (const auto& [name, counters] : socket.services()) {
        by_name[name] = service(counters, socket.queued(name));
    }
    return {{"address", socket.name()},
            {"bound", socket.bound()},
            {"problem", socket.problem()},
            {"known", std::move(by_name)},
            {"others", service(socket.others(), 0)},
            {"refused", nonzero_counts<ServiceRefusal>(socket.refused())},
            {"malformed", nonzero_counts<wire::ParseReason>(socket.malformed())}};
}

json::object counters(const GroupCounters& counters) {
    return {{"broadcasts", counters.broadcasts},
            {"notifications", counters.notifications},
            {"entries", counters.entries},
            {"answers", counters.answers},
            {"nacks", counters.nacks},
            {"gaps", counters.gaps},
            {"late_answers", counters.late_answers},
            {"unknown_sequences", counters.unknown_sequences},
            {"sends", counters.sends},
            {"queries", counters.queries},
            {"refused_messages", counters.refused_messages},
            {"unexpected_records", counters.unexpected_records},
            {"refused_clients", counters.refused_clients},
            {"silent_clients", counters.silent_clients},
            {"missed", counters.missed},
            {"unsent", counters.unsent},
            {"unanswered", counters.unanswered},
            {"old_client_dropped", counters.old_client_dropped},
            {"departed_dropped", counters.departed_dropped},
            {"rejected", nonzero_counts<wire::ParseReason>(counters.rejected)}};
}

json::object channel(const Messaging& messaging) {
    const runtime::Port* port = messaging.port();
    const Messaging::Counters& counted = messaging.counters();
    json::object object{{"port", port != nullptr ? port->describe() : "none"},
                        {"to_services", counted.to_services},
                        {"to_group", counted.to_group},
                        {"foreign_source", counted.foreign_source},
                        {"from_group", counted.from_group},
                        {"from_services", counted.from_services},
                        {"for_scale_agent", counted.for_scale_agent},
                        {"rejected", nonzero_counts<wire::ParseReason>(counted.rejected_lines)}};
    if (port != nullptr) {
        const runtime::PortCounters& bytes = port->counters();
        object["queued_bytes"] = port->queued();
        object["ups"] = bytes.ups;
        object["downs"] = bytes.downs;
        object["bytes_in"] = bytes.bytes_in;
        object["bytes_out"] = bytes.bytes_out;
    }
    return object;
}

}  // namespace

json::object group_object(const Messaging* messaging) {
    if (messaging == nullptr) {
        return {{"state", "off"}};
    }
    const GroupBroker& broker = messaging->broker();
    const runtime::LocalServerCounters socket = messaging->group_server().socket_counters();
    return {{"state", broker.link_is_up() ? "up" : "down"},
            {"reason", broker.link_reason()},
            {"channel", channel(*messaging)},
            {"listening", messaging->group_server().listening()},
            {"clients", clients(broker)},
            {"queries", {{"waiting", broker.queries().waiting()}, {"at_host", broker.queries().at_host()}}},
            {"services", services(messaging->services())},
            {"accepted", socket.accepted},
            {"refused_credentials", socket.refused_credentials},
            {"rejected_records", nonzero_counts<wire::ParseReason>(messaging->group_server().rejected())},
            {"counters", counters(broker.counters())}};
}

}  // namespace vnf::guest
