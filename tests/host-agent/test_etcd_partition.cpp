// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Three etcd nodes, each in a network namespace of its own, which the test takes apart. Only root may.
#include <catch2/catch.hpp>

#include <cstdio>

#include <unistd.h>

#include "tests/harness/own_network.hpp"
#include "tests/host-agent/etcd_stage.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

constexpr std::size_t node_count = 3;

std::string address(std::size_t node) {
    return "10.77.0." + std::to_string(node + 1);
}

class Network {
  public:
    Network() {
        must({"/usr/sbin/ip", "link", "add", bridge_, "type", "bridge"});
        must({"/usr/sbin/ip", "addr", "add", "10.77.0.254/24", "dev", bridge_});
        must({"/usr/sbin/ip", "link", "set", bridge_, "up"});
        for (std::size_t i = 0; i < node_count; ++i)
            start(i);
    }

    ~Network() { harness::run({"/usr/sbin/ip", "link", "del", bridge_}, scratch_ / "log"); }
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    void link(std::size_t node, const std::string& state) {
        must({"/usr/sbin/ip", "link", "set", cable(node), state});
    }
    /// The node does not reach its peers, but we reach it.
    void isolate_from_peers(std::size_t node) {
        for (std::size_t peer = 0; peer < node_count; ++peer)
            if (peer != node)
                must({"/usr/bin/nsenter", "-n", "-t", std::to_string(nodes_[node].pid()), "/usr/sbin/ip",
                      "route", "add", "blackhole", address(peer) + "/32"});
    }
    void rejoin_peers(std::size_t node) {
        for (std::size_t peer = 0; peer < node_count; ++peer)
            if (peer != node)
                must({"/usr/bin/nsenter", "-n", "-t", std::to_string(nodes_[node].pid()), "/usr/sbin/ip",
                      "route", "del", "blackhole", address(peer) + "/32"});
    }
    void part(std::size_t node, bool from_peers) {
        from_peers ? isolate_from_peers(node) : link(node, "down");
    }
    void heal(std::size_t node, bool from_peers) { from_peers ? rejoin_peers(node) : link(node, "up"); }
    static std::string endpoint(std::size_t node) { return "http://" + address(node) + ":2379"; }

  private:
    void start(std::size_t node) {
        const std::string name = std::to_string(node), own = address(node);
        std::string members;
        for (std::size_t i = 0; i < node_count; ++i)
            members += (i == 0 ? "n" : ",n") + std::to_string(i) + "=http://" + address(i) + ":2380";
        // The interface comes when we have made it; etcd keeps the process id.
        const std::string script =
            "while ! ip addr add " + own +
            "/24 dev eth0 2>/dev/null; do sleep 0.02; done; ip link set lo up; "
            "ip link set eth0 up; exec etcd --name=n" +
            name + " --data-dir=" + (scratch_ / ("d" + name)) +
            " --unsafe-no-fsync --logger=zap --heartbeat-interval=50 --election-timeout=500 "
            "--listen-client-urls=" +
            endpoint(node) + " --advertise-client-urls=" + endpoint(node) + " --listen-peer-urls=http://" +
            own + ":2380 --initial-advertise-peer-urls=http://" + own + ":2380 --initial-cluster=" + members;
        nodes_.emplace_back(harness::ProcessSpec{.argv = {"/usr/bin/unshare", "-n", "/bin/sh", "-c", script},
                                                 .output_file = scratch_ / ("log" + name)});
        const std::string pid = std::to_string(nodes_.back().pid());
        // Not before it has a network of its own.
        while (std::filesystem::read_symlink("/proc/" + pid + "/ns/net") ==
               std::filesystem::read_symlink("/proc/self/ns/net"))
            ::usleep(1000);
        must({"/usr/sbin/ip", "link", "add", cable(node), "type", "veth", "peer", "name", "eth0", "netns",
              pid});
        must({"/usr/sbin/ip", "link", "set", cable(node), "master", bridge_, "up"});
    }

    void must(std::vector<std::string> command) {
        const harness::Completed done = harness::run(std::move(command), scratch_ / "log");
        INFO(done.output);
        REQUIRE(done.status == harness::ExitStatus{});
    }

    static std::string new_bridge() {
        static int count = 0;
        return "br" + std::to_string(count++);
    }
    /// A namespace and the cable into it go only some time after its last process.
    std::string cable(std::size_t node) const { return bridge_ + "v" + std::to_string(node); }

    const std::string bridge_ = new_bridge();
    harness::ScratchDirectory scratch_;
    std::vector<harness::Process> nodes_;
};

