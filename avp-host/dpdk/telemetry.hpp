// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a DPDK program's operator asks of net_avp_host ports by DPDK's telemetry, in whatever program they are (testpmd,
// OVS): what a port's guest does, and its migration. A command returns when the guest has answered or the time is over.
//
// Policy. A port may be closed meanwhile: commands look it up for each step, and hold it no longer.
#pragma once

#include <cstdint>

namespace vnf::avp::dpdk {

class HostPort;

/// For telemetry, until it is hidden, which waits for a step under way. Any thread.
void show_port(std::uint16_t id, HostPort& port);
void hide_port(std::uint16_t id);

}  // namespace vnf::avp::dpdk
