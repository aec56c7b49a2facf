// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How each server-group message is read. Writing is in server_group_encoding.cpp.
#include "wire/server_group_message.hpp"

#include <array>

#include "wire/json_reader.hpp"
#include "wire/json_rewrite.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::wire {
namespace {

constexpr std::string_view unknown_type = "unknown";

GroupBody body(JsonReader& in) {
    auto value = in.object_or_text("data");
    GroupBody out{std::move(value)};
    // Only an escape can mean a NUL, and the old library cuts a text at it.
    if (out.value.kind() == JsonText::Kind::String && out.as_old_text().find('\0') != std::string::npos) {
        in.fail(ParseReason::BadText, "data");
    }
    return out;
}

// ---- requests --------------------------------------------------------------------------------------------

ParseReason reason_of(BroadcastRefusal refusal) {
    switch (refusal) {
        case BroadcastRefusal::TooLong:
        case BroadcastRefusal::TooLongEscaped:
            return ParseReason::OutOfRange;
        case BroadcastRefusal::NotText:
            return ParseReason::BadText;
    }
    return ParseReason::BadText;
}

/// What is wrong, for the peer's log.
std::string explanation(const ParseError& error) {
    std::string out(error.field);
    switch (error.reason) {
        case ParseReason::MissingField:
            return out += " is missing";
        case ParseReason::WrongType:
            return out += " has the wrong type";
        case ParseReason::BadVersion:
            return out += " is not 2";
        case ParseReason::NotJson:
            return "the message is no JSON object";
        case ParseReason::OutOfRange:
        case ParseReason::Overlong:
            return out += " is out of range";
        case ParseReason::BadText:
            return out += " has a NUL in it";
        case ParseReason::UnknownWord:
        case ParseReason::UnknownMessage:
        case ParseReason::BadMagic:
            break;
    }
    return to_string(error);
}

using RequestResult = std::variant<GroupRequest, GroupRequestError>;

GroupRequestError refused(std::string msg_type, const ParseError& error) {
    return {std::move(msg_type), explanation(error), error.reason};
}

RequestResult read_query(JsonReader& in) {
    StatusQuery query{in.integer("seq"), in.is_true("gap")};
    if (in.error()) {
        return refused("status_query", *in.error());
    }
    return query;
}

RequestResult read_broadcast(JsonReader& in) {
    const auto text = in.text("data", messaging_line_limit);
    if (in.error()) {
        return refused("broadcast", *in.error());
    }
    auto result = BroadcastText::of(text);
    if (const auto* refusal = std::get_if<BroadcastRefusal>(&result)) {
        return GroupRequestError{"broadcast", "data: " + std::string(to_string(*refusal)),
                                 reason_of(*refusal)};
    }
    return Broadcast{std::get<BroadcastText>(std::move(result))};
}

// ---- events ----------------------------------------------------------------------------------------------

GroupEvent read_status_response(JsonReader& in) {
    const auto seq = in.integer("seq");
    return StatusResponse{seq, body(in)};
}
GroupEvent read_status_done(JsonReader& in) {
    return StatusDone{in.integer("seq")};
}
GroupEvent read_notification(JsonReader& in) {
    return GroupNotification{body(in)};
}
GroupEvent read_group_broadcast(JsonReader& in) {
    auto source = in.text("source_instance", instance_name_limit);
    return GroupBroadcast{std::move(source), in.text("data", messaging_line_limit)};
}
GroupEvent read_nack(JsonReader& in) {
    return GroupNack{in.clean_text("orig_msg_type", nack_type_limit, unknown_type),
                     in.clean_text("log_msg", nack_log_limit, {})};
}
GroupEvent read_gap(JsonReader& in) {
    return GroupGap{in.integer("missed", 0)};
}

struct EventReader {
    std::string_view msg_type;
    GroupEvent (*read)(JsonReader& in);
};
constexpr std::array<EventReader, 6> event_readers{{{"status_response", read_status_response},
                                                    {"status_response_done", read_status_done},
                                                    {"notification", read_notification},
                                                    {"broadcast", read_group_broadcast},
                                                    {"nack", read_nack},
                                                    {"gap", read_gap}}};

GroupEvent read_event(JsonReader& in, std::string_view msg_type) {
    for (const auto& reader : event_readers) {
        if (reader.msg_type == msg_type) {
            return reader.read(in);
        }
    }
    in.fail(ParseReason::UnknownMessage, "msg_type");
    return GroupGap{};
}

}  // namespace

std::string GroupBody::as_old_text() const {
    if (value.kind() != JsonText::Kind::String) {
        return spaced(value);
    }
    std::string out;
    append_unescaped(out, value.text());
    return out;
}

std::optional<JsonText> GroupBody::object() const {
    if (value.kind() == JsonText::Kind::Object) {
        return value;
    }
    auto parsed = JsonText::parse(as_old_text());
    auto* const held = std::get_if<JsonText>(&parsed);
    if (held == nullptr || held->kind() != JsonText::Kind::Object) {
        return std::nullopt;
    }
    return std::move(*held);
}

std::variant<GroupRequest, GroupRequestError> parse_group_request(const JsonText& data) {
    JsonReader in(data.text(), {"version", "msg_type", "seq", "gap", "data"});
    if (in.error()) {
        return refused(std::string(unknown_type), *in.error());
    }
    auto msg_type = in.clean_text("msg_type", nack_type_limit, unknown_type);
    in.check_version();
    // One that is too long, or no text, is no message either; this tells what is wrong with it.
    const auto exact_type = in.text("msg_type", nack_type_limit);
    if (in.error()) {
        return refused(std::move(msg_type), *in.error());
    }
    if (exact_type == "status_query") {
        return read_query(in);
    }
    if (exact_type == "broadcast") {
        return read_broadcast(in);
    }
    // The old host's words (specification 3.2).
    auto log = "got server group message with invalid type " + msg_type;
    return GroupRequestError{std::move(msg_type), std::move(log), ParseReason::UnknownMessage};
}

std::variant<GroupEvent, ParseError> parse_group_event(const JsonText& data) {
    JsonReader in(data.text(),
                  {"msg_type", "seq", "data", "source_instance", "orig_msg_type", "log_msg", "missed"});
    if (in.error()) {
        return *in.error();
    }
    const auto msg_type = in.text("msg_type", messaging_line_limit);
    if (in.error()) {
        return *in.error();
    }
    auto event = read_event(in, msg_type);
    if (in.error()) {
        return *in.error();
    }
    return event;
}

}  // namespace vnf::wire
