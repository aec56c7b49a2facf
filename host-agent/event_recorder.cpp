// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See event_recorder.hpp.
#include "host-agent/event_recorder.hpp"

#include "runtime/log.hpp"

namespace vnf::host {

namespace {

using runtime::LogLevel;

LogLevel level_of(JournalKind kind) {
    switch (kind) {
        case JournalKind::Lost:
        case JournalKind::Gone:
        case JournalKind::CorrectiveFailed:
        case JournalKind::CorrectiveGivenUp:
        case JournalKind::Flood:
        case JournalKind::SocketRefused:
        case JournalKind::SettingsRefused:
        case JournalKind::NotEstablished:
        case JournalKind::Unhealthy:
        case JournalKind::GroupRefused:
        case JournalKind::GroupOverload:
        case JournalKind::GroupMissed:
        case JournalKind::GroupQueryRefused:
        case JournalKind::GroupTooLong:
        case JournalKind::ScalePartial:
        case JournalKind::ScaleFailed:
        case JournalKind::ScaleDiverged:
        case JournalKind::ScaleInterrupted:
        case JournalKind::ScaleAgentAbsent:
        case JournalKind::ScaleNotKept:
            return LogLevel::Warning;
        case JournalKind::InstanceAdded:
        case JournalKind::InstanceRemoved:
        case JournalKind::Disconnected:
        case JournalKind::Initialized:
        case JournalKind::Heartbeating:
        case JournalKind::Stopped:
        case JournalKind::LossDeferred:
        case JournalKind::Healthy:
        case JournalKind::Suspended:
        case JournalKind::Resumed:
        case JournalKind::Exit:
        case JournalKind::ActionAsked:
        case JournalKind::ActionExtended:
        case JournalKind::ActionDecided:
        case JournalKind::CorrectiveStarted:
        case JournalKind::CorrectiveDone:
        case JournalKind::CorrectiveSuppressed:
        case JournalKind::CorrectiveDropped:
        case JournalKind::ReportingChanged:
        case JournalKind::SettingsReloaded:
        case JournalKind::MessageRejected:
        case JournalKind::ActionIgnored:
        case JournalKind::GroupJoined:
        case JournalKind::GroupLeft:
        case JournalKind::GroupChanged:
        case JournalKind::ScaleStarted:
        case JournalKind::ScaleDone:
        case JournalKind::ScaleLate:
        case JournalKind::ScaleInStep:
        case JournalKind::ScaleAgentBack:
        case JournalKind::ScaleSet:
            return LogLevel::Info;
        case JournalKind::Connected:
        case JournalKind::MessagingConnected:
        case JournalKind::MessagingDisconnected:
            return LogLevel::Debug;
    }
    return LogLevel::Info;
}

std::string text_of(const JournalValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*number);
    }
    return std::get<bool>(value) ? "true" : "false";
}

std::string joined(const JournalFields& fields) {
    std::string text;
    for (const auto& [key, value] : fields) {
        text.append(text.empty() ? "" : " ").append(key).append("=").append(text_of(value));
    }
    return text;
}

}  // namespace

std::uint64_t EventRecorder::record(JournalKind kind, std::string_view instance,
                                    const JournalFields& fields) {
    const std::uint64_t number = journal_.append(std::chrono::system_clock::now(), kind, instance, fields);
    const LogLevel level = level_of(kind);
    if (level <= runtime::log_level()) {
        runtime::log(level, word(kind),
                     {{"instance", instance}, {"event", number}, {"detail", joined(fields)}});
    }
    return number;
}

bool is_guest_driven(JournalKind kind) {
    switch (kind) {
        case JournalKind::Initialized:
        case JournalKind::Heartbeating:
        case JournalKind::Stopped:
        case JournalKind::Unhealthy:
        case JournalKind::Healthy:
        case JournalKind::Exit:
        case JournalKind::ActionExtended:
        case JournalKind::ActionIgnored:
        case JournalKind::CorrectiveSuppressed:
        case JournalKind::CorrectiveDropped:
        case JournalKind::MessageRejected:
        case JournalKind::Connected:
        case JournalKind::Disconnected:
        case JournalKind::MessagingConnected:
        case JournalKind::MessagingDisconnected:
        case JournalKind::GroupOverload:
        case JournalKind::GroupMissed:
        case JournalKind::GroupQueryRefused:
        case JournalKind::GroupTooLong:
        case JournalKind::ScaleLate:
        case JournalKind::ScaleDiverged:
        case JournalKind::ScaleInStep:
        case JournalKind::ScaleAgentAbsent:
        case JournalKind::ScaleAgentBack:
            return true;
        case JournalKind::InstanceAdded:
        case JournalKind::InstanceRemoved:
        case JournalKind::Gone:
        case JournalKind::Lost:
        case JournalKind::LossDeferred:
        case JournalKind::Suspended:
        case JournalKind::Resumed:
        case JournalKind::NotEstablished:
        case JournalKind::ActionAsked:
        case JournalKind::ActionDecided:
        case JournalKind::CorrectiveStarted:
        case JournalKind::CorrectiveDone:
        case JournalKind::CorrectiveFailed:
        case JournalKind::CorrectiveGivenUp:
        case JournalKind::Flood:
        case JournalKind::SocketRefused:
        case JournalKind::ReportingChanged:
        case JournalKind::SettingsReloaded:
        case JournalKind::SettingsRefused:
        case JournalKind::GroupJoined:
        case JournalKind::GroupLeft:
        case JournalKind::GroupRefused:
        case JournalKind::GroupChanged:
        case JournalKind::ScaleStarted:
        case JournalKind::ScaleDone:
        case JournalKind::ScalePartial:
        case JournalKind::ScaleFailed:
        case JournalKind::ScaleInterrupted:
        case JournalKind::ScaleSet:
        case JournalKind::ScaleNotKept:
            return false;
    }
    return false;
}

}  // namespace vnf::host
