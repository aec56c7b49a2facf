// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An address's length is that of its name: nothing is padded (section 2.1).
#include "tests/daemon/old_group_client.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>

namespace vnf::test {
namespace {

using harness::Json;

struct AbstractAddress {
    explicit AbstractAddress(std::string_view name)
        : length(static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) {
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path + 1, name.size());
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
    sockaddr_un address{};
    socklen_t length;
};

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

OldGroupClient::OldGroupClient(harness::Stage& stage, const harness::GuestNetwork& network) : Actor(stage) {
    const harness::GuestNetwork::Visit visit(network);
    socket_ = harness::FileDescriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const AbstractAddress own("cgcs.server_grp");
    if (!socket_ || ::bind(socket_.get(), own.get(), own.length) != 0)
        fail("@cgcs.server_grp");
}

void OldGroupClient::send_data(const Json& data) {
    const std::string datagram =
        boost::json::serialize(Json{{"data", data}, {"version", 2}, {"dest_addr", "cgcs.server_grp"}});
    const AbstractAddress agent("cgcs.messaging");
    if (::sendto(socket_.get(), datagram.data(), datagram.size(), 0, agent.get(), agent.length) < 0)
        fail("@cgcs.messaging");
}

void OldGroupClient::broadcast(std::string_view text) {
    send_data({{"version", 2}, {"msg_type", "broadcast"}, {"data", text}});
}

void OldGroupClient::query(std::int64_t seq) {
    send_data({{"version", 2}, {"msg_type", "status_query"}, {"seq", seq}});
}

void OldGroupClient::readable() {
    std::string datagram(65536, '\0');
    const ssize_t length = ::recv(socket_.get(), datagram.data(), datagram.size(), 0);
    if (length <= 0)
        return;
    datagram.resize(static_cast<std::size_t>(length));
    largest_ = std::max(largest_, datagram.size());
    const Json envelope = boost::json::parse(datagram).as_object();
    if (harness::number(envelope, "version") != 2 ||
        harness::text(envelope, "source_addr") != "cgcs.server_grp")
        throw std::runtime_error("a wrong envelope: " + datagram);
    data_.push_back(envelope.at("data").as_object());
}

Json OldGroupClient::expect(std::string_view msg_type) {
    auto found = data_.end();
    const auto arrived = [&] {
        found = std::find_if(data_.begin(), data_.end(), [msg_type](const Json& one) {
            return harness::text(one, "msg_type") == msg_type;
        });
        return found != data_.end();
    };
    stage().until(arrived, std::string(msg_type) + " at the old client");
    Json data = std::move(*found);
    data_.erase(found);
    return data;
}

std::size_t OldGroupClient::count(std::string_view msg_type) const {
    return static_cast<std::size_t>(std::count_if(data_.begin(), data_.end(), [msg_type](const Json& one) {
        return harness::text(one, "msg_type") == msg_type;
    }));
}

}  // namespace vnf::test
