// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/avp-host/presentation/vfio_user_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/harness/unix_socket.hpp"
#include "tests/runtime/loop_fixture.hpp"

namespace vnf::avp::test {
namespace {

constexpr std::size_t most_descriptors = 32;

bool is_readable(int fd) {
    pollfd watched{fd, POLLIN, 0};
    return ::poll(&watched, 1, 0) == 1;
}

void take_descriptors(msghdr& message, std::vector<FileDescriptor>& into) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        std::array<int, most_descriptors> found{};
        std::memcpy(found.data(), CMSG_DATA(part), count * sizeof(int));
        for (std::size_t i = 0; i < count; ++i)
            into.emplace_back(found.at(i));
    }
}

}  // namespace

void ScriptedReply::copy_front(void* into, std::size_t bytes) const {
    REQUIRE(payload.size() >= bytes);
    std::memcpy(into, payload.data(), bytes);
}

VfioUserClient::VfioUserClient(boost::asio::io_context& io, const std::string& path)
    : io_(&io), socket_(harness::connect_unix(path)) {}

void VfioUserClient::send_bytes(std::span<const std::byte> bytes, std::span<const int> descriptors) {
    iovec data{const_cast<std::byte*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
    }
    REQUIRE(::sendmsg(socket_.get(), &message, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

std::uint16_t VfioUserClient::send(std::uint16_t command, const MessageBytes& payload,
                                   std::span<const int> descriptors, std::uint32_t flags) {
    avp_vfio_user_header header{};
    header.id = ++last_id_;
    header.command = command;
    header.size = static_cast<std::uint32_t>(sizeof header + payload.size());
    header.flags = flags;
    MessageBytes message = as_payload(header);
    message.insert(message.end(), payload.begin(), payload.end());
    send_bytes(message, descriptors);
    return header.id;
}

bool VfioUserClient::read_exactly(std::span<std::byte> into, std::vector<FileDescriptor>& descriptors) {
    while (!into.empty()) {
        REQUIRE(vnf::test::run_until_seen(*io_, [this] { return is_readable(socket_.get()); }));
        iovec data{into.data(), into.size()};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> control{};
        msghdr message{};
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
        if (got <= 0)
            return false;
        take_descriptors(message, descriptors);
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

std::optional<ScriptedReply> VfioUserClient::receive() {
    ScriptedReply reply;
    std::array<std::byte, sizeof reply.header> head{};
    if (!read_exactly(head, reply.descriptors))
        return std::nullopt;
    std::memcpy(&reply.header, head.data(), head.size());
    REQUIRE(reply.header.size >= head.size());
    REQUIRE(reply.header.size <= AVP_VFIO_USER_MAX_MESSAGE);
    REQUIRE((reply.header.flags & AVP_VFIO_USER_TYPE_MASK) == AVP_VFIO_USER_TYPE_REPLY);
    reply.payload.resize(reply.header.size - head.size());
    REQUIRE(read_exactly(reply.payload, reply.descriptors));
    return reply;
}

ScriptedReply VfioUserClient::ask(std::uint16_t command, const MessageBytes& payload,
                                  std::span<const int> descriptors) {
    const std::uint16_t id = send(command, payload, descriptors);
    auto reply = receive();
    REQUIRE(reply);
    CHECK(reply->header.id == id);
    CHECK(reply->header.command == command);
    return std::move(*reply);
}

ScriptedReply VfioUserClient::ask_version() {
    return ask(AVP_VFIO_USER_VERSION, version_payload());
}

MessageBytes VfioUserClient::read_region(std::uint32_t region, std::uint64_t offset, std::uint32_t count) {
    const auto reply =
        ask(AVP_VFIO_USER_REGION_READ, as_payload(avp_vfio_user_region_access{offset, region, count}));
    REQUIRE_FALSE(reply.is_error());
    const auto head = reply.as<avp_vfio_user_region_access>();
    CHECK((head.offset == offset && head.region == region && head.count == count));
    REQUIRE(reply.payload.size() == sizeof head + count);
    return {reply.payload.begin() + sizeof head, reply.payload.end()};
}

std::uint32_t VfioUserClient::read_register(std::uint64_t offset) {
    std::uint32_t value = 0;
    std::memcpy(&value, read_region(AVP_BAR_REGISTERS, offset, sizeof value).data(), sizeof value);
    return value;
}

void VfioUserClient::write_region(std::uint32_t region, std::uint64_t offset, std::string_view data) {
    const avp_vfio_user_region_access head{offset, region, static_cast<std::uint32_t>(data.size())};
    const auto reply = ask(AVP_VFIO_USER_REGION_WRITE, as_payload(head, data));
    REQUIRE_FALSE(reply.is_error());
    CHECK(reply.payload.size() == sizeof head);
}

void VfioUserClient::write_register(std::uint64_t offset, std::uint32_t value) {
    write_region(AVP_BAR_REGISTERS, offset, {reinterpret_cast<const char*>(&value), sizeof value});
}

ScriptedReply VfioUserClient::set_irqs(std::uint32_t flags, std::uint32_t index, std::uint32_t start,
                                       std::uint32_t count, std::span<const int> descriptors,
                                       std::string_view data) {
    avp_vfio_user_irq_set set{};
    set.argsz = static_cast<std::uint32_t>(sizeof set + data.size());
    set.flags = flags;
    set.index = index;
    set.start = start;
    set.count = count;
    return ask(AVP_VFIO_USER_SET_IRQS, as_payload(set, data), descriptors);
}

bool VfioUserClient::server_has_ended() {
    return !receive();
}

MessageBytes version_payload() {
    const std::string able =
        R"({"capabilities":{"max_msg_fds":16,"max_data_xfer_size":1048576,"max_dma_maps":65535,"pgsizes":4096}})";
    return as_payload(avp_vfio_user_version{0, 0}, std::string_view(able.c_str(), able.size() + 1));
}

}  // namespace vnf::avp::test