/// Two agents; each begins at a node of its own and knows them all, or the first one knows node 0 only.
class PartitionStage final : public GroupEngine {
  public:
    explicit PartitionStage(bool first_knows_all = true) {
        for (std::size_t i = 0; i < 2; ++i) {
            for (std::size_t k = 0; k < node_count; ++k)
                settings_[i].endpoints.push_back(Network::endpoint((i + k) % node_count));
            if (i == 0 && !first_knows_all)
                settings_[i].endpoints.resize(1);
            settings_[i].host = "host" + std::to_string(i);
            settings_[i].lease = std::chrono::seconds(4);
            settings_[i].deadline = runtime::Milliseconds(500);
            services_[i] = std::make_unique<EtcdGroupService>(io_, settings_[i], &lost_body);
        }
    }
    std::size_t hosts() const override { return 2; }
    GroupService& host(std::size_t which) override { return *services_[which]; }
    bool until(const std::function<bool()>& happened) override {
        bool true_once = false;
        return run_until(io_, [&] { return true_once = true_once || happened(); });
    }
    bool lose_messages(const std::string&) override { return false; }
    EtcdGroupService& service(std::size_t which) { return *services_[which]; }

  private:
    boost::asio::io_context io_;
    std::array<EtcdSettings, 2> settings_;
    std::array<std::unique_ptr<EtcdGroupService>, 2> services_;
};

/// False: not on this machine.
bool may_partition() {
    if (::geteuid() != 0) {
        std::puts("SKIPPED: only root may make a network of namespaces");
        return false;
    }
    return harness::enter_own_network();
}

}  // namespace

TEST_CASE("A node that is partitioned from its peers, or from everybody, costs no message and no member") {
    if (!may_partition())
        return;
    Network network;
    PartitionStage stage;
    REQUIRE(stage.until(
        [&stage] { return stage.service(0).session().is_live() && stage.service(1).session().is_live(); }));
    TestMember a(stage, 0, "g", "a"), b(stage, 1, "g", "b");
    REQUIRE(a.sees(2));
    REQUIRE(b.sees(2));
    // The receiver's node or the sender's, cut off from its peers or from everybody.
    const auto [from_peers, node] =
        GENERATE(table<bool, std::size_t>({{true, 1}, {true, 0}, {false, 1}, {false, 0}}));
    const auto send = [&a](std::size_t first, std::size_t end) {
        for (std::size_t i = first; i < end; ++i)
            a.broadcast(std::to_string(i));
    };
    send(0, 10);
    REQUIRE(b.hears(10));
    a.box->notified.clear();
    b.box->notified.clear();
    network.part(node, from_peers);
    send(10, 30);
    REQUIRE(b.hears(30));
    network.heal(node, from_peers);
    send(30, 40);
    REQUIRE(b.hears(40));
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < 40; ++i)
        wanted.push_back("a: " + std::to_string(i));
    CHECK(b.box->heard == wanted);
    CHECK(b.box->gaps.empty());
    CHECK(b.box->notified.empty());
    CHECK(a.box->notified.empty());
    CHECK(b.sees(2));
}

TEST_CASE(
    "A partition that outlasts the lease: who knows no other node is lost once, and is there again when it "
    "heals") {
    if (!may_partition())
        return;
    Network network;
    PartitionStage stage(false);
    REQUIRE(stage.until(
        [&stage] { return stage.service(0).session().is_live() && stage.service(1).session().is_live(); }));
    TestMember a(stage, 0, "g", "a"), b(stage, 1, "g", "b");
    REQUIRE(a.sees(2));
    REQUIRE(b.sees(2));
    b.box->notified.clear();
    const bool from_peers = GENERATE(true, false);
    network.part(0, from_peers);
    REQUIRE(b.is_notified(1));
    CHECK(b.box->notified[0] == lost_body(entry_of("a", "active"), {}).text());
    CHECK(b.sees(1));
    b.broadcast("meanwhile");
    network.heal(0, from_peers);
    REQUIRE(a.hears(1));
    a.broadcast("after");
    REQUIRE(b.hears(1));
    CHECK(b.sees(2));
    CHECK(a.sees(2));
    CHECK(a.box->heard == std::vector<std::string>{"b: meanwhile"});
    CHECK(b.box->heard == std::vector<std::string>{"a: after"});
    CHECK(b.box->notified.size() == 2);
    CHECK(b.box->notified.back() == notice_of("joined", "a").text());
    CHECK(a.box->gaps.empty());
    CHECK(b.box->gaps.empty());
    CHECK(a.box->lost.empty());
}
