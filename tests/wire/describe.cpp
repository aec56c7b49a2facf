// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One function for each message and record; the keys are those of the vector files.
#include "tests/wire/describe.hpp"

#include <sstream>

namespace vnf::test {
namespace {

using namespace vnf::wire;

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

std::string listed(Capabilities capabilities) {
    if (capabilities.empty()) {
        return {};
    }
    std::string text;
    for (const auto one : all_capabilities) {
        if (capabilities.has(one)) {
            text += (text.empty() ? "" : ",") + std::string(word(one));
        }
    }
    return " capabilities=" + text;
}

/// What comes before and behind the sequence number.
struct Description {
    std::string kind;
    std::ostringstream fields;

    template <typename Value>
    Description& add(std::string_view key, const Value& value) {
        fields << ' ' << key << '=' << value;
        return *this;
    }
};

void describe(Description& out, const Init& one) {
    out.kind = "init";
    out.add("invocation_id", one.invocation_id).add("name", quoted(one.name));
    out.add("heartbeat_interval_ms", one.interval.count()).add("vote_secs", one.vote.count());
    out.add("shutdown_notice_secs", one.shutdown_notice.count());
    out.add("suspend_notice_secs", one.suspend_notice.count());
    out.add("resume_notice_secs", one.resume_notice.count()).add("restart_secs", one.restart.count());
    out.add("corrective_action", word(one.corrective_action));
    out.fields << listed(one.capabilities);
}

void describe(Description& out, const ChallengeResponse& one) {
    out.kind = "challenge_response";
    out.add("heartbeat_response", one.challenge).add("heartbeat_health", word(one.health));
    out.add("corrective_action", word(one.corrective_action)).add("log_msg", quoted(one.log));
}

void describe(Description& out, const ActionResponse& one) {
    out.kind = "action_response";
    out.add("invocation_id", one.invocation_id).add("event_type", word(one.event));
    out.add("notification_type", word(one.notification)).add("vote_result", word(one.result));
    out.add("log_msg", quoted(one.log));
}

void describe(Description& out, const Exit& one) {
    out.kind = "exit";
    out.add("log_msg", quoted(one.log));
}

void describe(Description& out, const HealthPush& one) {
    out.kind = "health";
    out.add("heartbeat_health", word(one.health)).add("corrective_action", word(one.corrective_action));
    out.add("cause", word(one.cause))
        .add("application", quoted(one.application))
        .add("log_msg", quoted(one.log));
}

void describe(Description& out, const IntervalChange& one) {
    out.kind = "interval";
    out.add("heartbeat_interval_ms", one.interval.count());
}

void describe(Description& out, const ActionExtend& one) {
    out.kind = "action_extend";
    out.add("invocation_id", one.invocation_id)
        .add("extend_ms", one.extra.count())
        .add("log_msg", quoted(one.log));
}

void describe(Description& out, const MetricsReport& one) {
    out.kind = "metrics";
    for (const auto& [name, number] : one.values) {
        out.add(name.text(), number);
    }
}

void describe(Description& out, const InitAck& one) {
    out.kind = "init_ack";
    out.add("invocation_id", one.invocation_id);
    out.fields << listed(one.capabilities);
    if (one.offline_cpus) {
        out.add("offline_cpus", quoted(format_cpu_list(*one.offline_cpus)));
    }
}

void describe(Description& out, const Challenge& one) {
    out.kind = "challenge";
    out.add("heartbeat_challenge", one.challenge);
}

void describe(Description& out, const ActionNotify& one) {
    out.kind = "action_notify";
    out.add("invocation_id", one.invocation_id).add("event_type", word(one.event));
    out.add("notification_type", word(one.notification)).add("timeout_ms", one.timeout.count());
    if (!one.origin.empty()) {
        out.add("origin", quoted(one.origin));
    }
}

void describe(Description& out, const Nack& one) {
    out.kind = "nack";
    out.add("invocation_id", one.invocation_id).add("log_msg", quoted(one.log));
}

void describe(Description& out, const ActionCancel& one) {
    out.kind = "action_cancel";
    out.add("invocation_id", one.invocation_id).add("log_msg", quoted(one.log));
}

void describe(Description& out, const ActionExtended& one) {
    out.kind = "action_extended";
    out.add("invocation_id", one.invocation_id).add("timeout_ms", one.remaining.count());
    out.add("result", one.granted ? "granted" : "refused");
}

void describe(Description& out, const RecordInit& one) {
    out.kind = "init";
    out.add("revision", int{one.revision}).add("name", quoted(one.name)).add("interval_ms", one.interval_ms);
    out.add("vote_secs", one.vote_secs).add("shutdown_notice_secs", one.shutdown_notice_secs);
    out.add("suspend_notice_secs", one.suspend_notice_secs).add("resume_notice_secs", one.resume_notice_secs);
    out.add("corrective_action", word(one.corrective_action));
}

void describe(Description& out, const RecordRegister& one) {
    out.kind = "register";
    out.add("name", quoted(one.name)).add("interval_ms", one.interval_ms).add("vote_ms", one.vote_ms);
    out.add("shutdown_notice_ms", one.shutdown_notice_ms).add("suspend_notice_ms", one.suspend_notice_ms);
    out.add("resume_notice_ms", one.resume_notice_ms).add("corrective_action", word(one.corrective_action));
    out.add("silent_close", static_cast<std::uint32_t>(one.silent_close));
}

void describe(Description& out, const RecordDeregister& one) {
    out.kind = "deregister";
    out.add("log", quoted(one.log));
}

void describe(Description& out, const RecordChallengeResponse& one) {
    out.kind = "challenge_response";
    out.add("challenge", one.challenge).add("health", word(one.health));
    out.add("corrective_action", word(one.corrective_action)).add("log", quoted(one.log));
}

void describe(Description& out, const RecordActionResponse& one) {
    out.kind = "action_response";
    out.add("invocation_id", one.invocation_id).add("event", word(one.event));
    out.add("notification", word(one.notification)).add("vote", word(one.vote)).add("log", quoted(one.log));
}

void describe(Description& out, const RecordHealthPush& one) {
    out.kind = "health";
    out.add("health", word(one.health)).add("corrective_action", word(one.corrective_action));
    out.add("log", quoted(one.log));
}

void describe(Description& out, const RecordActionExtend& one) {
    out.kind = "action_extend";
    out.add("invocation_id", one.invocation_id).add("extra_ms", one.extra_ms).add("log", quoted(one.log));
}

void describe(Description& out, const RecordInitAck& one) {
    out.kind = "init_ack";
    out.add("revision", int{one.revision}).add("accepted", one.accepted);
}

void describe(Description& out, const RecordRegisterAck& one) {
    out.kind = "register_ack";
    out.add("accepted", one.accepted).add("interval_ms", one.interval_ms).add("log", quoted(one.log));
}

void describe(Description& out, const RecordChallenge& one) {
    out.kind = "challenge";
    out.add("challenge", one.challenge);
}

void describe(Description& out, const RecordActionNotify& one) {
    out.kind = "action_notify";
    out.add("invocation_id", one.invocation_id).add("event", word(one.event));
    out.add("notification", word(one.notification)).add("timeout_ms", one.timeout_ms);
    out.add("origin", quoted(one.origin));
}

void describe(Description& out, const RecordActionCancel& one) {
    out.kind = "action_cancel";
    out.add("invocation_id", one.invocation_id).add("reason", word(one.reason)).add("log", quoted(one.log));
}

void describe(Description& out, const RecordActionExtended& one) {
    out.kind = "action_extended";
    out.add("invocation_id", one.invocation_id)
        .add("granted", one.granted)
        .add("remaining_ms", one.remaining_ms);
}

template <typename Sequence, typename Variant>
std::string describe_any(Sequence sequence, const Variant& variant) {
    Description out;
    std::visit([&out](const auto& one) { describe(out, one); }, variant);
    return out.kind + " sequence=" + std::to_string(sequence) + out.fields.str();
}

}  // namespace

std::string describe(const Received<GuestMessage>& received) {
    return describe_any(received.sequence, received.message);
}
std::string describe(const Received<HostMessage>& received) {
    return describe_any(received.sequence, received.message);
}
std::string describe(const DecodedRecord<ApplicationRecord>& decoded) {
    return describe_any(decoded.sequence, decoded.record);
}
std::string describe(const DecodedRecord<DaemonRecord>& decoded) {
    return describe_any(decoded.sequence, decoded.record);
}

}  // namespace vnf::test
