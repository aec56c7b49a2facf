// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An etcd of one or more nodes for a measurement: on free loopback ports, its data in a directory of its own, as it is
// shipped (it waits for the disk). The machine's own etcd, if it has one, is not touched.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/harness/process.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::bench {

class EtcdNodes {
  public:
    static bool installed();
    explicit EtcdNodes(std::size_t count);
    /// "http://127.0.0.1:2379, http://..."
    std::string endpoints() const;

  private:
    void await(std::size_t node) const;

    harness::ScratchDirectory scratch_;
    std::vector<unsigned short> ports_;  ///< for clients and for the other nodes, in turn
    std::vector<std::unique_ptr<harness::Process>> nodes_;
};

}  // namespace vnf::bench
