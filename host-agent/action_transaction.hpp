// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One vote or one notification, from the question to its outcome (design decision 8). Pure. Policy:
//  - its invocation id is its own (H-15), its deadline that of its class (H-22) or the caller's;
//  - an answer counts only if id, event and notification are those that were asked (H-40, H-41);
//  - on expiry a vote counts as accepted and a notification as completed; timeout, error and an unknown word
//    from the guest likewise, with the true result kept (8.2, 7);
//  - only a rejected vote, or a cancellation, is not allowed;
//  - the guest may extend the deadline, within `longest` counted from the beginning.
#pragma once

#include <optional>
#include <string>

#include "host-agent/action_outcome.hpp"
#include "runtime/clock.hpp"
#include "wire/heartbeat_message.hpp"

namespace vnf::host {

using runtime::Milliseconds;
using runtime::TimePoint;

struct ActionRequest {
    wire::Event event = wire::Event::Unknown;
    wire::Notification notification = wire::Notification::Unknown;
    std::optional<Milliseconds> timeout;  ///< instead of the class's
    std::string origin;
};

class ActionTransaction {
  public:
    ActionTransaction(std::int32_t invocation_id, ActionRequest request, Milliseconds timeout,
                      Milliseconds longest, TimePoint now);

    std::int32_t invocation_id() const { return invocation_id_; }
    const ActionRequest& request() const { return request_; }
    TimePoint deadline() const { return deadline_; }

    /// What is sent; the origin only to a guest that knows it.
    wire::ActionNotify question(bool with_origin) const;
    bool matches(const wire::ActionResponse& answer) const;
    ActionOutcome answered(const wire::ActionResponse& answer, TimePoint now) const;
    ActionOutcome expired(TimePoint now) const;
    ActionOutcome cancelled(const std::string& reason, TimePoint now) const;
    /// The guest's session ended: it will never answer.
    ActionOutcome interrupted(const std::string& reason, TimePoint now) const;
    /// Moves the deadline if the total stays within bounds; the answer for the guest either way.
    wire::ActionExtended extend(const wire::ActionExtend& wish, TimePoint now);

  private:
    ActionOutcome outcome(ActionResult result, std::string reason, TimePoint now) const;

    std::int32_t invocation_id_;
    ActionRequest request_;
    Milliseconds timeout_, longest_;
    TimePoint begun_, deadline_;
};

/// For a guest that can't be asked: decided at once by the rule of expiry.
ActionOutcome not_asked(const ActionRequest& request, const std::string& reason);

}  // namespace vnf::host
