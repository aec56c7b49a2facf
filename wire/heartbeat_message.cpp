// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How each heartbeat message is read, and what a host answers to one it can't read. Writing is in
// heartbeat_encoding.cpp.
#include "wire/heartbeat_message.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "wire/json_fields.hpp"
#include "wire/text.hpp"

namespace vnf::wire {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto number_limit = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t enumerated_limit = 31;

constexpr std::array cause_words{"recovered"sv,           "application_died"sv,
                                 "application_timeout"sv, "application_unhealthy"sv,
                                 "script_unhealthy"sv,    "script_hung"sv};

// ---- fields --------------------------------------------------------------------------------------------

std::int32_t id_in(JsonFields& in) {
    return in.integer("invocation_id");
}

template <typename Duration>
Duration duration_in(JsonFields& in, std::string_view key) {
    return Duration(in.integer(key, 0, number_limit));
}

std::string log_in(JsonFields& in) {
    return clean_utf8(in.optional_text("log_msg"), log_limit);
}

Health health_in(JsonFields& in) {
    return health_of(in.text("heartbeat_health")).value_or(Health::Unhealthy);
}

CorrectiveAction action_in(JsonFields& in) {
    return corrective_action_of(in.text("corrective_action")).value_or(CorrectiveAction::Unknown);
}

Event event_in(JsonFields& in) {
    return event_of(in.text("event_type")).value_or(Event::Unknown);
}

Notification notification_in(JsonFields& in) {
    return notification_of(in.text("notification_type")).value_or(Notification::Unknown);
}

HealthCause cause_in(JsonFields& in, Health health) {
    const auto cause = health_cause_of(in.text("cause"));
    if (!cause || (*cause == HealthCause::Recovered) != (health == Health::Healthy)) {
        in.fail(ParseReason::UnknownWord, "cause");
    }
    return cause.value_or(HealthCause::Recovered);
}

Capabilities capabilities_in(JsonFields& in) {
    Capabilities capabilities;
    if (in.has("capabilities")) {
        in.texts("capabilities", [&capabilities](std::string_view text) {
            const auto* const one =
                std::find_if(all_capabilities.begin(), all_capabilities.end(),
                             [text](Capability candidate) { return word(candidate) == text; });
            if (one != all_capabilities.end()) {
                capabilities.add(*one);
            }
        });
    }
    return capabilities;
}

/// The host's settings are behind it, no guest's word: what is no list is as good as not said.
std::optional<CpuSet> offline_cpus_in(JsonFields& in, Capabilities capabilities) {
    if (!capabilities.has(Capability::Scale) || !in.has_text("offline_cpus")) {
        return std::nullopt;
    }
    const auto text = in.text("offline_cpus");
    auto list = parse_cpu_list(text);
    auto* const cpus = std::get_if<CpuSet>(&list);
    return cpus == nullptr || text.size() > offline_list_limit ? std::nullopt : std::optional(*cpus);
}

MetricValues metrics_in(JsonFields& in) {
    MetricValues values;
    in.numbers("values", [&in, &values](std::string_view text, double number) {
        auto name = MetricName::of(text);
        if (name && values.find(*name)) {
            return;  // of equal names the first counts
        }
        if (!name || values.set(*std::move(name), number)) {
            in.fail(ParseReason::OutOfRange, "values");
        }
    });
    return values;
}

// ---- messages. A braced initialiser reads its fields from left to right; the first error is kept.
// ------------

GuestMessage read_init(JsonFields& in) {
    return Init{id_in(in),
                clean_utf8(in.text("name"), name_limit),
                duration_in<milliseconds>(in, "heartbeat_interval_ms"),
                duration_in<seconds>(in, "vote_secs"),
                duration_in<seconds>(in, "shutdown_notice_secs"),
                duration_in<seconds>(in, "suspend_notice_secs"),
                duration_in<seconds>(in, "resume_notice_secs"),
                duration_in<seconds>(in, "restart_secs"),
                action_in(in),
                capabilities_in(in)};
}

GuestMessage read_challenge_response(JsonFields& in) {
    return ChallengeResponse{in.integer("heartbeat_response"), health_in(in),
                             in.has("corrective_action") ? action_in(in) : CorrectiveAction::None,
                             log_in(in)};
}

GuestMessage read_action_response(JsonFields& in) {
    return ActionResponse{id_in(in), event_in(in), notification_in(in),
                          vote_result_of(in.text("vote_result")).value_or(VoteResult::Unknown), log_in(in)};
}

GuestMessage read_health_push(JsonFields& in) {
    const auto health = health_in(in);
    return HealthPush{health, action_in(in), cause_in(in, health),
                      clean_utf8(in.text("application"), name_limit), log_in(in)};
}

GuestMessage read_interval(JsonFields& in) {
    return IntervalChange{milliseconds(in.integer("heartbeat_interval_ms",
                                                  static_cast<std::int32_t>(fast_interval_least.count()),
                                                  static_cast<std::int32_t>(fast_interval_most.count())))};
}

GuestMessage read_action_extend(JsonFields& in) {
    return ActionExtend{
        id_in(in),
        milliseconds(in.integer("extend_ms", 1, static_cast<std::int32_t>(extension_most.count()))),
        log_in(in)};
}

GuestMessage read_metrics(JsonFields& in) {
    return MetricsReport{metrics_in(in)};
}

HostMessage read_init_ack(JsonFields& in) {
    const auto id = id_in(in);
    const auto capabilities = capabilities_in(in);
    return InitAck{id, capabilities, offline_cpus_in(in, capabilities)};
}

HostMessage read_challenge(JsonFields& in) {
    return Challenge{in.integer("heartbeat_challenge")};
}

HostMessage read_action_notify(JsonFields& in) {
    return ActionNotify{id_in(in), event_in(in), notification_in(in),
                        duration_in<milliseconds>(in, "timeout_ms"),
                        clean_utf8(in.optional_text("origin"), origin_limit)};
}

HostMessage read_nack(JsonFields& in) {
    return Nack{id_in(in), log_in(in)};
}

HostMessage read_action_cancel(JsonFields& in) {
    return ActionCancel{id_in(in), log_in(in)};
}

HostMessage read_action_extended(JsonFields& in) {
    ActionExtended message{id_in(in), duration_in<milliseconds>(in, "timeout_ms")};
    const auto result = in.text("result");
    if (result != "granted" && result != "refused") {
        in.fail(ParseReason::UnknownWord, "result");
    }
    message.granted = result == "granted";
    return message;
}

template <typename Message>
Message read_exit(JsonFields& in) {
    return Exit{log_in(in)};
}

template <typename Message>
struct MessageReader {
    std::string_view msg_type;
    Message (*read)(JsonFields&);
};

constexpr std::array guest_readers{
    MessageReader<GuestMessage>{"challenge_response", read_challenge_response},
    MessageReader<GuestMessage>{"action_response", read_action_response},
    MessageReader<GuestMessage>{"init", read_init},
    MessageReader<GuestMessage>{"exit", read_exit<GuestMessage>},
    MessageReader<GuestMessage>{"health", read_health_push},
    MessageReader<GuestMessage>{"interval", read_interval},
    MessageReader<GuestMessage>{"action_extend", read_action_extend},
    MessageReader<GuestMessage>{"metrics", read_metrics},
};

constexpr std::array host_readers{
    MessageReader<HostMessage>{"challenge", read_challenge},
    MessageReader<HostMessage>{"action_notify", read_action_notify},
    MessageReader<HostMessage>{"init_ack", read_init_ack},
    MessageReader<HostMessage>{"nack", read_nack},
    MessageReader<HostMessage>{"exit", read_exit<HostMessage>},
    MessageReader<HostMessage>{"action_cancel", read_action_cancel},
    MessageReader<HostMessage>{"action_extended", read_action_extended},
};

// ---- a whole line --------------------------------------------------------------------------------------

/// Version first: what follows is in the hands of whoever made that version.
std::int32_t read_header(JsonFields& in) {
    const auto version = in.integer("version");
    if (version < heartbeat_version) {
        in.fail(ParseReason::BadVersion, "version", version);
    }
    in.integer("revision");  // mandatory, but its value was never compared (section 1.4)
    in.text("msg_type");
    return in.integer("sequence");
}

template <typename Message, std::size_t Count>
std::variant<Received<Message>, ParseError> read_message(
    JsonFields& in, const std::array<MessageReader<Message>, Count>& readers) {
    const auto sequence = read_header(in);
    if (in.error()) {
        return *in.error();
    }
    const auto msg_type = in.text("msg_type");
    const auto* const reader =
        std::find_if(readers.begin(), readers.end(),
                     [msg_type](const auto& candidate) { return candidate.msg_type == msg_type; });
    if (reader == readers.end()) {
        return ParseError{ParseReason::UnknownMessage, "msg_type"};
    }
    Received<Message> received{sequence, reader->read(in)};
    if (in.error()) {
        return *in.error();
    }
    return received;
}

void set_log(GuestMessage& message, std::string_view log) {
    std::visit(
        [log](auto& one) {
            if constexpr (requires { one.log; }) {
                one.log = clean_utf8(log, log_limit);
            }
        },
        message);
}

/// Old guests escape nothing (G-21). log_msg is the last key that they write, so a line that ends as a
/// message does is read without it, and the text is taken as it stands: a reject whose reason has a quote is
/// still a reject.
std::optional<Received<GuestMessage>> read_unescaped(std::string_view line) {
    constexpr auto key = R"(,"log_msg":")"sv;
    constexpr auto end = R"("})"sv;
    const auto start = line.find(key);
    if (start == std::string_view::npos || !line.ends_with(end) ||
        line.size() < start + key.size() + end.size()) {
        return std::nullopt;
    }
    JsonFields fields(std::string(line.substr(0, start)) + '}');
    auto result = read_message(fields, guest_readers);
    auto* const received = std::get_if<Received<GuestMessage>>(&result);
    if (received == nullptr) {
        return std::nullopt;
    }
    std::string log(line.substr(start + key.size(), line.size() - start - key.size() - end.size()));
    std::replace_if(
        log.begin(), log.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x20; }, ' ');
    set_log(received->message, log);
    return std::move(*received);
}

}  // namespace

