// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What guest-client knows of scaling, as JSON, and metrics that it is given to pass on.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "guest-client/guest_client.hpp"

namespace vnf::guest {

std::string scale_document(const GuestClient& client);

/// {"name": number, ...}, or what is wrong with it.
std::variant<wire::MetricValues, std::string> metrics_of(std::string_view body);

}  // namespace vnf::guest
