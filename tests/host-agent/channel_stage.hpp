// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A GuestChannel on a virtual clock, fed with lines as a guest writes them.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "host-agent/guest_channel.hpp"
#include "tests/host-agent/scripted_random.hpp"

namespace vnf::host {

using namespace std::chrono_literals;

class ChannelStage {
  public:
    explicit ChannelStage(GuestRules with = {}) : rules(with) { channel.connected(now, fresh()); }

    void bytes(std::string_view text) { channel.bytes(text, now, fresh()); }
    void line(const std::string& text) { bytes('\n' + text + '\n'); }
    /// A message of that type with these keys, as a guest writes it.
    void message(const std::string& type, const std::string& keys) {
        line(R"({"version":3,"revision":1,"msg_type":")" + type + R"(","sequence":1)" + keys + '}');
    }
    void init(const std::string& more = {}) {
        message("init", R"(,"invocation_id":7,"name":"vm1","heartbeat_interval_ms":1000,"vote_secs":9,)"
                        R"("shutdown_notice_secs":20,"suspend_notice_secs":30,"resume_notice_secs":40,)"
                        R"("restart_secs":601,"corrective_action":"reboot")" +
                            more);
    }
    /// Initialised by a guest of ours.
    void init_ours() { init(R"(,"capabilities":["health_push","action_control","fast_interval"])"); }
    void answer_action(std::int32_t id, const std::string& event = "stop",
                       const std::string& notification = "revocable", const std::string& result = "accept",
                       const std::string& log = "") {
        message("action_response", ",\"invocation_id\":" + std::to_string(id) + R"(,"event_type":")" + event +
                                       R"(","notification_type":")" + notification + R"(","vote_result":")" +
                                       result + R"(","log_msg":")" + log + '"');
    }
    void due_at(TimePoint time) {
        now = time;
        channel.due(now, fresh());
    }

    GuestChannel::Beginning begin(wire::Event event, wire::Notification notification,
                                  std::optional<Milliseconds> timeout = std::nullopt) {
        return channel.begin_action({event, notification, timeout, "test"}, now, fresh());
    }
    std::int32_t vote(wire::Event event = wire::Event::Stop,
                      std::optional<Milliseconds> timeout = std::nullopt) {
        return std::get<GuestChannel::Asked>(begin(event, wire::Notification::Revocable, timeout))
            .invocation_id;
    }
    std::int32_t notify(wire::Event event) {
        return std::get<GuestChannel::Asked>(begin(event, wire::Notification::Irrevocable)).invocation_id;
    }

    template <typename Kind>
    const Kind* effect() const {
        for (const Effect& one : effects)
            if (const auto* found = std::get_if<Kind>(&one))
                return found;
        return nullptr;
    }
    template <typename Message>
    const Message* sent() const {
        for (const Effect& one : effects)
            if (const auto* send = std::get_if<SendMessage>(&one))
                if (const auto* found = std::get_if<Message>(&send->message))
                    return found;
        return nullptr;
    }
    bool reported(JournalKind kind) const {
        for (const Effect& one : effects)
            if (const auto* found = std::get_if<Report>(&one); found != nullptr && found->kind == kind)
                return true;
        return false;
    }
    std::uint64_t rejected(wire::ParseReason reason) const {
        return totals.rejected[static_cast<std::size_t>(reason)];
    }
    std::uint64_t ignored(IgnoredReason reason) const {
        return totals.ignored[static_cast<std::size_t>(reason)];
    }
    Effects& fresh() {
        effects.clear();
        return effects;
    }

    GuestRules rules;
    ScriptedRandom random;
    AgentCounters totals;
    GuestChannel channel{rules, random, totals};
    TimePoint now{1000s};
    Effects effects;
};

}  // namespace vnf::host
