// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/scripted_application.hpp"

#include <stdexcept>

#include "tests/harness/unix_socket.hpp"

namespace vnf::harness {

ScriptedApplication::ScriptedApplication(Stage& stage, std::string name, wire::RecordVersion version)
    : stage_(stage),
      name_(std::move(name)),
      version_(version),
      connection_(stage, [this](std::string_view bytes) { take_bytes(bytes); }) {}

void ScriptedApplication::connect(const std::string& socket) {
    decoder_ = {};
    records_.clear();
    connection_.adopt(connect_unix(socket));
}

void ScriptedApplication::join(const std::string& socket) {
    connect(socket);
    if (version_ == wire::RecordVersion::V2) {
        send_init(1);
        if (!expect<wire::RecordInitAck>().accepted)
            throw std::runtime_error("application " + name_ + " was refused");
        return;
    }
    send_init(2);
    if (expect<wire::RecordInitAck>().revision != 2)
        throw std::runtime_error("the daemon did not agree on version 3");
    send_register();
    if (const auto ack = expect<wire::RecordRegisterAck>(); !ack.accepted)
        throw std::runtime_error("application " + name_ + " was refused: " + ack.log);
}

void ScriptedApplication::send_init(std::uint8_t revision) {
    const wire::RecordInit init{.revision = revision,
                                .name = name_,
                                .interval_ms = revision == 1 ? interval_ms : std::max(interval_ms, 400U),
                                .vote_secs = std::max(vote_ms / 1000, 1U),
                                .shutdown_notice_secs = std::max(notice_ms / 1000, 1U),
                                .suspend_notice_secs = std::max(notice_ms / 1000, 1U),
                                .resume_notice_secs = std::max(notice_ms / 1000, 1U),
                                .corrective_action = corrective_action};
    connection_.send(wire::encode(wire::ApplicationRecord(init), ++sequence_, wire::RecordVersion::V2));
}

void ScriptedApplication::send_register() {
    send(wire::RecordRegister{.name = name_,
                              .interval_ms = interval_ms,
                              .vote_ms = vote_ms,
                              .shutdown_notice_ms = notice_ms,
                              .suspend_notice_ms = notice_ms,
                              .resume_notice_ms = notice_ms,
                              .corrective_action = corrective_action,
                              .silent_close = silent_close});
}

void ScriptedApplication::send(const wire::ApplicationRecord& record) {
    connection_.send(wire::encode(record, ++sequence_, version_));
}

void ScriptedApplication::answer(const wire::RecordActionNotify& action, wire::VoteResult result,
                                 std::string_view log) {
    send(wire::RecordActionResponse{action.invocation_id, action.event, action.notification, result,
                                    std::string(log)});
}

void ScriptedApplication::take_bytes(std::string_view bytes) {
    decoder_.feed(bytes);
    while (auto result = decoder_.next()) {
        if (const auto* error = std::get_if<wire::ParseError>(&*result))
            throw std::runtime_error("the daemon sent a bad record: " + wire::to_string(*error));
        wire::DaemonRecord& record = std::get<wire::DecodedRecord<wire::DaemonRecord>>(*result).record;
        if (const auto* ack = std::get_if<wire::RecordInitAck>(&record);
            ack != nullptr && ack->revision == 2 && version_ == wire::RecordVersion::V3)
            decoder_.switch_to(wire::RecordVersion::V3);
        react(record);
        records_.push_back(std::move(record));
    }
}

void ScriptedApplication::react(const wire::DaemonRecord& record) {
    if (const auto* challenge = std::get_if<wire::RecordChallenge>(&record)) {
        ++challenges_;
        if (answer_challenges)
            send(wire::RecordChallengeResponse{challenge->challenge, health, health_action, health_log});
    } else if (const auto* action = std::get_if<wire::RecordActionNotify>(&record)) {
        if (vote)
            answer(*action, *vote, vote_log);
    }
}

}  // namespace vnf::harness
