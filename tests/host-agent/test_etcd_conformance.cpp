// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The conformance suite's engine on etcd: two agents on an etcd of VNF_ETCD_NODES nodes, one for all cases.
#include <cstdlib>

#include "tests/host-agent/etcd_stage.hpp"

namespace vnf::host {

std::unique_ptr<GroupEngine> make_group_engine() {
    const char* nodes = std::getenv("VNF_ETCD_NODES");
    static EtcdCluster cluster(nodes != nullptr ? std::strtoul(nodes, nullptr, 10) : 1);
    return std::make_unique<EtcdStage>(cluster, 2);
}

}  // namespace vnf::host
