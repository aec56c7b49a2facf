// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How each heartbeat message is written. Reading is in heartbeat_message.cpp.
#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <span>

#include "wire/heartbeat_message.hpp"
#include "wire/json_line.hpp"

namespace vnf::wire {
namespace {

constexpr std::int64_t number_limit = std::numeric_limits<std::int32_t>::max();

template <typename Duration>
std::int64_t clamped(Duration value, std::int64_t least = 0, std::int64_t most = number_limit) {
    return std::clamp<std::int64_t>(value.count(), least, most);
}

void add_name(JsonLine& line, std::string_view name) {
    line.text("name", name, old_peer_name_limit, name_limit);
}

void add_log(JsonLine& line, std::string_view log) {
    line.text("log_msg", log, old_peer_log_limit, log_limit);
}

void add_capabilities(JsonLine& line, Capabilities capabilities) {
    if (capabilities.empty()) {
        return;
    }
    std::array<std::string_view, all_capabilities.size()> words;
    std::size_t count = 0;
    for (const auto one : all_capabilities) {
        if (capabilities.has(one)) {
            words[count++] = word(one);
        }
    }
    line.words("capabilities", std::span(words.data(), count));
}

// msg_type of each message, and its own keys in the old peers' order.

std::string_view type_of(const Init&) {
    return "init";
}
std::string_view type_of(const ChallengeResponse&) {
    return "challenge_response";
}
std::string_view type_of(const ActionResponse&) {
    return "action_response";
}
std::string_view type_of(const Exit&) {
    return "exit";
}
std::string_view type_of(const HealthPush&) {
    return "health";
}
std::string_view type_of(const IntervalChange&) {
    return "interval";
}
std::string_view type_of(const ActionExtend&) {
    return "action_extend";
}
std::string_view type_of(const MetricsReport&) {
    return "metrics";
}
std::string_view type_of(const InitAck&) {
    return "init_ack";
}
std::string_view type_of(const Challenge&) {
    return "challenge";
}
std::string_view type_of(const ActionNotify&) {
    return "action_notify";
}
std::string_view type_of(const Nack&) {
    return "nack";
}
std::string_view type_of(const ActionCancel&) {
    return "action_cancel";
}
std::string_view type_of(const ActionExtended&) {
    return "action_extended";
}

void add(JsonLine& line, const Init& message) {
    line.number("invocation_id", message.invocation_id);
    add_name(line, message.name);
    line.number("heartbeat_interval_ms", clamped(message.interval));
    line.number("vote_secs", clamped(message.vote));
    line.number("shutdown_notice_secs", clamped(message.shutdown_notice));
    line.number("suspend_notice_secs", clamped(message.suspend_notice));
    line.number("resume_notice_secs", clamped(message.resume_notice));
    line.number("restart_secs", clamped(message.restart));
    line.word("corrective_action", word(message.corrective_action));
    add_capabilities(line, message.capabilities);
}

void add(JsonLine& line, const ChallengeResponse& message) {
    line.number("heartbeat_response", message.challenge);
    line.word("heartbeat_health", word(message.health));
    line.word("corrective_action", word(message.corrective_action));
    add_log(line, message.log);
}

void add(JsonLine& line, const ActionResponse& message) {
    line.number("invocation_id", message.invocation_id);
    line.word("event_type", word(message.event));
    line.word("notification_type", word(message.notification));
    line.word("vote_result", word(message.result));
    add_log(line, message.log);
}

void add(JsonLine& line, const Exit& message) {
    add_log(line, message.log);
}

void add(JsonLine& line, const HealthPush& message) {
    line.word("heartbeat_health", word(message.health));
    line.word("corrective_action", word(message.corrective_action));
    line.word("cause", word(message.cause));
    line.text("application", message.application, name_limit, name_limit);
    add_log(line, message.log);
}

void add(JsonLine& line, const IntervalChange& message) {
    line.number("heartbeat_interval_ms",
                clamped(message.interval, fast_interval_least.count(), fast_interval_most.count()));
}

void add(JsonLine& line, const ActionExtend& message) {
    line.number("invocation_id", message.invocation_id);
    line.number("extend_ms", clamped(message.extra, 1, extension_most.count()));
    add_log(line, message.log);
}

void add(JsonLine& line, const MetricsReport& message) {
    line.numbers("values", message.values);
}

void add(JsonLine& line, const InitAck& message) {
    line.number("invocation_id", message.invocation_id);
    add_capabilities(line, message.capabilities);
    if (message.capabilities.has(Capability::Scale) && message.offline_cpus) {
        const auto list = format_cpu_list(*message.offline_cpus);
        if (list.size() <= offline_list_limit) {
            line.word("offline_cpus", list);
        }
    }
}

void add(JsonLine& line, const Challenge& message) {
    line.number("heartbeat_challenge", message.challenge);
}

void add(JsonLine& line, const ActionNotify& message) {
    line.number("invocation_id", message.invocation_id);
    line.word("event_type", word(message.event));
    line.word("notification_type", word(message.notification));
    line.number("timeout_ms", clamped(message.timeout));
    if (!message.origin.empty() && line.rules() == PeerRules::OurPeer) {
        line.text("origin", message.origin, origin_limit, origin_limit);
    }
}

void add(JsonLine& line, const Nack& message) {
    line.number("invocation_id", message.invocation_id);
    add_log(line, message.log);
}

void add(JsonLine& line, const ActionCancel& message) {
    line.number("invocation_id", message.invocation_id);
    add_log(line, message.log);
}

void add(JsonLine& line, const ActionExtended& message) {
    line.number("invocation_id", message.invocation_id);
    line.number("timeout_ms", clamped(message.remaining));
    line.word("result", message.granted ? "granted" : "refused");
}

template <typename Message>
constexpr bool needs_our_peer =
    std::is_same_v<Message, HealthPush> || std::is_same_v<Message, IntervalChange> ||
    std::is_same_v<Message, ActionExtend> || std::is_same_v<Message, MetricsReport> ||
    std::is_same_v<Message, ActionCancel> || std::is_same_v<Message, ActionExtended>;

template <typename Variant>
std::string encode_any(const Variant& message, std::int32_t sequence, PeerRules rules) {
    return std::visit(
        [sequence, rules](const auto& one) {
            assert(rules == PeerRules::OurPeer || !needs_our_peer<std::decay_t<decltype(one)>>);
            JsonLine line(type_of(one), std::max(sequence, 0), rules);
            add(line, one);
            return line.finish();
        },
        message);
}

}  // namespace

std::string encode(const GuestMessage& message, std::int32_t sequence, PeerRules rules) {
    return encode_any(message, sequence, rules);
}

std::string encode(const HostMessage& message, std::int32_t sequence, PeerRules rules) {
    return encode_any(message, sequence, rules);
}

}  // namespace vnf::wire
