// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See tap_port.hpp.
#include "avp-host/ports/tap_port.hpp"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

#include "avp-host/ports/ethernet.hpp"

namespace vnf::avp {
namespace {

using runtime::FileDescriptor;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + runtime::last_error().message());
}

/// Addresses, tag, the rest of the first segment, and the other segments.
using Pieces = std::array<iovec, kMaxFrameSegments + 2>;

iovec piece(const std::byte* bytes, std::size_t count) {
    return {const_cast<std::byte*>(bytes), count};  // writev() does not write to it
}

int pieces_of(const Frame& frame, std::span<const std::byte, kVlanTagBytes> tag, Pieces& pieces) {
    std::size_t count = 0;
    const Frame::Segment first = frame.header();
    if (frame.vlan_tci) {
        pieces[count++] = piece(first.data(), kVlanTagAt);
        pieces[count++] = piece(tag.data(), tag.size());
        pieces[count++] = piece(first.data() + kVlanTagAt, first.size() - kVlanTagAt);
    } else {
        pieces[count++] = piece(first.data(), first.size());
    }
    for (const Frame::Segment segment : frame.used().subspan(1))
        pieces[count++] = piece(segment.data(), segment.size());
    return static_cast<int>(count);
}

}  // namespace

FileDescriptor TapPort::open(const std::string& interface_name) {
    ifreq request{};
    if (interface_name.empty() || interface_name.size() >= sizeof request.ifr_name)
        throw std::runtime_error("interface: must have 1 to 15 bytes");
    FileDescriptor descriptor(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!descriptor)
        fail("/dev/net/tun");
    interface_name.copy(request.ifr_name, sizeof request.ifr_name - 1);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (::ioctl(descriptor.get(), TUNSETIFF, &request) != 0)
        fail("TAP " + interface_name + " (made by `ip tuntap add dev " + interface_name +
             " mode tap user USER`, not in use)");
    return descriptor;
}

TapPort::TapPort(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {
    ifreq request{};
    if (::ioctl(descriptor_.get(), TUNGETIFF, &request) != 0)
        fail("descriptor " + std::to_string(descriptor_.get()) + " is no TAP");
    if ((request.ifr_flags & (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR)) != (IFF_TAP | IFF_NO_PI))
        throw std::runtime_error("descriptor " + std::to_string(descriptor_.get()) +
                                 " must be a TAP with IFF_NO_PI and without IFF_VNET_HDR");
    interface_name_ = request.ifr_name;
    const int flags = ::fcntl(descriptor_.get(), F_GETFL);
    if (flags < 0 || ::fcntl(descriptor_.get(), F_SETFL, flags | O_NONBLOCK) != 0)
        fail("TAP " + interface_name_);
}

std::size_t TapPort::receive(std::span<Frame> frames) {
    std::size_t count = 0;
    for (std::size_t turns = std::min(frames.size(), kBurst); turns > 0; --turns) {
        const std::span<std::byte> room = room_[count];
        const ssize_t bytes = ::read(descriptor_.get(), room.data(), room.size());
        if (bytes <= 0)
            break;
        // One too long is cut off to the size of its room.
        const auto got = static_cast<std::size_t>(bytes);
        const bool is_tagged = got > kVlanTagAt + 1 && room[kVlanTagAt] == std::byte{kVlanTagType >> 8} &&
                               room[kVlanTagAt + 1] == std::byte{kVlanTagType & 0xFF};
        if (got > AVP_MAX_FRAME_BYTES + (is_tagged ? kVlanTagBytes : 0)) {
            too_long_.add();
            continue;
        }
        make_frame(frames[count++], room.first(got));
    }
    read_.add(count);
    return count;
}

bool TapPort::write(const Frame& frame) {
    if (frame.header().size() < kVlanTagAt) {
        failed_.add();
        return false;
    }
    const std::uint16_t tci = frame.vlan_tci.value_or(0);
    const std::array<std::byte, kVlanTagBytes> tag{
        std::byte{kVlanTagType >> 8}, std::byte{kVlanTagType & 0xFF}, static_cast<std::byte>(tci >> 8),
        static_cast<std::byte>(tci & 0xFF)};
    Pieces pieces;
    const int count = pieces_of(frame, tag, pieces);
    if (::writev(descriptor_.get(), pieces.data(), count) >= 0) {
        written_.add();
        return true;
    }
    // ENOBUFS: a socket's worth of frames is under way; EIO: the interface is down.
    (errno == EAGAIN || errno == ENOBUFS ? full_ : failed_).add();
    return false;
}

std::size_t TapPort::transmit(std::span<const Frame> frames) {
    return static_cast<std::size_t>(
        std::count_if(frames.begin(), frames.end(), [this](const Frame& frame) { return write(frame); }));
}

EndPort::Counters TapPort::counters() const {
    return {{"read", read_.value()},
            {"written", written_.value()},
            {"dropped_length", too_long_.value()},
            {"dropped_full", full_.value()},
            {"dropped_down", failed_.value()}};
}

}  // namespace vnf::avp
