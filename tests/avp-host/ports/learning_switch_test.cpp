// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The switch between ports whose frames the test makes and takes.
#include "avp-host/ports/learning_switch.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "tests/avp-host/ports/frame_box.hpp"

using namespace vnf::avp;
using namespace std::chrono_literals;

namespace {

constexpr MacKey everybody = 0xFFFFFFFFFFFF;
constexpr MacKey host_a = 0x02000000000A;
constexpr MacKey host_b = 0x02000000000B;
constexpr MacKey host_c = 0x02000000000C;

struct Network {
    explicit Network(std::vector<SwitchPortSettings> settings)
        : fabric("lan", 300s, 12345), ports(settings.size()) {
        for (std::size_t i = 0; i < settings.size(); ++i)
            fabric.add_port(ports[i].attachment, settings[i]);
    }
    /// From port `from`, in a round of its own.
    void send(std::size_t from, KeptFrame frame) {
        ports[from].box.in.push_back(std::move(frame));
        fabric.run(now);
        fabric.rest();
    }
    std::vector<KeptFrame> at(std::size_t port) { return ports[port].box.taken(); }
    std::uint64_t drops(std::size_t port, ForwardDrop reason) const {
        return ports[port].attachment.counters().of(reason);
    }

    LearningSwitch fabric;
    std::deque<AttachedBox> ports;
    TimePoint now{1h};
};

std::vector<SwitchPortSettings> open_ports(std::size_t count) {
    return std::vector<SwitchPortSettings>(count);
}
SwitchPortSettings in(VlanMembership vlans) {
    SwitchPortSettings settings;
    settings.vlans = std::move(vlans);
    return settings;
}
using Frames = std::vector<KeptFrame>;

}  // namespace

TEST_CASE("an unknown address is flooded to everybody but its sender, a known one goes to its port alone") {
    Network net(open_ports(3));
    const KeptFrame question = frame_of(host_b, host_a, "question");
    net.send(0, question);
    CHECK(net.at(0).empty());
    CHECK(net.at(1) == Frames{question});
    CHECK(net.at(2) == Frames{question});
    const KeptFrame answer = frame_of(host_a, host_b, "answer");
    net.send(1, answer);
    CHECK(net.at(0) == Frames{answer});
    CHECK(net.at(2).empty());
    net.send(0, question);
    CHECK(net.at(1) == Frames{question});
    CHECK(net.at(2).empty());
}

TEST_CASE("broadcast and multicast go to everybody else, however often they are sent") {
    Network net(open_ports(3));
    for (const MacKey group : {everybody, MacKey{0x01005E000001}, MacKey{0x333300000001}}) {
        const KeptFrame frame = frame_of(group, host_a);
        net.send(0, frame);
        CHECK(net.at(0).empty());
        CHECK(net.at(1) == Frames{frame});
        CHECK(net.at(2) == Frames{frame});
    }
}

TEST_CASE("a frame never goes back to the port that it came from, also if its receiver is there") {
    Network net(open_ports(2));
    net.send(0, frame_of(everybody, host_a));
    net.send(0, frame_of(everybody, host_b));
    net.at(1);
    net.send(0, frame_of(host_a, host_b));
    CHECK(net.at(0).empty());
    CHECK(net.at(1).empty());
    CHECK(net.drops(0, ForwardDrop::SamePort) == 1);
}

TEST_CASE("an address that moved is sent to where it is now, and one that aged is flooded again") {
    Network net(open_ports(3));
    net.send(0, frame_of(everybody, host_a));
    net.send(1, frame_of(everybody, host_a));
    CHECK(net.fabric.moved_addresses() == 1);
    for (std::size_t port : {0, 1, 2})
        net.at(port);
    net.send(2, frame_of(host_a, host_b));
    CHECK(net.at(0).empty());
    CHECK(net.at(1).size() == 1);
    net.now += 301s;
    net.send(2, frame_of(host_a, host_b));
    CHECK(net.at(0).size() == 1);
    CHECK(net.at(1).size() == 1);
    CHECK(net.fabric.learnt(net.now).size() == 1);
}

TEST_CASE("a burst keeps its order, and a frame of every size and number of segments arrives as it was") {
    Network net(open_ports(2));
    Frames sent;
    for (const std::size_t rest : {0U, 1U, 45U, 49U, 50U, 51U, 52U, 1486U, 9224U}) {
        std::string payload;
        for (std::size_t i = 0; i < rest; ++i)
            payload.push_back(static_cast<char>('a' + i % 23));
        sent.push_back(frame_of(host_b, host_a, payload));
    }
    net.ports[0].box.in.assign(sent.begin(), sent.end());
    CHECK(net.fabric.run(net.now) == sent.size());
    CHECK(net.at(1) == sent);
}

