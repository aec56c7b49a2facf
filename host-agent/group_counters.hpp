// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the server groups count over all guests of this host, since the agent was started. Plain numbers.
#pragma once

#include <array>
#include <cstdint>

#include "wire/parse_error.hpp"

namespace vnf::host {

struct GroupCounters {
    // From guests.
    std::uint64_t messages = 0, bytes_received = 0, broadcasts = 0, status_queries = 0;
    std::array<std::uint64_t, wire::parse_reason_count> rejected{};
    std::uint64_t foreign = 0;      ///< to another address than the group's: refused
    std::uint64_t over_budget = 0;  ///< more messages than a guest may send: dropped
    std::uint64_t overload =
        0;  ///< broadcasts above a guest's rate, or that the engine did not take: refused
    std::uint64_t queries_refused = 0;
    std::uint64_t floods = 0;
    // To guests.
    std::uint64_t mail = 0;      ///< broadcasts and notifications, once for each receiver
    std::uint64_t entries = 0;   ///< of status answers
    std::uint64_t missed = 0;    ///< mail that a guest could not be given
    std::uint64_t gaps = 0;      ///< messages that say so
    std::uint64_t too_long = 0;  ///< mail or entries that no old guest could take, even when emptied
    std::uint64_t nacks = 0;
    // Members.
    std::uint64_t events = 0, events_deferred = 0, joins = 0, leaves = 0, refusals = 0;
};

}  // namespace vnf::host
