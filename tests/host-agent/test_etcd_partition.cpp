// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Three etcd nodes, each in a network namespace of its own, which the test takes apart. Only root may.
#include <catch2/catch.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <deque>

#include "tests/harness/etcd_node.hpp"
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
                must({"/usr/bin/nsenter", "-n", "-t", std::to_string(pid(node)), "/usr/sbin/ip", "route",
                      "add", "blackhole", address(peer) + "/32"});
    }
    void rejoin_peers(std::size_t node) {
        for (std::size_t peer = 0; peer < node_count; ++peer)
            if (peer != node)
                must({"/usr/bin/nsenter", "-n", "-t", std::to_string(pid(node)), "/usr/sbin/ip", "route",
                      "del", "blackhole", address(peer) + "/32"});
    }
    void part(std::size_t node, bool from_peers) {
        from_peers ? isolate_from_peers(node) : link(node, "down");
    }
    void heal(std::size_t node, bool from_peers) { from_peers ? rejoin_peers(node) : link(node, "up"); }
    static std::string endpoint(std::size_t node) { return "http://" + address(node) + ":2379"; }

  private:
    void start(std::size_t node) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        const harness::FileDescriptor ours(ends[0]), theirs(ends[1]);
        harness::EtcdNodeSpec spec;
        for (std::size_t i = 0; i < node_count; ++i)
            spec.peer_urls.push_back("http://" + address(i) + ":2380");
        spec.number = node;
        spec.client_url = endpoint(node);
        spec.directory = scratch_ / ("node" + std::to_string(node));
        spec.arguments = {"--unsafe-no-fsync", "--heartbeat-interval=50", "--election-timeout=500"};
        // In a network of its own; its interface is there when we have made it. etcd keeps the process id.
        const std::string script =
            "echo here >&0; read go; ip addr add " + address(node) +
            "/24 dev eth0; ip link set lo up; ip link set eth0 up; exec \"$@\" </dev/null";
        spec.launcher = {"/usr/bin/unshare", "-n", "/bin/sh", "-c", script, "sh"};
        spec.standard_input = theirs.get();
        nodes_.emplace_back(spec);
        await_line(ours);
        must({"/usr/sbin/ip", "link", "add", cable(node), "type", "veth", "peer", "name", "eth0", "netns",
              std::to_string(pid(node))});
        must({"/usr/sbin/ip", "link", "set", cable(node), "master", bridge_, "up"});
        REQUIRE(::write(ours.get(), "\n", 1) == 1);
    }
    static void await_line(const harness::FileDescriptor& from) {
        pollfd waiting{from.get(), POLLIN, 0};
        REQUIRE(::poll(&waiting, 1, static_cast<int>(harness::patience.count())) == 1);
        std::array<char, 16> line{};
        REQUIRE(::read(from.get(), line.data(), line.size()) > 0);
    }
    pid_t pid(std::size_t node) const { return nodes_[node].process().pid(); }

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
    std::deque<harness::EtcdNode> nodes_;
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
