// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/host-agent/etcd_cluster.hpp"

#include <catch2/catch.hpp>

#include "host-agent/etcd/etcd_messages.hpp"
#include "tests/host-agent/agent_loop.hpp"

namespace vnf::host {

namespace {

/// Without fsync: what is tested is not the disk.
std::vector<std::string> arguments_of(const EtcdCluster::Options& options) {
    std::vector<std::string> arguments{"--unsafe-no-fsync"};
    if (!options.server.certificate.empty())
        arguments.insert(arguments.end(),
                         {"--cert-file=" + options.server.certificate, "--key-file=" + options.server.key,
                          "--trusted-ca-file=" + options.server.ca, "--client-cert-auth"});
    arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
    return arguments;
}

}  // namespace

EtcdCluster::EtcdCluster(std::size_t nodes, Options options) : options_(std::move(options)), nodes_(nodes) {
    const std::string scheme = options_.server.certificate.empty() ? "http" : "https";
    auto specs = harness::loopback_cluster(nodes, scratch_ / "etcd", scheme);
    for (std::size_t i = 0; i < nodes; ++i) {
        specs[i].arguments = arguments_of(options_);
        nodes_[i].spec = std::move(specs[i]);
        start(i);
    }
    wait_ready();
}

std::string EtcdCluster::endpoint(std::size_t node) const {
    return nodes_[node].spec.client_url;
}

unsigned short EtcdCluster::port(std::size_t node) const {
    const std::string& url = nodes_[node].spec.client_url;
    return static_cast<unsigned short>(std::stoul(url.substr(url.rfind(':') + 1)));
}

std::vector<std::string> EtcdCluster::endpoints() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        all.push_back(endpoint(i));
    return all;
}

void EtcdCluster::start(std::size_t node) {
    if (!harness::etcd_is_installed())
        FAIL("there is no etcd: scripts/setup test");
    nodes_[node].running.emplace(nodes_[node].spec);
}

void EtcdCluster::kill(std::size_t node) {
    nodes_[node].running.reset();
}

void EtcdCluster::wipe(std::size_t node) {
    std::filesystem::remove_all(nodes_[node].spec.directory);
}

void EtcdCluster::wait_ready() {
    for (Node& node : nodes_)
        if (node.running)
            node.running->wait_ready();
}

runtime::HttpEnd EtcdCluster::try_ask(const std::string& path, const std::string& body,
                                      const std::string& token, std::size_t node) const {
    boost::asio::io_context io;
    runtime::HttpTransfers transfers(io, options_.tls);
    std::optional<runtime::HttpEnd> ended;
    runtime::HttpPost post;
    post.url = endpoint(node) + "/v3/" + path;
    post.body = body;
    post.authorization = token;
    transfers.start(std::move(post), [&ended](runtime::HttpEnd end) { ended = std::move(end); });
    run_until(io, [&ended] { return ended.has_value(); });
    return ended.value_or(runtime::HttpEnd{});
}

std::string EtcdCluster::ask(const std::string& path, const std::string& body,
                             const std::string& token) const {
    runtime::HttpEnd end = try_ask(path, body, token);
    INFO(path << ' ' << body << ": " << end.error << end.body);
    REQUIRE(end.status == 200);
    return end.body;
}

void EtcdCluster::compact() const {
    const auto header = parse_etcd_header(ask("kv/range", R"({"key":"YQ=="})"));
    REQUIRE(header);
    ask("kv/compaction", encode_compaction(header->revision));
}

}  // namespace vnf::host
