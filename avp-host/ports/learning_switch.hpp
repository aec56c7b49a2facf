// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An Ethernet switch: learns which address is behind which port, in each VLAN, and floods what it does not know. It is
// a bridge of IEEE 802.1Q without a spanning tree: a loop outside of it is the operator's to avoid.
//
// Ports do not trust each other. A frame is forwarded with the header by which it was decided, and its tag is always
// the switch's; a port has its own share of the address table; nobody can send from the address that a device was given
// by its settings but that device; and frames to a port that can't take them are dropped, not waited with.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "avp-host/ports/attachment.hpp"
#include "avp-host/ports/forwarder.hpp"
#include "avp-host/ports/mac_table.hpp"
#include "avp-host/ports/vlan_membership.hpp"

namespace vnf::avp {

/// With the switch's own, its worker holds 64 gates: as many as ThreadSanitizer can follow, and fewer than a mask has bits.
constexpr std::size_t kMaxSwitchPorts = 63;

struct SwitchPortSettings {
    VlanMembership vlans = VlanMembership::open();
    std::uint32_t mac_share = 256;        ///< addresses that can be learnt behind it
    std::optional<MacAddress> own_mac{};  ///< nobody else's on this switch, known from the start
    bool only_own_mac = false;            ///< frames from other addresses are dropped
    bool is_mirror = false;               ///< gets a copy of every frame that is forwarded, and sends none

    friend bool operator==(const SwitchPortSettings&, const SwitchPortSettings&) = default;
};

class LearningSwitch final : public Forwarder {
  public:
    /// `secret` for the address table's hash.
    LearningSwitch(std::string name, Clock::duration mac_age, std::uint64_t secret);

    /// Before the worker starts; at most kMaxSwitchPorts, else std::length_error.
    void add_port(Attachment& port, SwitchPortSettings settings);
    std::size_t run(TimePoint now) override;
    void rest() override;

    const std::string& name() const { return name_; }
    const std::vector<const Attachment*>& attachments() const { return attachments_; }
    const SwitchPortSettings& settings_of(PortIndex port) const { return ports_[port]->settings; }
    /// Control thread: what was learnt. The worker waits meanwhile.
    std::vector<MacEntry> learnt(TimePoint now);
    std::uint64_t moved_addresses() const { return moved_.value(); }
    std::uint64_t refused_addresses() const { return refused_.value(); }

  private:
    using PortMask = std::uint64_t;

    /// Frames for one port, out of the burst that is being forwarded.
    struct Outbox {
        std::array<Frame, kBurst> frames;
        std::size_t count = 0;
    };
    struct Member {
        Member(Attachment& to, SwitchPortSettings with) : port(to), settings(std::move(with)) {}
        Attachment& port;
        SwitchPortSettings settings;
        Outbox outbox;
    };
    /// Room for the header of a frame whose tag was taken out.
    using Header = std::array<std::byte, kHeaderBytes>;

    /// What was decided on the frame before, of the same burst: the next one is often like it.
    struct Decision {
        MacKey source = 0;  ///< none: no frame comes from there
        MacKey destination = 0;
        PortMask to = 0;
        VlanId vlan = 0;
    };

    static PortMask bit(PortIndex port) { return PortMask{1} << port; }
    std::size_t forward_from(PortIndex port, TimePoint now);
    void route(PortIndex from, Frame& frame, Header& room, TimePoint now);
    bool decide(PortIndex from, const EthernetHeader& header, VlanId vlan, TimePoint now);
    std::optional<ForwardDrop> admit(PortIndex from, const EthernetHeader& header, VlanId vlan,
                                     TimePoint now);
    std::optional<ForwardDrop> learn(PortIndex from, MacKey source, VlanId vlan, TimePoint now);
    PortMask destinations(PortIndex from, MacKey destination, VlanId vlan, TimePoint now) const;
    void put(PortIndex to, const Frame& frame, const EthernetHeader& header, VlanId vlan);
    void send(Member& member);

    std::string name_;
    PortGate gate_;
    GateHold hold_{gate_};  ///< the worker's
    MacTable table_;
    TimePoint next_sweep_{};
    std::unordered_map<MacKey, PortIndex> own_macs_;
    std::vector<std::unique_ptr<Member>> ports_;
    std::vector<const Attachment*> attachments_;
    std::array<PortMask, kLastVlan + 1> members_{};
    PortMask mirrors_ = 0;
    Decision last_;
    std::array<Frame, kBurst> burst_;
    std::array<Header, kBurst> rooms_;
    Tally moved_, refused_;
};

}  // namespace vnf::avp
