// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/etcd_node.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "tests/harness/unix_socket.hpp"

namespace vnf::harness {
namespace {

constexpr const char* program = "/usr/bin/etcd";

std::string name_of(std::size_t node) {
    return "node" + std::to_string(node);
}

FileDescriptor manager_of(const EtcdNodeSpec& spec) {
    std::filesystem::create_directories(spec.directory);
    return bind_unix(spec.directory / "notify");
}

ProcessSpec start_of(const EtcdNodeSpec& spec) {
    std::string cluster;
    for (std::size_t i = 0; i < spec.peer_urls.size(); ++i)
        cluster += (i == 0 ? "" : ",") + name_of(i) + '=' + spec.peer_urls[i];
    const std::string& peer_url = spec.peer_urls[spec.number];
    ProcessSpec start{.argv = spec.launcher,
                      .environment = {"NOTIFY_SOCKET=" + (spec.directory / "notify").string()},
                      .output_file = spec.directory / "log",
                      .standard_input = spec.standard_input};
    start.argv.insert(
        start.argv.end(),
        {program, "--name=" + name_of(spec.number), "--data-dir=" + (spec.directory / "data").string(),
         "--logger=zap", "--listen-client-urls=" + spec.client_url,
         "--advertise-client-urls=" + spec.client_url, "--listen-peer-urls=" + peer_url,
         "--initial-advertise-peer-urls=" + peer_url, "--initial-cluster=" + cluster});
    start.argv.insert(start.argv.end(), spec.arguments.begin(), spec.arguments.end());
    return start;
}

/// All are held until all are known, so that they differ.
std::vector<std::string> free_addresses(std::size_t count) {
    std::vector<FileDescriptor> holders;
    std::vector<std::string> addresses;
    for (std::size_t i = 0; i < count; ++i) {
        holders.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(holders.back().get(), any, size) != 0 ||
            ::getsockname(holders.back().get(), any, &size) != 0)
            throw std::runtime_error("no free port on the loopback");
        addresses.push_back("://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
    }
    return addresses;
}

}  // namespace

bool etcd_is_installed() {
    return std::filesystem::exists(program);
}

std::vector<EtcdNodeSpec> loopback_cluster(std::size_t nodes, const std::filesystem::path& directory,
                                           const std::string& scheme) {
    const std::vector<std::string> addresses = free_addresses(2 * nodes);
    std::vector<EtcdNodeSpec> specs(nodes);
    for (EtcdNodeSpec& spec : specs) {
        spec.number = static_cast<std::size_t>(&spec - specs.data());
        spec.client_url = scheme + addresses[nodes + spec.number];
        spec.directory = directory / name_of(spec.number);
        for (std::size_t i = 0; i < nodes; ++i)
            spec.peer_urls.push_back("http" + addresses[i]);
    }
    return specs;
}

EtcdNode::EtcdNode(const EtcdNodeSpec& spec) : told_(manager_of(spec)), process_(start_of(spec)) {}

void EtcdNode::wait_ready() {
    const Deadline deadline(patience);
    while (!is_ready_) {
        std::array<pollfd, 2> waiting{{{told_.get(), POLLIN, 0}, {process_.pidfd(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), deadline.poll_timeout());
        if (deadline.passed() || waiting[1].revents != 0)
            throw std::runtime_error("etcd did not start:\n" + process_.output());
        std::array<char, 256> text{};
        const ssize_t count = ::recv(told_.get(), text.data(), text.size(), 0);
        is_ready_ =
            count > 0 && std::string_view(text.data(), static_cast<std::size_t>(count)).find("READY=1") !=
                             std::string_view::npos;
    }
}

}  // namespace vnf::harness
