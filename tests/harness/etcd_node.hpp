// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The distribution's etcd as a process of a test or a measurement: one node of a cluster on loopback, its data in a
// directory that the test gives. The machine's own etcd, if it has one, is not touched.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/harness/file_descriptor.hpp"
#include "tests/harness/process.hpp"

namespace vnf::harness {

bool etcd_is_installed();

struct EtcdNodeSpec {
    std::vector<std::string> peer_urls;  ///< of all nodes
    std::size_t number = 0;              ///< which of them this one is
    std::string client_url;
    std::filesystem::path directory;       ///< of this node: its data and its log; stays
    std::vector<std::string> arguments{};  ///< more of them
    std::vector<std::string> launcher{};   ///< a program that starts etcd, whose command line follows
    int standard_input = -1;               ///< of the launcher
};
/// On ports of the loopback that nobody has now; below `directory`. For clients http or https.
std::vector<EtcdNodeSpec> loopback_cluster(std::size_t nodes, const std::filesystem::path& directory,
                                           const std::string& scheme = "http");

class EtcdNode {
  public:
    explicit EtcdNode(const EtcdNodeSpec& spec);

    Process& process() { return process_; }
    const Process& process() const { return process_; }
    /// Until it serves clients, which it tells as it would a service manager. Throws if it ends or stays silent.
    void wait_ready();

  private:
    FileDescriptor told_;  ///< the manager's socket
    Process process_;
    bool is_ready_ = false;
};

}  // namespace vnf::harness
