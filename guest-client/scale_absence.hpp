// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the host hears of a scale request that could not be given to guest-scale-agent: a failure, at once and in the old
// keys, in place of a silence until its deadline. A host of ours is also told that nobody was there to ask, if so.
#pragma once

#include <optional>

#include "guest-client/service_socket.hpp"
#include "wire/json_text.hpp"

namespace vnf::guest {

/// Nothing: what the agent itself would not answer (a nack, another version or message).
std::optional<wire::JsonText> answer_for_scale_agent(const wire::JsonText& request, Delivery delivery);

}  // namespace vnf::guest
