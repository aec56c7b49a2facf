// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One application, played by a test against guest-client: version-2 or version-3 records, no library between.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/harness/connection.hpp"
#include "wire/application_record.hpp"

namespace vnf::harness {

class ScriptedApplication {
  public:
    ScriptedApplication(Stage& stage, std::string name, wire::RecordVersion version);

    bool answer_challenges = true;
    wire::Health health = wire::Health::Healthy;
    wire::CorrectiveAction health_action = wire::CorrectiveAction::None;
    std::string health_log;
    std::optional<wire::VoteResult> vote;  ///< how every action is answered at once
    std::string vote_log;
    std::uint32_t interval_ms = 60000;
    std::uint32_t vote_ms = 5000, notice_ms = 5000;
    wire::CorrectiveAction corrective_action = wire::CorrectiveAction::Reboot;
    wire::SilentClose silent_close = wire::SilentClose::DaemonDefault;

    void connect(const std::string& socket);
    /// Sends INIT (and REGISTER) and waits until the daemon accepted.
    void join(const std::string& socket);
    void send_init(std::uint8_t revision);
    void send_register();
    void send(const wire::ApplicationRecord& record);
    void send_raw(std::string_view bytes) { connection_.send(bytes); }
    /// Without a word, as a crash does.
    void close() { connection_.close(); }
    void deregister(std::string_view log = {}) { send(wire::RecordDeregister{std::string(log)}); }
    void answer(const wire::RecordActionNotify& action, wire::VoteResult result, std::string_view log = {});

    /// Waits for the next record of this type and takes it; others stay for later.
    template <typename Record>
    Record expect(Milliseconds bound = patience) {
        std::optional<Record> found;
        stage_.until([&] { return (found = take<Record>()).has_value(); },
                     "a record for application " + name_, bound);
        return *found;
    }
    template <typename Record>
    std::optional<Record> take() {
        for (auto one = records_.begin(); one != records_.end(); ++one) {
            if (const auto* found = std::get_if<Record>(&*one)) {
                std::optional<Record> result(std::move(*found));
                records_.erase(one);
                return result;
            }
        }
        return std::nullopt;
    }

    bool connected() const { return connection_.open(); }
    std::uint64_t challenges() const { return challenges_; }
    const std::string& name() const { return name_; }
    Connection& connection() { return connection_; }

  private:
    void take_bytes(std::string_view bytes);
    void react(const wire::DaemonRecord& record);

    Stage& stage_;
    std::string name_;
    wire::RecordVersion version_;
    Connection connection_;
    wire::DaemonRecordDecoder decoder_;
    std::deque<wire::DaemonRecord> records_;
    std::uint32_t sequence_ = 0;
    std::uint64_t challenges_ = 0;
};

}  // namespace vnf::harness
