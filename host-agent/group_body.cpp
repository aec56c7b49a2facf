// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_body.hpp.
#include "host-agent/group_body.hpp"

#include <array>
#include <boost/json.hpp>
#include <limits>

#include "host-agent/old_json.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 4> emptied_in_order{"image_meta", "metadata", "bandwidth",
                                                           "fixed_ips"};

const wire::JsonText& empty_object() {
    static const wire::JsonText text = std::get<wire::JsonText>(wire::JsonText::parse("{}"));
    return text;
}

std::size_t body_limit(const wire::GroupEvent& with_empty_body) {
    const std::size_t empty = empty_object().text().size();
    return wire::old_datagram_limit - (old_datagram_size(wire::encode(with_empty_body)) - empty);
}

/// What is emptied is here, in a notification of the usual form.
json::object* payload_of(json::value& body) {
    json::object* object = body.if_object();
    json::value* payload = object != nullptr ? object->if_contains("payload") : nullptr;
    return payload != nullptr && payload->is_object() ? &payload->get_object() : object;
}

bool empty_one(json::object& payload, std::string_view key) {
    json::value* value = payload.if_contains(key);
    if (value != nullptr && value->is_object()) {
        value->emplace_object();
    } else if (value != nullptr && value->is_array()) {
        value->emplace_array();
    } else {
        return false;
    }
    return true;
}

}  // namespace

std::size_t old_datagram_size(const wire::JsonText& data) {
    // An old guest's agent writes the object anew, and its library escapes every slash.
    std::size_t bare_slashes = 0;
    char before = 0;
    for (const char c : data.text()) {
        bare_slashes += c == '/' && before != '\\' ? 1 : 0;
        before = c;
    }
    static const std::size_t envelope =
        wire::encode(wire::ServiceDelivery{std::string(wire::server_group_address), empty_object()}).size() -
        empty_object().text().size();
    return envelope + data.text().size() + bare_slashes;
}

std::size_t status_body_limit() {
    static const std::size_t limit =
        body_limit(wire::StatusResponse{std::numeric_limits<std::int32_t>::min(), {empty_object()}});
    return limit;
}

std::size_t notification_body_limit() {
    static const std::size_t limit = body_limit(wire::GroupNotification{{empty_object()}});
    return limit;
}

std::optional<wire::JsonText> fitting(const wire::JsonText& body, std::size_t limit) {
    if (body.text().size() <= limit) {
        return body;
    }
    boost::system::error_code error;
    json::value value = json::parse(body.text(), error);
    json::object* payload = error ? nullptr : payload_of(value);
    for (const std::string_view key : emptied_in_order) {
        if (payload == nullptr || !empty_one(*payload, key)) {
            continue;
        }
        std::string text;
        append_old_json(text, value);
        if (text.size() <= limit) {
            return std::get<wire::JsonText>(wire::JsonText::parse(text));
        }
    }
    return std::nullopt;
}

}  // namespace vnf::host
