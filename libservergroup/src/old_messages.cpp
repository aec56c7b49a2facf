// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "old_messages.hpp"

#include <utility>

#include "wire/messaging_envelope.hpp"

namespace vnf::libservergroup {
namespace {

std::uint32_t unsigned_of(std::int32_t number) {
    return static_cast<std::uint32_t>(number);
}

struct ToRecord {
    using Record = wire::GroupDaemonRecord;
    Record operator()(wire::StatusResponse& one) const {
        return wire::GroupEntry{unsigned_of(one.seq), one.entry.value.text()};
    }
    Record operator()(wire::StatusDone& one) const { return wire::GroupAnswered{unsigned_of(one.seq)}; }
    Record operator()(wire::GroupNotification& one) const {
        return wire::GroupNotified{one.body.value.text()};
    }
    Record operator()(wire::GroupBroadcast& one) const {
        return wire::GroupHeard{std::move(one.source_instance), std::move(one.text)};
    }
    Record operator()(wire::GroupNack& one) const {
        return wire::GroupRefusal{std::move(one.orig_msg_type), std::move(one.log)};
    }
    Record operator()(wire::GroupGap& one) const { return wire::GroupMissed{unsigned_of(one.missed)}; }
};

}  // namespace

std::string request_datagram(const wire::GroupRequest& request) {
    return wire::encode(wire::ServiceRequest{std::string(wire::server_group_address), wire::encode(request)});
}

std::variant<wire::GroupEvent, std::string> read_datagram(std::string_view datagram) {
    const auto parsed = wire::parse_service_delivery(datagram);
    if (const auto* error = std::get_if<wire::ParseError>(&parsed))
        return "failed to parse msg: " + wire::to_string(*error);
    const auto& delivery = std::get<wire::ServiceDelivery>(parsed);
    if (delivery.source_addr != wire::server_group_address)
        return "got msg from unknown source addr " + delivery.source_addr;
    auto event = wire::parse_group_event(delivery.data);
    if (const auto* error = std::get_if<wire::ParseError>(&event))
        return "failed to parse server group msg: " + wire::to_string(*error);
    return std::move(std::get<wire::GroupEvent>(event));
}

std::optional<std::string> old_datagram(const wire::GroupClientRecord& record) {
    if (const auto* ask = std::get_if<wire::GroupAsk>(&record))
        return request_datagram(wire::StatusQuery{static_cast<std::int32_t>(ask->query), false});
    const auto* send = std::get_if<wire::GroupSend>(&record);
    if (send == nullptr)
        return std::nullopt;
    auto text = wire::BroadcastText::of(send->text);
    return request_datagram(wire::Broadcast{std::get<wire::BroadcastText>(std::move(text))});
}

wire::GroupDaemonRecord as_record(wire::GroupEvent event) {
    return std::visit(ToRecord{}, event);
}

}  // namespace vnf::libservergroup
