// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The host's numbers in Prometheus' text format (docs/avp-host.md lists them).
#pragma once

#include <string>

#include "avp-host/daemon/avp_host.hpp"

namespace vnf::avp {

std::string metrics_page(AvpHost& host);

}  // namespace vnf::avp
