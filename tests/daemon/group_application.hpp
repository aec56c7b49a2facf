// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application of a guest, in its server group by a handle of the shipped libservergroup, and everything that it was
// told. It plays on the test's stage: dispatched when the handle's descriptor is readable or its time has come.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include <vnf/servergroup.hpp>

#include "tests/harness/file_descriptor.hpp"
#include "tests/harness/json_lines.hpp"
#include "tests/harness/stage.hpp"

namespace vnf::test {

struct HeardBroadcast {
    std::string source, text;
    friend bool operator==(const HeardBroadcast&, const HeardBroadcast&) = default;
};
struct HeardNotification {
    std::string event_type, member, state, cause;
};
struct HeardStatus {
    bool complete = false;
    vnf_sg_error error = VNF_SG_OK;
    std::string reason;
    std::vector<std::string> members;  ///< their display names
};
struct HeardRefusal {
    std::string type, reason;
};

class GroupApplication final : public harness::Actor, private servergroup::Handler {
  public:
    GroupApplication(harness::Stage& stage, const std::string& socket, const std::string& name = "app");

    void await(vnf_sg_state state = VNF_SG_STATE_LINKED);
    vnf_sg_error say(std::string_view text);
    /// Plays on while the queue is full; throws for any other refusal.
    void say_patiently(std::string_view text);
    vnf_sg_error ask();
    /// Asks and waits for the whole answer. What the guest was told before has arrived then.
    HeardStatus status();
    /// Until it has heard that many broadcasts.
    void await_broadcasts(std::size_t count);
    /// The next notification with this cause, those before it stay.
    HeardNotification expect_cause(std::string_view cause);
    std::size_t count_cause(std::string_view cause) const;
    /// What happened so far is not the test's.
    void forget();

    vnf_sg_state state() const { return membership_.state().state; }
    std::uint64_t missed_in_all() const;
    std::uint64_t unsent_in_all() const;

    std::vector<HeardBroadcast> broadcasts;
    std::vector<HeardNotification> notifications;
    std::vector<HeardStatus> statuses;
    std::vector<HeardRefusal> refusals;
    std::vector<std::string> failed;  ///< members that the library reports as failed
    std::vector<vnf_sg_state> states;
    std::vector<std::uint32_t> gaps, unsent_counts;  ///< of each time it was told so
    std::function<void()> on_status;

    int wait_fd() const override { return due_.get(); }
    void readable() override;

  private:
    void state_changed(const vnf_sg_state_info& info) override { states.push_back(info.state); }
    void broadcast(const char* source, const char* text, size_t length) override;
    void notification(const vnf_sg_notification& told) override;
    void status(const vnf_sg_status& told) override;
    void membership(const vnf_sg_change& change) override;
    void missed(uint32_t messages) override { gaps.push_back(messages); }
    void refused(const char* message_type, const char* reason) override;
    void unsent(uint32_t messages, const char* /*reason*/) override { unsent_counts.push_back(messages); }

    void set_timer();

    servergroup::Membership membership_;
    harness::FileDescriptor timer_, due_;  ///< the second is readable when the handle or the first is
};

}  // namespace vnf::test
