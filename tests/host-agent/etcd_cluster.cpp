// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/host-agent/etcd_cluster.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/ip/tcp.hpp>

#include "host-agent/etcd/etcd_messages.hpp"
#include "tests/host-agent/agent_loop.hpp"

namespace vnf::host {

namespace {

constexpr const char* etcd_path = "/usr/bin/etcd";

/// Ports that nobody has now. All are held until all are known, so that they differ.
std::vector<unsigned short> free_ports(std::size_t count) {
    boost::asio::io_context io;
    std::vector<boost::asio::ip::tcp::acceptor> holders;
    std::vector<unsigned short> ports;
    for (std::size_t i = 0; i < count; ++i) {
        holders.emplace_back(io, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        ports.push_back(holders.back().local_endpoint().port());
    }
    return ports;
}

std::string at(const std::string& scheme, unsigned short port) {
    return scheme + "://127.0.0.1:" + std::to_string(port);
}

}  // namespace

EtcdCluster::EtcdCluster(std::size_t nodes, Options options) : options_(std::move(options)), nodes_(nodes) {
    const std::vector<unsigned short> ports = free_ports(2 * nodes);
    for (std::size_t i = 0; i < nodes; ++i) {
        nodes_[i].client_port = ports[2 * i];
        nodes_[i].peer_port = ports[2 * i + 1];
    }
    for (std::size_t i = 0; i < nodes; ++i)
        start(i);
    wait_ready();
}

std::string EtcdCluster::endpoint(std::size_t node) const {
    return at(options_.server.certificate.empty() ? "http" : "https", nodes_[node].client_port);
}

std::vector<std::string> EtcdCluster::endpoints() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        all.push_back(endpoint(i));
    return all;
}

std::string EtcdCluster::directory(std::size_t node) const {
    return scratch_ / ("node" + std::to_string(node));
}

std::vector<std::string> EtcdCluster::arguments_of(std::size_t node) const {
    std::string members;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        members += (i == 0 ? "" : ",") + ("node" + std::to_string(i)) + '=' + at("http", nodes_[i].peer_port);
    const std::string peer = at("http", nodes_[node].peer_port);
    // Without fsync: what is tested is not the disk.
    std::vector<std::string> arguments{etcd_path,
                                       "--name=node" + std::to_string(node),
                                       "--data-dir=" + directory(node),
                                       "--unsafe-no-fsync",
                                       "--logger=zap",
                                       "--listen-client-urls=" + endpoint(node),
                                       "--advertise-client-urls=" + endpoint(node),
                                       "--listen-peer-urls=" + peer,
                                       "--initial-advertise-peer-urls=" + peer,
                                       "--initial-cluster=" + members};
    if (!options_.server.certificate.empty())
        for (const std::string& argument :
             {"--cert-file=" + options_.server.certificate, "--key-file=" + options_.server.key,
              "--trusted-ca-file=" + options_.server.ca, std::string("--client-cert-auth")})
            arguments.push_back(argument);
    arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
    return arguments;
}

void EtcdCluster::start(std::size_t node) {
    if (!std::filesystem::exists(etcd_path))
        FAIL("there is no " << etcd_path << ": scripts/setup test");
    nodes_[node].process.emplace(harness::ProcessSpec{
        .argv = arguments_of(node), .output_file = scratch_ / ("log" + std::to_string(node))});
    nodes_[node].stopped = false;
}

void EtcdCluster::kill(std::size_t node) {
    nodes_[node].process->signal(SIGKILL);
    nodes_[node].process->wait();
    nodes_[node].stopped = true;
}

void EtcdCluster::wipe(std::size_t node) {
    std::filesystem::remove_all(directory(node));
}

void EtcdCluster::wait_ready() {
    const auto answers = [this](std::size_t node) {
        return try_ask("kv/range", R"({"key":"YQ=="})", {}, node).status != 0 &&
               try_ask("kv/range", R"({"key":"YQ=="})", {}, node).status != 503;
    };
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const harness::Deadline deadline(harness::patience);
        while (!nodes_[i].stopped && !answers(i)) {
            if (deadline.passed() || !nodes_[i].process->running())
                FAIL("etcd did not start:\n" << nodes_[i].process->output());
            ::usleep(20000);  // between two questions
        }
    }
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
