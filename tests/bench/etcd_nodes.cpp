// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/etcd_nodes.hpp"

namespace vnf::bench {

EtcdNodes::EtcdNodes(std::size_t count) {
    for (const harness::EtcdNodeSpec& spec : harness::loopback_cluster(count, scratch_ / "etcd")) {
        endpoints_ += (nodes_.empty() ? "\"" : ", \"") + spec.client_url + '"';
        nodes_.emplace_back(spec);
    }
    for (harness::EtcdNode& node : nodes_)
        node.wait_ready();
}

}  // namespace vnf::bench
