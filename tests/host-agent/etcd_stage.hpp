// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The agents of some hosts with their groups on an etcd, each behind a wire of its own, on one loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "host-agent/etcd/etcd_group_service.hpp"
#include "tests/host-agent/agent_loop.hpp"
#include "tests/host-agent/etcd_cluster.hpp"
#include "tests/host-agent/etcd_wire.hpp"
#include "tests/host-agent/group_conformance.hpp"

namespace vnf::host {

/// What the others are told of a member whose host is lost.
inline wire::JsonText lost_body(const wire::JsonText& last_entry, std::string_view) {
    return std::get<wire::JsonText>(wire::JsonText::parse(R"({"lost":)" + last_entry.text() + "}"));
}

class EtcdStage : public GroupEngine {
  public:
    /// A prefix of its own, so that stages can share a cluster one after the other.
    EtcdStage(EtcdCluster& cluster, std::size_t hosts, const std::function<void(EtcdSettings&)>& adapt = {});

    std::size_t hosts() const override { return services_.size(); }
    GroupService& host(std::size_t which) override { return *services_[which]; }
    /// `happened` may do something: it is not asked again when it was true.
    bool until(const std::function<bool()>& happened) override {
        bool true_once = false;
        return run_until(io_, [&] { return true_once = true_once || happened(); });
    }
    bool lose_messages(const std::string& group) override;

    EtcdGroupService& service(std::size_t which) { return *services_[which]; }
    EtcdWire& wire(std::size_t which) { return *wires_[which]; }
    EtcdCluster& cluster() { return cluster_; }
    boost::asio::io_context& io() { return io_; }
    EtcdSettings& settings(std::size_t which) { return settings_[which]; }
    /// The agent is gone in the middle of what it does, and another one may come.
    void crash(std::size_t which) { services_[which].reset(); }
    void begin(std::size_t which);
    bool all_live();
    bool all_settled();
    /// All keys below this stage's prefix and what is in them.
    std::vector<EtcdKey> keys() const;

  private:
    EtcdCluster& cluster_;
    boost::asio::io_context io_;
    std::vector<std::unique_ptr<EtcdWire>> wires_;
    std::vector<EtcdSettings> settings_;
    std::vector<std::unique_ptr<EtcdGroupService>> services_;
};

}  // namespace vnf::host
