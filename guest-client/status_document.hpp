// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the daemon says of itself: the one status document and its parts as JSON, and the metrics. Built when asked for.
#pragma once

#include <string>

#include "guest-client/guest_client.hpp"

namespace vnf::guest {

/// Everything: the parts below under "link", "group", "health" and "applications", and what the daemon itself is and counts.
std::string status_document(const GuestClient& client);
std::string link_document(const GuestClient& client);
std::string group_document(const GuestClient& client);
std::string health_document(const GuestClient& client);
std::string applications_document(const GuestClient& client);

/// In Prometheus' text format.
std::string metrics_document(const GuestClient& client);

}  // namespace vnf::guest