std::string_view word(Capability capability) {
    switch (capability) {
        case Capability::HealthPush:
            return "health_push";
        case Capability::ActionControl:
            return "action_control";
        case Capability::FastInterval:
            return "fast_interval";
        case Capability::GroupGap:
            return "group_gap";
        case Capability::Scale:
            return "scale";
        case Capability::Metrics:
            return "metrics";
    }
    return "unknown";
}

std::string_view word(HealthCause cause) {
    const auto index = static_cast<std::size_t>(cause);
    return index < cause_words.size() ? cause_words[index] : cause_words[0];
}

std::optional<HealthCause> health_cause_of(std::string_view text) {
    const auto* const found = std::find(cause_words.begin(), cause_words.end(), text);
    return found == cause_words.end() ? std::nullopt
                                      : std::optional(static_cast<HealthCause>(found - cause_words.begin()));
}

std::variant<Received<HostMessage>, ParseError> parse_host_message(std::string_view line) {
    JsonFields fields(line);
    return read_message(fields, host_readers);
}

std::variant<Received<GuestMessage>, ParseError> parse_guest_message(std::string_view line) {
    JsonFields fields(line);
    auto result = read_message(fields, guest_readers);
    if (fields.error() && fields.error()->reason == ParseReason::NotJson) {
        if (auto received = read_unescaped(line)) {
            return *std::move(received);
        }
    }
    return result;
}

std::optional<std::string> nack_text(const ParseError& error, std::string_view msg_type) {
    switch (error.reason) {
        case ParseReason::MissingField:
        case ParseReason::WrongType:
        case ParseReason::OutOfRange:
        case ParseReason::UnknownWord:
        case ParseReason::BadText:
            return "failed to parse " + std::string(error.field);
        case ParseReason::BadVersion:
            return "Bad version: " + std::to_string(error.value) + ", expect version: 3";
        case ParseReason::UnknownMessage:
            return "unsupported message type: " + std::string(msg_type);
        case ParseReason::NotJson:
        case ParseReason::Overlong:
        case ParseReason::BadMagic:
            break;
    }
    return std::nullopt;
}

RefusedLine inspect_refused(std::string_view line) {
    JsonFields fields(line);
    if (fields.error()) {
        return {};
    }
    RefusedLine refused;
    const auto msg_type = fields.optional_text("msg_type");
    if (msg_type.size() <= enumerated_limit) {
        refused.msg_type = clean_utf8(msg_type, enumerated_limit);
    }
    const auto id = fields.integer("invocation_id");
    if (!fields.error()) {
        refused.invocation_id = id;
    }
    return refused;
}

}  // namespace vnf::wire
