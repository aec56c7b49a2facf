// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A real etcd of one or more nodes for a test: on free loopback ports, its data in a directory of its own, gone with it.
// The machine's own etcd, if it has one, is not touched. A missing etcd is a failure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/http_transfers.hpp"
#include "tests/harness/etcd_node.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::host {

class EtcdCluster {
  public:
    struct Options {
        std::vector<std::string> arguments{};  ///< more of them, for every node
        runtime::HttpTls tls{};                ///< set: clients speak TLS, and show a certificate
        runtime::HttpTls server{};             ///< what the nodes show then
    };

    explicit EtcdCluster(std::size_t nodes) : EtcdCluster(nodes, Options{}) {}
    EtcdCluster(std::size_t nodes, Options options);

    std::size_t size() const { return nodes_.size(); }
    std::string endpoint(std::size_t node) const;
    unsigned short port(std::size_t node) const;
    std::vector<std::string> endpoints() const;

    void kill(std::size_t node);
    void start(std::size_t node);
    void pause(std::size_t node) { nodes_[node].running->process().signal(SIGSTOP); }
    void go_on(std::size_t node) { nodes_[node].running->process().signal(SIGCONT); }
    /// Its data is gone. The node must have been killed.
    void wipe(std::size_t node);
    /// Until every node that runs serves clients.
    void wait_ready();

    /// One request of the test's own, at once. The answer's body; fails the test if it was refused.
    std::string ask(const std::string& path, const std::string& body, const std::string& token = {}) const;
    /// The same, whatever comes.
    runtime::HttpEnd try_ask(const std::string& path, const std::string& body, const std::string& token = {},
                             std::size_t node = 0) const;
    /// History ends now.
    void compact() const;

  private:
    struct Node {
        harness::EtcdNodeSpec spec{};
        std::optional<harness::EtcdNode> running{};
    };

    Options options_;
    harness::ScratchDirectory scratch_;
    std::vector<Node> nodes_;
};

}  // namespace vnf::host
