// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the messaging channel knows and counts, as JSON for people and tools and as metrics.
#pragma once

#include <boost/json/object.hpp>

#include "guest-client/messaging.hpp"
#include "runtime/metrics.hpp"

namespace vnf::guest {

/// `messaging` may be null: {"state":"off"}.
boost::json::object group_object(const Messaging* messaging);
void group_metrics(runtime::MetricsWriter& out, const Messaging& messaging);

}  // namespace vnf::guest
