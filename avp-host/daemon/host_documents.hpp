// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is known of the host as JSON, for the control interface (docs/avp-host.md has the fields).
#pragma once

#include <boost/json/object.hpp>

#include "avp-host/daemon/avp_host.hpp"
#include "avp-host/daemon/planned_restart.hpp"

namespace vnf::avp {

boost::json::object device_document(HostDevice& device);
boost::json::object end_document(const HostEnd& end);
boost::json::object ports_document(AvpHost& host);
boost::json::object switches_document(AvpHost& host);
boost::json::object switch_document(LearningSwitch& of);
/// The addresses that were learnt, and whose they are by the settings.
boost::json::object macs_document(LearningSwitch& of, TimePoint now);
boost::json::object status_document(AvpHost& host);
boost::json::object restart_document(const PlannedRestart& restart);

}  // namespace vnf::avp
