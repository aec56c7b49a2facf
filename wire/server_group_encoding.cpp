// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How each server-group message is written. Reading is in server_group_message.cpp.
#include <algorithm>
#include <cassert>

#include "wire/json_writer.hpp"
#include "wire/messaging_envelope.hpp"
#include "wire/server_group_message.hpp"
#include "wire/text.hpp"

namespace vnf::wire {
namespace {

/// What is around the texts and bodies of the longest message.
constexpr std::size_t usual_overhead = 128;

JsonWriter message(std::string_view msg_type, std::size_t content = 0) {
    JsonWriter out(content + usual_overhead);
    out.number("version", messaging_version).text("msg_type", msg_type);
    return out;
}

// The keys of each message in the old peers' order.

JsonText write(const StatusQuery& query) {
    auto out = message("status_query");
    out.number("seq", query.seq);
    if (query.understands_gap) {
        out.truth("gap");
    }
    return out.finish_value();
}
JsonText write(const Broadcast& broadcast) {
    const auto& text = broadcast.text.text();
    return message("broadcast", text.size()).text("data", text).finish_value();
}
JsonText write(const StatusResponse& response) {
    const auto& entry = response.entry.value;
    return message("status_response", entry.text().size())
        .number("seq", response.seq)
        .value("data", entry)
        .finish_value();
}
JsonText write(const StatusDone& done) {
    return message("status_response_done").number("seq", done.seq).finish_value();
}
JsonText write(const GroupNotification& notification) {
    const auto& body = notification.body.value;
    return message("notification", body.text().size()).value("data", body).finish_value();
}
JsonText write(const GroupBroadcast& broadcast) {
    assert(is_utf8(broadcast.source_instance) && is_utf8(broadcast.text));
    auto out = message("broadcast", broadcast.source_instance.size() + broadcast.text.size());
    out.text("source_instance", broadcast.source_instance);
    return out.text("data", broadcast.text).finish_value();
}
JsonText write(const GroupNack& nack) {
    auto out = message("nack", nack.log.size());
    out.text("orig_msg_type", clean_utf8(nack.orig_msg_type, nack_type_limit));
    return out.text("log_msg", clean_utf8(nack.log, nack_log_limit)).finish_value();
}
JsonText write(const GroupGap& gap) {
    return message("gap").number("missed", std::max(gap.missed, 0)).finish_value();
}

}  // namespace

JsonText encode(const GroupRequest& request) {
    return std::visit([](const auto& one) { return write(one); }, request);
}

JsonText encode(const GroupEvent& event) {
    return std::visit([](const auto& one) { return write(one); }, event);
}

}  // namespace vnf::wire
