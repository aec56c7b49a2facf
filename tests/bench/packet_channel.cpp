// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/packet_channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "tests/harness/deadline.hpp"
#include "tests/harness/unix_socket.hpp"
#include "wire/group_record.hpp"

namespace vnf::bench {
namespace {

constexpr std::size_t type_offset = 1;
constexpr char type_send = 2, type_heard = 18;  // the floor gives back what was sent

bool is_broadcast(std::string_view packet) {
    return packet.size() > wire::group_record_header_size &&
           (packet[type_offset] == type_heard || packet[type_offset] == type_send);
}

wire::GroupDaemonRecord record_of(std::string_view packet) {
    auto record = wire::parse_group_daemon_record(packet);
    if (auto* known = std::get_if<wire::GroupDaemonRecord>(&record))
        return std::move(*known);
    throw std::runtime_error("guest-client sent what is no record");
}

void count(std::string_view packet, Tally& tally) {
    if (is_broadcast(packet)) {
        ++tally.heard;
        return;
    }
    const auto record = record_of(packet);
    if (const auto* missed = std::get_if<wire::GroupMissed>(&record)) {
        if (missed->messages == 0)
            throw std::runtime_error("lost messages without a number");
        tally.missed += missed->messages;
    } else if (const auto* unsent = std::get_if<wire::GroupUnsent>(&record)) {
        tally.unsent += unsent->messages;
    } else if (std::holds_alternative<wire::GroupRefusal>(record)) {
        ++tally.refused;
    }
}

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

std::string broadcast_packet(std::string_view text) {
    return wire::encode(wire::GroupClientRecord(wire::GroupSend{std::string(text)}));
}

PacketChannel::PacketChannel(const std::string& socket)
    : fd_(harness::connect_unix(socket, harness::patience, SOCK_SEQPACKET)),
      buffer_(wire::group_record_limit) {
    ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) & ~O_NONBLOCK);
    const timeval limit{20, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

void PacketChannel::send(std::string_view packet) {
    if (::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0)
        fail("the daemon does not take packets");
}

bool PacketChannel::try_send(std::string_view packet) {
    if (::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return true;
    if (errno != EAGAIN)
        fail("the daemon does not take packets");
    return false;
}

std::string_view PacketChannel::receive() {
    const ssize_t got = ::recv(fd_.get(), buffer_.data(), buffer_.size(), 0);
    if (got <= 0)
        throw std::runtime_error("no packet from the daemon");
    return {buffer_.data(), static_cast<std::size_t>(got)};
}

std::string_view PacketChannel::try_receive() {
    const ssize_t got = ::recv(fd_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN))
        throw std::runtime_error("the daemon has closed the connection");
    return {buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

void PacketChannel::await(std::string_view text) {
    for (std::string_view packet = receive(); !is_broadcast(packet) || !packet.ends_with(text);)
        packet = receive();
}

void PacketChannel::await_refusal() {
    while (!std::holds_alternative<wire::GroupRefusal>(record_of(receive()))) {
    }
}

void PacketChannel::drain(Tally& tally) {
    for (std::string_view packet = try_receive(); !packet.empty(); packet = try_receive())
        count(packet, tally);
}

void PacketChannel::receive(Tally& tally) {
    count(receive(), tally);
    drain(tally);
}

void PacketChannel::join(std::size_t members) {
    send(wire::encode(wire::GroupClientRecord(wire::GroupHello{"bench"})));
    for (bool up = false; !up;) {
        const auto record = record_of(receive());
        const auto* link = std::get_if<wire::GroupLink>(&record);
        up = link != nullptr && link->up;
    }
    const harness::Deadline deadline(harness::patience);
    while (ask_status() != members) {
        if (deadline.passed())
            throw std::runtime_error("the group does not get its " + std::to_string(members) + " members");
        ::poll(nullptr, 0, 10);  // set-up of a measurement, asked for in turns
    }
}

std::size_t PacketChannel::ask_status() {
    send(wire::encode(wire::GroupClientRecord(wire::GroupAsk{++query_})));
    for (std::size_t members = 0;;) {
        const auto record = record_of(receive());
        members += std::holds_alternative<wire::GroupEntry>(record) ? 1 : 0;
        if (const auto* answered = std::get_if<wire::GroupAnswered>(&record);
            answered && answered->query == query_)
            return members;
        if (std::holds_alternative<wire::GroupUnanswered>(record))
            return 0;
    }
}

}  // namespace vnf::bench
