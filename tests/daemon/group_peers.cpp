// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/daemon/group_peers.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "tests/harness/unix_socket.hpp"

namespace vnf::test {
namespace {

struct Address {
    explicit Address(std::string_view path_bytes) {
        address.sun_family = AF_UNIX;
        std::memcpy(&address.sun_path[0], path_bytes.data(),
                    std::min(path_bytes.size(), sizeof address.sun_path));
        size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_bytes.size());
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
    sockaddr_un address{};
    socklen_t size;
};

std::string abstract(std::string_view name) {
    return std::string(1, '\0') + std::string(name);
}

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

FileDescriptor new_socket(int type) {
    FileDescriptor fd(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        fail("socket");
    return fd;
}

std::string bound_to(const std::string& name) {
    return name.empty() || name.front() == '/' ? name : abstract(name);
}

}  // namespace

std::string port_line(std::string_view data, std::string_view dest, std::string_view source) {
    return R"({"data":)" + std::string(data) + R"(,"version":2,"dest_addr":")" + std::string(dest) +
           R"(","source_addr":")" + std::string(source) + R"("})";
}

std::string delivery(std::string_view data, std::string_view source) {
    return R"({"data":)" + std::string(data) + R"(,"version":2,"source_addr":")" + std::string(source) +
           R"("})";
}

// ---- the host ---------------------------------------------------------------------------------------------

PortHost::PortHost(Stage& stage)
    : stage_(stage), connection_(stage, [this](std::string_view bytes) { take(bytes); }) {}

void PortHost::attach(const std::string& socket) {
    raw_.clear();
    partial_.clear();
    lines_.clear();
    connection_.adopt(connect_unix(socket));
}

void PortHost::take(std::string_view bytes) {
    raw_.append(bytes);
    partial_.append(bytes);
    for (std::size_t end = partial_.find('\n'); end != std::string::npos; end = partial_.find('\n')) {
        if (end > 0)
            lines_.push_back(partial_.substr(0, end));
        partial_.erase(0, end + 1);
    }
}

void PortHost::say_to_group(std::string_view data) {
    say(port_line(data));
}

void PortHost::broadcast(std::string_view text) {
    say_to_group(R"({"version":2,"msg_type":"broadcast","source_instance":"vm2","data":")" +
                 std::string(text) + R"("})");
}

void PortHost::answer(std::int64_t seq, int members) {
    for (int i = 0; i < members; ++i)
        say_to_group(R"({"version":2,"msg_type":"status_response","seq":)" + std::to_string(seq) +
                     R"(,"data":{"n":)" + std::to_string(i) + "}}");
    say_to_group(R"({"version":2,"msg_type":"status_response_done","seq":)" + std::to_string(seq) + "}");
}

std::string PortHost::expect_line() {
    stage_.until([this] { return !lines_.empty(); }, "a line on the messaging port");
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
}

Json PortHost::expect_data() {
    return boost::json::parse(expect_line()).as_object().at("data").as_object();
}

// ---- services ---------------------------------------------------------------------------------------------

ServicePeer::ServicePeer(Stage& stage, const std::string& name)
    : ServicePeer(stage, RawAddress{bound_to(name)}) {}

ServicePeer::ServicePeer(Stage& stage, const RawAddress& address)
    : Actor(stage), fd_(new_socket(SOCK_DGRAM)) {
    const Address at(address.bytes);
    if (!address.bytes.empty() && ::bind(fd_.get(), at.get(), at.size) != 0)
        fail("bind");
}

bool ServicePeer::try_send(std::string_view datagram, std::string_view to) {
    const Address at(abstract(to));
    return ::sendto(fd_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL, at.get(), at.size) ==
           static_cast<ssize_t>(datagram.size());
}

void ServicePeer::send(std::string_view datagram, std::string_view to) {
    const Deadline deadline(patience);
    while (!try_send(datagram, to)) {
        if (errno != EAGAIN || deadline.passed())
            fail("send");
        stage().settle();
        ::poll(nullptr, 0, 1);  // nothing announces room at another's datagram socket
    }
}

void ServicePeer::send_as(std::uint32_t uid, std::string_view datagram, std::string_view receiver) {
    Address to(abstract(receiver));
    iovec data{const_cast<char*>(datagram.data()), datagram.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    msghdr message{};
    message.msg_name = &to.address;
    message.msg_namelen = to.size;
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_CREDENTIALS;
    part->cmsg_len = CMSG_LEN(sizeof(ucred));
    const ucred who{::getpid(), uid, uid};
    std::memcpy(CMSG_DATA(part), &who, sizeof who);
    if (::sendmsg(fd_.get(), &message, MSG_NOSIGNAL) < 0)
        fail("sendmsg");
}

void ServicePeer::say(std::string_view data, std::string_view to) {
    send(R"({"data":)" + std::string(data) + R"(,"version":2,"dest_addr":")" + std::string(to) + R"("})");
}

void ServicePeer::say_broadcast(std::string_view text) {
    say(R"({"version":2,"msg_type":"broadcast","data":")" + std::string(text) + R"("})");
}

void ServicePeer::ask(std::int64_t seq) {
    say(R"({"version":2,"msg_type":"status_query","seq":)" + std::to_string(seq) + "}");
}

std::string ServicePeer::expect() {
    stage().until([this] { return !datagrams_.empty(); }, "a datagram for a service");
    std::string found = std::move(datagrams_.front());
    datagrams_.pop_front();
    return found;
}

void ServicePeer::readable() {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): recv() fills it
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got >= 0)
        datagrams_.emplace_back(buffer.data(), static_cast<std::size_t>(got));
}

// ---- handles ----------------------------------------------------------------------------------------------

void HandlePeer::connect(const std::string& socket) {
    fd_ = harness::connect_unix(socket, patience, SOCK_SEQPACKET);
}

wire::GroupLink HandlePeer::join(const std::string& socket, const std::string& name) {
    connect(socket);
    REQUIRE(send(wire::GroupHello{name}));
    return expect<wire::GroupLink>();
}

bool HandlePeer::send(const wire::GroupClientRecord& record) {
    return send_packet(wire::encode(record));
}

bool HandlePeer::send_packet(std::string_view packet) {
    return ::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(packet.size());
}

void HandlePeer::expect_end() {
    stage().until([this] { return !fd_; }, "the end of a group client's connection");
}

void HandlePeer::readable() {
    std::array<char, wire::group_record_limit> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0)
        records_.push_back(std::get<wire::GroupDaemonRecord>(
            wire::parse_group_daemon_record({buffer.data(), static_cast<std::size_t>(got)})));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        fd_.reset();
}

// ---- all together -----------------------------------------------------------------------------------------

GroupGuest::GroupGuest(const std::string& settings) : guest({.settings = settings, .messaging = true}) {
    host.attach(guest.messaging_socket());
    stage.until([this] { return text(guest.status("/v1/group"), "state") == "up"; }, "the messaging link");
}

void GroupGuest::round_trip() {
    HandlePeer marker(stage);
    marker.join(guest.group_socket(), "marker");
    host.broadcast("marker");
    stage.until(
        [&marker] {
            return !marker.records().empty() &&
                   std::holds_alternative<wire::GroupHeard>(marker.records().back()) &&
                   std::get<wire::GroupHeard>(marker.records().back()).text == "marker";
        },
        "a broadcast to come through");
    guest.status("/v1/group");
    stage.settle();
}

}  // namespace vnf::test
