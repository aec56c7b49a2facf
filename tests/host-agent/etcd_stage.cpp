// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/host-agent/etcd_stage.hpp"

#include <catch2/catch.hpp>

namespace vnf::host {

namespace {

std::string next_prefix() {
    static int count = 0;
    return "/test-" + std::to_string(++count);
}

}  // namespace

EtcdStage::EtcdStage(EtcdCluster& cluster, std::size_t hosts, const std::function<void(EtcdSettings&)>& adapt)
    : cluster_(cluster), settings_(hosts), services_(hosts) {
    const std::string prefix = next_prefix();
    for (std::size_t i = 0; i < hosts; ++i) {
        wires_.push_back(std::make_unique<EtcdWire>(io_, cluster.port(i % cluster.size())));
        settings_[i].endpoints = {
            wires_[i]->endpoint(cluster.endpoint(0).starts_with("https") ? "https" : "http")};
        settings_[i].prefix = prefix;
        settings_[i].host = "host" + std::to_string(i);
        settings_[i].lease = std::chrono::seconds(2);
        settings_[i].deadline = runtime::Milliseconds(1000);
        if (adapt)
            adapt(settings_[i]);
        begin(i);
    }
    REQUIRE(all_live());
}

void EtcdStage::begin(std::size_t which) {
    services_[which] = std::make_unique<EtcdGroupService>(io_, settings_[which], &lost_body);
}

bool EtcdStage::all_live() {
    return until([this] {
        return std::all_of(services_.begin(), services_.end(),
                           [](const auto& service) { return !service || service->session().is_live(); });
    });
}

bool EtcdStage::all_settled() {
    return until([this] {
        return std::all_of(services_.begin(), services_.end(),
                           [](const auto& service) { return !service || service->settled(); });
    });
}

std::vector<EtcdKey> EtcdStage::keys() const {
    const std::string base = settings_.front().base();
    const auto keys =
        parse_etcd_keys(cluster_.ask("kv/range", encode(EtcdRange{base, end_of_prefix(base), 0, 0})));
    REQUIRE(keys);
    return keys->keys;
}

/// Host 1 is cut off while host 0 sends more than one transaction holds, and history is compacted behind it.
bool EtcdStage::lose_messages(const std::string& group) {
    if (hosts() < 2)
        return false;
    REQUIRE(all_settled());
    wire(1).cut();
    TestMember sender(*this, 0, group, "sender");
    for (int i = 0; i < 100; ++i)
        sender.broadcast(std::string(wire::broadcast_limit, 'x'));
    REQUIRE(until([this] { return service(0).settled(); }));
    cluster_.compact();
    wire(1).mend();
    return all_live();
}

}  // namespace vnf::host
