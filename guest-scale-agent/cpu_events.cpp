// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Group 1 of NETLINK_KOBJECT_UEVENT; only the kernel's own messages count.
#include "guest-scale-agent/cpu_events.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "runtime/file_descriptor.hpp"
#include "runtime/log.hpp"

namespace vnf::scale {
namespace {

constexpr unsigned kernel_group = 1;
constexpr int events_a_turn = 64;

}  // namespace

CpuEvents::CpuEvents(boost::asio::io_context& io, std::function<void()> changed)
    : changed_(std::move(changed)), socket_(io) {}

void CpuEvents::start() {
    runtime::FileDescriptor socket(
        ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = kernel_group;
    if (!socket || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        runtime::log_info("no events of the kernel: changes by others are seen later",
                          {{"error", runtime::last_error().message()}});
        return;
    }
    boost::system::error_code error;
    socket_.assign(socket.get(), error);
    if (!error) {
        socket.release();
        wait_readable();
    }
}

void CpuEvents::wait_readable() {
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](const boost::system::error_code& error) {
                           if (error) {
                               return;
                           }
                           bool of_cpu = false;
                           for (int i = 0; i < events_a_turn && read_once(of_cpu); ++i) {
                           }
                           if (of_cpu) {
                               changed_();
                           }
                           wait_readable();
                       });
}

bool CpuEvents::read_once(bool& of_cpu) {
    std::array<char, 8192> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): recvfrom() fills it
    sockaddr_nl from{};
    socklen_t from_size = sizeof from;
    const ssize_t got = ::recvfrom(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &from_size);
    if (got < 0) {
        of_cpu = of_cpu || errno == ENOBUFS;  // some were lost, perhaps ours
        return errno == ENOBUFS || errno == EINTR;
    }
    of_cpu = of_cpu || (from.nl_pid == 0 && is_of_cpu({buffer.data(), static_cast<std::size_t>(got)}));
    return true;
}

bool CpuEvents::is_of_cpu(std::string_view event) {
    constexpr std::string_view place = "@/devices/system/cpu/cpu";
    const std::string_view head = event.substr(0, event.find('\0'));
    const auto at = head.find(place);
    return at != std::string_view::npos && at > 0 && at + place.size() < head.size() &&
           head.find_first_not_of("0123456789", at + place.size()) == std::string_view::npos;
}

}  // namespace vnf::scale