TEST_CASE("VLANs do not see each other, and a trunk has them all with their tags") {
    Network net({in(VlanMembership::access(10)), in(VlanMembership::access(20)),
                 in(VlanMembership::access(10)), in(VlanMembership::trunk({10, 20}, {}))});
    const KeptFrame frame = frame_of(everybody, host_a);
    net.send(0, frame);
    CHECK(net.at(1).empty());
    CHECK(net.at(2) == Frames{frame});
    CHECK(net.at(3) == Frames{with_tag(frame, 10)});
    const KeptFrame back = frame_of(everybody, host_b);
    net.send(3, with_tag(back, 20));
    CHECK(net.at(0).empty());
    CHECK(net.at(1) == Frames{back});
    CHECK(net.at(2).empty());
    // The same address in two VLANs is two addresses.
    net.send(3, with_tag(frame_of(host_a, host_b), 20));
    CHECK(net.at(0).empty());
    CHECK(net.at(1).size() == 1);
}

TEST_CASE("a tag inside the frame counts as one beside it, and leaves the frame beside it") {
    const std::string rest = GENERATE(std::string("short"), std::string(45, 'x'), std::string(46, 'x'),
                                      std::string(47, 'x'), std::string(3000, 'y'));
    Network net({in(VlanMembership::trunk({10}, {})), in(VlanMembership::access(10)),
                 in(VlanMembership::trunk({10}, {})), in(VlanMembership::access(20))});
    // As a device cuts it, and as a TAP gives it.
    net.ports[0].box.first_bytes = GENERATE(std::size_t{kHeaderBytes}, std::size_t{65535});
    net.send(0, frame_of(everybody, host_a, rest, 0x600A));
    const KeptFrame plain = frame_of(everybody, host_a, rest);
    CHECK(net.at(1) == Frames{plain});
    CHECK(net.at(2) == Frames{with_tag(plain, 0x600A)});
    CHECK(net.at(3).empty());
}

TEST_CASE("a tag inside a frame that leaves no segment to take it out with costs the frame") {
    Network net({in(VlanMembership::trunk({10}, {})), in(VlanMembership::access(10))});
    net.ports[0].box.first_bytes = 100;
    net.send(0, frame_of(everybody, host_a, std::string(3000, 'y'), 10));
    CHECK(net.at(1).empty());
    CHECK(net.drops(0, ForwardDrop::Malformed) == 1);
}

TEST_CASE("what aged leaves its place in its port's share to others") {
    auto settings = open_ports(2);
    settings[0].mac_share = 1;
    Network net(std::move(settings));
    net.send(0, frame_of(everybody, host_a));
    net.send(0, frame_of(everybody, host_b));
    CHECK(net.fabric.refused_addresses() == 1);
    net.now += 301s;
    net.fabric.run(net.now);
    net.send(0, frame_of(everybody, host_b));
    CHECK(net.fabric.refused_addresses() == 1);
    CHECK(net.fabric.learnt(net.now).front().mac == host_b);
}

TEST_CASE("what a port may not tag, or must, is dropped and counted") {
    Network net({in(VlanMembership::access(10)), in(VlanMembership::trunk({10}, {})),
                 in(VlanMembership::access(10))});
    net.send(0, with_tag(frame_of(everybody, host_a), 10));
    net.send(0, frame_of(everybody, host_a, "x", 20));
    net.send(1, frame_of(everybody, host_b));
    net.send(1, with_tag(frame_of(everybody, host_b), 11));
    CHECK(net.at(2).empty());
    CHECK(net.drops(0, ForwardDrop::WrongVlan) == 2);
    CHECK(net.drops(1, ForwardDrop::WrongVlan) == 2);
    CHECK(net.fabric.learnt(net.now).empty());
}

TEST_CASE("a second tag never comes to light where the first is taken off") {
    Network net({in(VlanMembership::trunk({10, 20}, VlanId{5})), in(VlanMembership::access(10)),
                 in(VlanMembership::trunk({10, 20}, VlanId{5})), in(VlanMembership::trunk({10}, {}))});
    const KeptFrame inner = frame_of(everybody, host_a, "hop", 20);
    net.send(0, with_tag(inner, 5));
    CHECK(net.at(1).empty());
    CHECK(net.at(2).empty());
    CHECK(net.drops(2, ForwardDrop::WrongVlan) == 1);
    net.send(0, with_tag(inner, 10));
    CHECK(net.at(1).empty());
    CHECK(net.drops(1, ForwardDrop::WrongVlan) == 1);
    CHECK(net.at(3) == Frames{with_tag(inner, 10)});
}

TEST_CASE("nobody sends from the address of a device but that device") {
    auto settings = open_ports(3);
    settings[0].own_mac = MacAddress{0x02, 0, 0, 0, 0, 0x0A};
    Network net(std::move(settings));
    net.send(1, frame_of(everybody, host_a, "I am a"));
    CHECK(net.at(0).empty());
    CHECK(net.at(2).empty());
    CHECK(net.drops(1, ForwardDrop::Spoofed) == 1);
    // It is known before it said anything.
    net.send(2, frame_of(host_a, host_c));
    CHECK(net.at(0).size() == 1);
    CHECK(net.at(1).empty());
    net.send(0, frame_of(everybody, host_a));
    net.send(1, frame_of(everybody, host_a));
    CHECK(net.drops(1, ForwardDrop::Spoofed) == 2);
    CHECK(net.fabric.moved_addresses() == 0);
}

