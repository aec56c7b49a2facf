// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What an operator asks and says in the server group: as a client of its own, which comes for one question and leaves.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "guest-client/messaging.hpp"

namespace vnf::guest {

struct GroupMembers {
    std::vector<std::string> entries;  ///< JSON texts, as the host said them
    std::string problem;               ///< why there is no (whole) answer
};

/// Waits for the host's answer, 5 s at most.
boost::asio::awaitable<GroupMembers> ask_members(std::shared_ptr<Messaging> messaging);

/// Empty, or why it can't be sent.
std::string send_broadcast(Messaging& messaging, const std::string& text);

}  // namespace vnf::guest
