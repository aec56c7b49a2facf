// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/etcd_nodes.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <filesystem>
#include <stdexcept>

#include "tests/harness/deadline.hpp"
#include "tests/harness/file_descriptor.hpp"

namespace vnf::bench {
namespace {

constexpr const char* program = "/usr/bin/etcd";

sockaddr_in loopback(unsigned short port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

harness::FileDescriptor new_socket() {
    return harness::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/// Ports that nobody has now. All are held until all are known, so that they differ.
std::vector<unsigned short> free_ports(std::size_t count) {
    std::vector<harness::FileDescriptor> holders;
    std::vector<unsigned short> ports;
    for (std::size_t i = 0; i < count; ++i) {
        holders.push_back(new_socket());
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        auto* any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(holders.back().get(), any, size) != 0 ||
            ::getsockname(holders.back().get(), any, &size) != 0)
            throw std::runtime_error("no free port on the loopback");
        ports.push_back(ntohs(address.sin_port));
    }
    return ports;
}

std::string at(unsigned short port) {
    return fmt::format("http://127.0.0.1:{}", port);
}

}  // namespace

bool EtcdNodes::installed() {
    return std::filesystem::exists(program);
}

EtcdNodes::EtcdNodes(std::size_t count) : ports_(free_ports(2 * count)) {
    std::string members;
    for (std::size_t i = 0; i < count; ++i)
        members += fmt::format("{}node{}={}", i == 0 ? "" : ",", i, at(ports_[2 * i + 1]));
    for (std::size_t i = 0; i < count; ++i) {
        const std::string client = at(ports_[2 * i]), peer = at(ports_[2 * i + 1]);
        nodes_.push_back(std::make_unique<harness::Process>(harness::ProcessSpec{
            .argv = {program, fmt::format("--name=node{}", i),
                     "--data-dir=" + (scratch_ / fmt::format("data{}", i)), "--listen-client-urls=" + client,
                     "--advertise-client-urls=" + client, "--listen-peer-urls=" + peer,
                     "--initial-advertise-peer-urls=" + peer, "--initial-cluster=" + members},
            .output_file = scratch_ / fmt::format("log{}", i)}));
    }
    for (std::size_t i = 0; i < count; ++i)
        await(i);
}

/// It listens for clients once it has found the others.
void EtcdNodes::await(std::size_t node) const {
    const harness::Deadline deadline(harness::patience);
    const sockaddr_in address = loopback(ports_[2 * node]);
    while (::connect(new_socket().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (deadline.passed() || !nodes_[node]->running())
            throw std::runtime_error("etcd did not start: " + nodes_[node]->output());
        ::poll(nullptr, 0, 10);  // set-up of a measurement, asked for in turns
    }
}

std::string EtcdNodes::endpoints() const {
    std::string all;
    for (std::size_t i = 0; i < ports_.size(); i += 2)
        all += (i == 0 ? "" : ", ") + ('"' + at(ports_[i]) + '"');
    return all;
}

}  // namespace vnf::bench
