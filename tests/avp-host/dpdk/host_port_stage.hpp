// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A net_avp_host port in this process, as an application has it, with a scripted guest at its socket.
#pragma once

#include <sched.h>

#include "tests/avp-host/presentation/socket_guest.hpp"
#include "tests/avp-pmd/port.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/runtime/loop_fixture.hpp"

namespace vnf::avp::test {

/// Waits for what another thread brings about; asks no more once it is true.
template <typename Condition>
bool comes_true(Condition condition) {
    const harness::Deadline deadline(harness::patience);
    while (!deadline.passed()) {
        if (condition())
            return true;
        ::sched_yield();
    }
    return false;
}

/// Frames of the longest kind, in chains on either side.
inline const std::string jumbo = "max-frame=9238,buffers=1024,ring-slots=64";

inline PortSettings jumbo_settings() {
    PortSettings settings;
    settings.mtu = 9220;
    settings.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
    settings.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    return settings;
}

struct HostPortStage {
    explicit HostPortStage(const std::string& devargs = "", const PortSettings& settings = {})
        : port(path(), devargs, "net_avp_host") {
        port.bring_up(settings);
    }
    std::string path() const { return folder / "port.sock"; }

    vnf::test::ScratchFolder folder;
    TestPort port;
};

}  // namespace vnf::avp::test
