// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An etcd of one or more nodes for a measurement, as it is shipped (it waits for the disk).
#pragma once

#include <list>
#include <string>

#include "tests/harness/etcd_node.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::bench {

class EtcdNodes {
  public:
    explicit EtcdNodes(std::size_t count);
    /// "http://127.0.0.1:2379", "http://..."
    const std::string& endpoints() const { return endpoints_; }

  private:
    harness::ScratchDirectory scratch_;
    std::string endpoints_;
    std::list<harness::EtcdNode> nodes_;
};

}  // namespace vnf::bench
