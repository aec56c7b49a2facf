// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A real TAP in a network namespace of the test's own, with a packet socket on the kernel's side of it.
#include "avp-host/ports/tap_port.hpp"

#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/avp-host/ports/frame_box.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/own_network.hpp"

using namespace vnf::avp;
using vnf::runtime::FileDescriptor;

namespace {

constexpr std::uint16_t kTestType = 0x88B5;  // the namespace's own frames have others
constexpr MacKey everybody = 0xFFFFFFFFFFFF;

/// The kernel's end of a TAP.
class KernelEnd {
  public:
    /// Up, with that MTU: a socket that is bound to an interface that is down has an error waiting.
    explicit KernelEnd(const std::string& interface_name, int mtu = 1500)
        : name_(interface_name), socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(kTestType))) {
        REQUIRE(socket_);
        set_up(true, mtu);
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_protocol = htons(kTestType);
        address.sll_ifindex = static_cast<int>(::if_nametoindex(name_.c_str()));
        REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        const int wanted = 1;
        ::setsockopt(socket_.get(), SOL_PACKET, PACKET_AUXDATA, &wanted, sizeof wanted);
        const timeval bound{std::chrono::duration_cast<std::chrono::seconds>(vnf::harness::patience).count(),
                            0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    }
    void set_up(bool is_up, int mtu) const {
        ifreq request{};
        name_.copy(request.ifr_name, sizeof request.ifr_name - 1);
        request.ifr_mtu = mtu;
        REQUIRE(::ioctl(socket_.get(), SIOCSIFMTU, &request) == 0);
        request.ifr_flags = static_cast<short>(is_up ? IFF_UP | IFF_NOARP : 0);
        REQUIRE(::ioctl(socket_.get(), SIOCSIFFLAGS, &request) == 0);
    }
    void send(const KeptFrame& frame) const {
        REQUIRE(::send(socket_.get(), frame.bytes.data(), frame.bytes.size(), 0) ==
                static_cast<ssize_t>(frame.bytes.size()));
    }
    /// The kernel takes a tag out and tells of it beside the frame.
    KeptFrame receive() const {
        KeptFrame frame{std::vector<std::byte>(65536), {}};
        alignas(cmsghdr) char control[256];
        iovec bytes{frame.bytes.data(), frame.bytes.size()};
        msghdr message{};
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const ssize_t count = ::recvmsg(socket_.get(), &message, 0);
        REQUIRE(count > 0);
        frame.bytes.resize(static_cast<std::size_t>(count));
        for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
            tpacket_auxdata auxiliary{};
            std::memcpy(&auxiliary, CMSG_DATA(part), sizeof auxiliary);
            if (part->cmsg_type == PACKET_AUXDATA && (auxiliary.tp_status & TP_STATUS_VLAN_VALID) != 0)
                frame.tci = auxiliary.tp_vlan_tci;
        }
        return frame;
    }

  private:
    std::string name_;
    FileDescriptor socket_;
};

KeptFrame test_frame(std::size_t rest, std::optional<std::uint16_t> inside = {}) {
    KeptFrame frame = frame_of(everybody, 0x02000000000A, std::string(rest, 'x'), inside);
    const std::size_t type = inside ? 16 : 12;
    frame.bytes[type] = std::byte{kTestType >> 8};
    frame.bytes[type + 1] = std::byte{kTestType & 0xFF};
    return frame;
}

bool transmit(TapPort& tap, const KeptFrame& kept) {
    Frame frame;
    FrameBox::lend(kept, frame);
    return tap.transmit(std::span(&frame, 1)) == 1;
}

std::uint64_t counter(const TapPort& tap, std::string_view name) {
    for (const auto& [key, value] : tap.counters()) {
        if (key == name)
            return value;
    }
    throw std::logic_error("no such counter");
}

/// The next frame of the test's; others are the kernel's own.
KeptFrame receive(TapPort& tap) {
    const vnf::harness::Deadline deadline(vnf::harness::patience);
    while (!deadline.passed()) {
        Frame frame;
        if (tap.receive(std::span(&frame, 1)) == 0)
            continue;
        KeptFrame kept = FrameBox::keep(frame);
        tap.done_with_received();
        const auto header = read_header(frame);
        if (header && header->type == kTestType)
            return kept;
    }
    throw std::runtime_error("no frame came");
}

}  // namespace

TEST_CASE("frames of every size go through a TAP both ways as they are") {
    if (!vnf::harness::enter_own_network())
        return;
    TapPort tap(TapPort::open("avptest0"));
    CHECK(tap.interface_name() == "avptest0");
    const KernelEnd kernel("avptest0", 9224);
    for (const std::size_t rest : {46U, 50U, 51U, 1500U, 9224U}) {
        const KeptFrame frame = test_frame(rest);
        REQUIRE(transmit(tap, frame));
        CHECK(kernel.receive() == frame);
        kernel.send(frame);
        CHECK(receive(tap) == frame);
    }
    CHECK(counter(tap, "written") == 5);
}

TEST_CASE("a tag beside a frame is inside it when it leaves through a TAP") {
    if (!vnf::harness::enter_own_network())
        return;
    TapPort tap(TapPort::open("avptest0"));
    FileDescriptor any(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)));
    const KernelEnd kernel("avptest0");
    REQUIRE(transmit(tap, with_tag(test_frame(300), 0x600A)));
    KeptFrame got;
    do {
        got.bytes.resize(2000);
        const ssize_t count = ::recv(any.get(), got.bytes.data(), got.bytes.size(), 0);
        REQUIRE(count > 0);
        got.bytes.resize(static_cast<std::size_t>(count));
    } while (got.bytes.size() != 314);  // with the tag taken out by the kernel again
    CHECK(got == test_frame(300));
}

TEST_CASE(
    "a frame that is longer than any port's, and one for an interface that is down, are dropped and "
    "counted") {
    if (!vnf::harness::enter_own_network())
        return;
    TapPort tap(TapPort::open("avptest0"));
    const KernelEnd kernel("avptest0", 20000);
    kernel.send(test_frame(9225));
    kernel.send(test_frame(15000));
    kernel.send(test_frame(9224));
    CHECK(receive(tap) == test_frame(9224));
    CHECK(counter(tap, "dropped_length") == 2);
    kernel.set_up(false, 20000);
    CHECK_FALSE(transmit(tap, test_frame(100)));
    CHECK(counter(tap, "dropped_down") == 1);
}

TEST_CASE("a TAP that stays is opened by its name again, and a descriptor of one is as good") {
    if (!vnf::harness::enter_own_network())
        return;
    FileDescriptor made = TapPort::open("avptest0");
    REQUIRE(::ioctl(made.get(), TUNSETPERSIST, 1) == 0);
    const auto index = ::if_nametoindex("avptest0");
    CHECK_THROWS_WITH(TapPort::open("avptest0"), Catch::Contains("avptest0"));  // in use
    made.reset();
    CHECK(::if_nametoindex("avptest0") == index);
    FileDescriptor again = TapPort::open("avptest0");
    TapPort tap{FileDescriptor(::dup(again.get()))};
    CHECK(tap.interface_name() == "avptest0");
    CHECK((::fcntl(again.get(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST_CASE("what is no TAP is refused by the descriptor's number, and a name that is none by its length") {
    FileDescriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const std::string number = std::to_string(null.get());
    CHECK_THROWS_WITH(TapPort(std::move(null)), Catch::Contains("descriptor " + number));
    CHECK_THROWS_WITH(TapPort::open(""), Catch::Contains("interface"));
    CHECK_THROWS_WITH(TapPort::open("a-name-of-16-byt"), Catch::Contains("interface"));
}
