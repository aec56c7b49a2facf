// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// host-agent's numbers in Prometheus' text format: totals always, per guest only for as many guests as a
// scrape can bear (settings: metrics_per_guest).
#pragma once

#include <string>

#include "host-agent/host_agent.hpp"

namespace vnf::host {

std::string metrics_page(const HostAgent& agent);

}  // namespace vnf::host
