// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The JSON. `host` says what guest-scale-restore may count on: "asked" means that an answer is under way.
#include "guest-client/scale_document.hpp"

#include <boost/json.hpp>
#include <cmath>

namespace vnf::guest {
namespace {

namespace json = boost::json;

std::string_view host_word(const HostSession& session) {
    if (session.asking()) {
        return session.channel_is_up() ? "asked" : "absent";
    }
    if (session.state() != SessionState::Enabled) {
        return "absent";
    }
    return session.capabilities().has(wire::Capability::Scale) ? "scales" : "without";
}

json::value offline_cpus(const HostSession& session) {
    if (!session.offline_cpus()) {
        return nullptr;
    }
    json::array cpus;
    for (const wire::Cpu cpu : *session.offline_cpus()) {
        cpus.push_back(cpu.number());
    }
    return cpus;
}

}  // namespace

std::string scale_document(const GuestClient& client) {
    const HostSession& session = client.session();
    const auto& messaging = client.messaging();
    const bool has_port = messaging && messaging->port() != nullptr;
    return json::serialize(
        json::object{{"channel", !has_port                 ? "off"
                                 : messaging->port()->up() ? "up"
                                                           : "down"},
                     {"agent", has_port && ServiceSocket::is_there(std::string(wire::scale_address))},
                     {"offered", session.settings().offered.has(wire::Capability::Scale)},
                     {"host", host_word(session)},
                     {"offline_cpus", offline_cpus(session)},
                     {"takes_metrics", session.capabilities().has(wire::Capability::Metrics)}});
}

std::variant<wire::MetricValues, std::string> metrics_of(std::string_view body) {
    boost::system::error_code bad;
    const json::value document = json::parse(body, bad);
    if (bad || !document.is_object() || document.get_object().empty()) {
        return R"(the body must be {"name": number, ...})";
    }
    wire::MetricValues values;
    for (const auto& [key, value] : document.get_object()) {
        const auto name = wire::MetricName::of({key.data(), key.size()});
        if (!name) {
            return "a name must match [a-zA-Z_:][a-zA-Z0-9_:]{0,63}";
        }
        const double number = value.is_number() ? value.to_number<double>(bad) : std::nan("");
        if (const auto refusal = values.set(*name, bad ? std::nan("") : number)) {
            return name->text() + ": " + std::string(to_string(*refusal));
        }
    }
    return values;
}

}  // namespace vnf::guest
