// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What guest-scale-agent knows, as one JSON document and as Prometheus text.
#pragma once

#include <string>

#include "guest-scale-agent/scale_agent.hpp"

namespace vnf::scale {

std::string status_document(const ScaleAgent& agent);
std::string metrics_document(const ScaleAgent& agent);

}  // namespace vnf::scale
