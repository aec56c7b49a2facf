// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/group_setting.hpp"

#include <fmt/core.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <stdexcept>

#include "bench_binaries.hpp"
#include "shipped_binaries.hpp"
#include "tests/bench/placement.hpp"
#include "tests/harness/unix_socket.hpp"

namespace vnf::bench {
namespace {

/// Abstract names are the machine's: each guest's daemon gets one that no other has.
std::string own_address() {
    static int last = 0;
    return fmt::format("bench.{}.{}", ::getpid(), ++last);
}

/// A name that is the member's in its group on every host.
std::string member_name() {
    static int last = 0;
    return fmt::format("m{}", ++last);
}

std::string guest_settings(const GroupGuest& guest) {
    return fmt::format(
        "messaging: {{device: \"listen:{}\", address: {}}}\ngroups: {{socket: {}, limit: 4096}}\n",
        guest.port(), own_address(), guest.client_socket());
}

std::string host_settings(const std::vector<std::string>& ports, const std::string& engine) {
    std::string settings =
        fmt::format("groups: {{{} broadcasts_per_s: 1000000, queue_bytes: 4194304}}\nguests:\n", engine);
    for (const std::string& port : ports) {
        const std::string name = member_name();
        settings += fmt::format("  - {{id: {}, name: {}, group: bench, messaging: {}}}\n", name, name, port);
    }
    return settings;
}

/// For one of several hosts.
std::string on_etcd(const std::string& endpoints) {
    return fmt::format("engine: etcd, etcd: {{endpoints: [{}], host: {}}},", endpoints, member_name());
}

}  // namespace

// ---- daemons ----------------------------------------------------------------------------------------------

GroupGuest::GroupGuest(Kind kind) {
    const OnProcessorOf guest(Half::Guest);
    if (kind == Kind::Floor) {
        floor_ = std::make_unique<Program>(
            std::vector<std::string>{floor_group_path, "guest", port(), client_socket()});
        return;
    }
    const std::string settings = scratch_.write("guest-client.yaml", guest_settings(*this));
    process_ = std::make_unique<harness::Process>(
        harness::ProcessSpec{.argv = {harness::guest_client_path, "--config", settings, "--device",
                                      "listen:" + (scratch_ / "heartbeat.sock"), "--application-socket",
                                      scratch_ / "applications.sock", "--control-socket",
                                      scratch_ / "control.sock", "--log-level", "error"}});
    harness::connect_unix(client_socket(), harness::patience, SOCK_SEQPACKET);
}

GroupHost::GroupHost(Kind kind, const std::vector<std::string>& ports, const std::string& engine) {
    const OnProcessorOf host(Half::Host);
    if (kind == Kind::Ours) {
        ours_ = std::make_unique<HostAgent>(std::vector<std::string>{}, host_settings(ports, engine));
        return;
    }
    std::vector<std::string> argv{floor_group_path, "host"};
    argv.insert(argv.end(), ports.begin(), ports.end());
    floor_ = std::make_unique<Program>(std::move(argv));
}

// ---- a path -----------------------------------------------------------------------------------------------

GroupPath::GroupPath(Kind kind)
    : from(kind), to(kind), sender(from.client_socket()), receiver(to.client_socket()) {
    hosts.push_back(std::make_unique<GroupHost>(kind, std::vector{from.port(), to.port()}));
    join(kind);
}

GroupPath::GroupPath(const std::string& endpoints)
    : from(Kind::Ours), to(Kind::Ours), sender(from.client_socket()), receiver(to.client_socket()) {
    for (const GroupGuest* guest : {&from, &to})
        hosts.push_back(
            std::make_unique<GroupHost>(Kind::Ours, std::vector{guest->port()}, on_etcd(endpoints)));
    join(Kind::Ours);
}

void GroupPath::join(Kind kind) {
    for (PacketChannel* client : {&receiver, &sender}) {
        if (kind == Kind::Ours)
            client->join(2);
        else
            client->join_floor();
    }
}

void GroupPath::pass(std::string_view packet, std::string_view text) {
    sender.send(packet);
    receiver.await(text);
}

// ---- members without daemons ------------------------------------------------------------------------------

PlayedMembers::PlayedMembers(std::size_t count) : inputs_(count), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < count; ++i) {
        ports_.push_back(scratch_ / fmt::format("{}.sock", i));
        listeners_.push_back(harness::listen_unix(ports_.back(), 1));
    }
}

void PlayedMembers::await_host() {
    for (const harness::FileDescriptor& listener : listeners_) {
        harness::FileDescriptor connection = harness::await_connection(listener);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = connections_.size();
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.get(), &event);
        connections_.push_back(std::move(connection));
    }
    listeners_.clear();
}

void PlayedMembers::await_all(std::string_view text) {
    std::array<epoll_event, 256>
        events;                      // NOLINT(cppcoreguidelines-pro-type-member-init): epoll_wait() fills it
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    for (std::size_t waiting = connections_.size(); waiting > 0;) {
        const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 20000);
        if (count <= 0)
            throw std::runtime_error("a broadcast did not reach every member");
        for (int i = 0; i < count; ++i) {
            const std::size_t member = events.at(static_cast<std::size_t>(i)).data.u64;
            const ssize_t got = ::read(connections_[member].get(), buffer.data(), buffer.size());
            std::string& input = inputs_[member];
            input.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
            if (input.find(text) != std::string::npos) {
                input.clear();
                --waiting;
            }
        }
    }
}

void PlayedMembers::drain() {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        while (::read(connections_[i].get(), buffer.data(), buffer.size()) > 0) {
        }
        inputs_[i].clear();
    }
}

}  // namespace vnf::bench