TEST_CASE("a port that is held to its own address sends from no other") {
    auto settings = open_ports(2);
    settings[0].own_mac = MacAddress{0x02, 0, 0, 0, 0, 0x0A};
    settings[0].only_own_mac = true;
    Network net(std::move(settings));
    net.send(0, frame_of(everybody, host_b));
    CHECK(net.at(1).empty());
    CHECK(net.drops(0, ForwardDrop::Spoofed) == 1);
    net.send(0, frame_of(everybody, host_a));
    CHECK(net.at(1).size() == 1);
}

TEST_CASE("a guest that floods the table with addresses does not make others' known ones unknown") {
    auto settings = open_ports(3);
    settings[2].mac_share = 8;
    Network net(std::move(settings));
    net.send(0, frame_of(everybody, host_a));
    for (MacKey mac = 0x021000000000; mac < 0x021000000400; ++mac)
        net.send(2, frame_of(everybody, mac));
    CHECK(net.fabric.learnt(net.now).size() == 9);
    CHECK(net.fabric.refused_addresses() == 0x400 - 8);
    net.at(2);
    net.send(1, frame_of(host_a, host_b));
    CHECK(net.at(2).empty());
}

TEST_CASE("frames that are none, come from a group, or are a bridge's own are dropped and counted") {
    Network net(open_ports(2));
    KeptFrame shorter = frame_of(everybody, host_a, "");
    shorter.bytes.resize(13);
    net.send(0, shorter);
    KeptFrame half_tag = frame_of(everybody, host_a, "", 10);
    half_tag.bytes.resize(17);
    net.send(0, half_tag);
    net.send(0, frame_of(everybody, everybody));
    net.send(0, frame_of(everybody, 0));
    for (MacKey group = 0x0180C2000000; group <= 0x0180C200000F; ++group)
        net.send(0, frame_of(group, host_a));
    CHECK(net.at(1).empty());
    CHECK(net.drops(0, ForwardDrop::Malformed) == 4);
    CHECK(net.drops(0, ForwardDrop::LinkLocal) == 16);
    net.send(0, frame_of(0x0180C2000010, host_a));
    CHECK(net.at(1).size() == 1);
}

TEST_CASE("a port that takes nothing costs its own frames only, each counted") {
    Network net(open_ports(3));
    net.ports[1].box.room = 1;
    for (int i = 0; i < 3; ++i)
        net.send(0, frame_of(everybody, host_a));
    CHECK(net.at(1).size() == 1);
    CHECK(net.at(2).size() == 3);
    CHECK(net.drops(1, ForwardDrop::NoRoom) == 2);
    CHECK(net.ports[1].attachment.counters().frames_to.value() == 1);
    CHECK(net.ports[2].attachment.counters().frames_to.value() == 3);
    CHECK(net.ports[0].attachment.counters().frames_from.value() == 3);
}

TEST_CASE("while the control thread has a port the others go on, and frames to it are dropped and counted") {
    Network net(open_ports(3));
    {
        const auto held = net.ports[1].gate.hold();
        net.ports[1].box.in.push_back(frame_of(everybody, host_b));
        net.send(0, frame_of(everybody, host_a));
        CHECK(net.ports[1].box.out.empty());
        CHECK(net.at(2).size() == 1);
        CHECK(net.drops(1, ForwardDrop::Unavailable) == 1);
    }
    net.now += 1s;
    net.fabric.run(net.now);
    CHECK(net.at(0).size() == 1);
}

TEST_CASE("a mirror sees every frame that is forwarded, once, and sends none") {
    auto settings = open_ports(4);
    settings[3].is_mirror = true;
    Network net(std::move(settings));
    net.send(0, frame_of(everybody, host_a));
    net.send(1, frame_of(host_a, host_b));
    net.send(2, with_tag(frame_of(everybody, host_c), 0x2007));
    const auto seen = net.at(3);
    REQUIRE(seen.size() == 3);
    CHECK(seen[2].tci == 0x2007);
    for (std::size_t port : {0, 1, 2})
        net.at(port);
    net.send(3, frame_of(everybody, 0x0200000000DD));
    CHECK(net.at(0).empty());
    CHECK(net.drops(3, ForwardDrop::WrongVlan) == 1);
}

TEST_CASE("a port alone in its VLAN hears that its frames go nowhere") {
    Network net({in(VlanMembership::access(10)), in(VlanMembership::access(20))});
    net.send(0, frame_of(everybody, host_a));
    CHECK(net.drops(0, ForwardDrop::Nowhere) == 1);
}

TEST_CASE("a switch has 63 ports and not one more") {
    Network net(open_ports(kMaxSwitchPorts));
    net.send(62, frame_of(everybody, host_a));
    CHECK(net.at(0).size() == 1);
    CHECK(net.at(61).size() == 1);
    CHECK(net.at(62).empty());
    AttachedBox one_more;
    CHECK_THROWS_AS(net.fabric.add_port(one_more.attachment, {}), std::length_error);
}
