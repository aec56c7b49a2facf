// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The votes and notifications that the application has yet to answer. At most `limit`: an application that
// never answers loses its oldest. An id holds the connection's number, so that one of an earlier connection
// is stale even if a restarted daemon uses the same invocation id again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wire/heartbeat_words.hpp"

namespace vnf::libheartbeat {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

struct OpenAction {
    std::uint64_t id = 0;
    wire::Event event = wire::Event::Unknown;
    wire::Notification notification = wire::Notification::Unknown;
    TimePoint deadline{};
    bool deadline_is_exact = false;
    std::string origin;

    std::uint32_t invocation_id() const { return static_cast<std::uint32_t>(id); }
};

class OpenActions {
  public:
    static constexpr std::size_t limit = 64;

    /// Returns the id of the action that had to make room, if one had.
    std::optional<std::uint64_t> add(OpenAction action);
    OpenAction* find(std::uint64_t id);
    bool erase(std::uint64_t id);
    /// Removes and returns one action whose deadline is at or before `time`.
    std::optional<std::uint64_t> take_expired(TimePoint time);
    std::optional<TimePoint> first_deadline() const;
    std::vector<std::uint64_t> take_all();

  private:
    std::vector<OpenAction> actions_;
};

}  // namespace vnf::libheartbeat
