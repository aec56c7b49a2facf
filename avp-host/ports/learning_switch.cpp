// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One burst at a time: each frame is decided on and put into the outbox of every port that it goes to, then the
// outboxes are sent. So the order from one port to another stays, and a port copies many frames at once.
#include "avp-host/ports/learning_switch.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace vnf::avp {
namespace {

constexpr std::chrono::seconds kSweepEvery{1};

/// The tag from inside the frame to beside it: the header is put together anew in `room`, what is behind it stays. False
/// if the frame has a segment too many for that, which no port of ours gives.
bool take_tag_out(Frame& frame, std::uint16_t tci, std::array<std::byte, kHeaderBytes>& room) {
    const Frame::Segment first = frame.segments[0];
    const std::size_t copied = std::min(first.size(), kHeaderBytes);
    constexpr std::size_t behind = kVlanTagAt + kVlanTagBytes;
    std::memcpy(room.data(), first.data(), kVlanTagAt);
    std::memcpy(room.data() + kVlanTagAt, first.data() + behind, copied - behind);
    if (copied < first.size()) {
        if (frame.segment_count == kMaxFrameSegments)
            return false;
        std::copy_backward(frame.segments.begin() + 1, frame.segments.begin() + frame.segment_count,
                           frame.segments.begin() + frame.segment_count + 1);
        frame.segments[1] = first.subspan(copied);
        ++frame.segment_count;
    }
    frame.segments[0] = Frame::Segment(room).first(copied - kVlanTagBytes);
    frame.bytes = static_cast<std::uint16_t>(frame.bytes - kVlanTagBytes);
    frame.vlan_tci = tci;
    return true;
}

void assign(Frame& to, const Frame& from) {
    for (std::size_t i = 0; i < from.segment_count; ++i)
        to.segments[i] = from.segments[i];
    to.segment_count = from.segment_count;
    to.bytes = from.bytes;
}

}  // namespace

LearningSwitch::LearningSwitch(std::string name, Clock::duration mac_age, std::uint64_t secret)
    : name_(std::move(name)), table_(mac_age, secret) {}

void LearningSwitch::add_port(Attachment& port, SwitchPortSettings settings) {
    if (ports_.size() == kMaxSwitchPorts)
        throw std::length_error("a switch has at most " + std::to_string(kMaxSwitchPorts) + " ports");
    const auto index = static_cast<PortIndex>(ports_.size());
    if (settings.is_mirror) {
        mirrors_ |= bit(index);
    } else {
        for (VlanId vlan = 0; vlan <= kLastVlan; ++vlan) {
            if (settings.vlans.contains(vlan))
                members_[vlan] |= bit(index);
        }
    }
    if (settings.own_mac)
        own_macs_.emplace(key_of(*settings.own_mac), index);
    table_.add_port(settings.mac_share);
    attachments_.push_back(&port);
    ports_.push_back(std::make_unique<Member>(port, settings));
}

std::size_t LearningSwitch::run(TimePoint now) {
    if (!hold_.take()) {
        rest();
        return 0;
    }
    for (const auto& member : ports_)
        member->port.enter(now);
    std::size_t moved = 0;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        if (ports_[i]->port.is_held())
            moved += forward_from(static_cast<PortIndex>(i), now);
    }
    for (const auto& member : ports_) {
        if (member->port.is_held())
            member->port.poll();
    }
    if (now >= next_sweep_) {
        table_.sweep(now);
        next_sweep_ = now + kSweepEvery;
    }
    return moved;
}

void LearningSwitch::rest() {
    hold_.let_go();
    for (const auto& member : ports_)
        member->port.leave();
}

std::size_t LearningSwitch::forward_from(PortIndex from, TimePoint now) {
    Member& member = *ports_[from];
    const std::size_t count = member.port.receive(burst_);
    if (count == 0)
        return 0;
    last_ = {};
    for (std::size_t i = 0; i < count; ++i)
        route(from, burst_[i], rooms_[i], now);
    for (const auto& other : ports_)
        send(*other);
    member.port.done_with_received();
    return count;
}

void LearningSwitch::route(PortIndex from, Frame& frame, Header& room, TimePoint now) {
    Member& sender = *ports_[from];
    PortCounters& counters = sender.port.counters();
    const auto header = read_header(frame);
    if (!header)
        return counters.drop(ForwardDrop::Malformed);
    const auto vlan = sender.settings.vlans.ingress(header->tci);
    if (!vlan || sender.settings.is_mirror)
        return counters.drop(ForwardDrop::WrongVlan);
    if (!decide(from, *header, *vlan, now))
        return;
    if (header->tag_is_inside && !take_tag_out(frame, *header->tci, room))
        return counters.drop(ForwardDrop::Malformed);
    for (PortMask left = last_.to | mirrors_; left != 0; left &= left - 1)
        put(static_cast<PortIndex>(std::countr_zero(left)), frame, *header, *vlan);
}

bool LearningSwitch::decide(PortIndex from, const EthernetHeader& header, VlanId vlan, TimePoint now) {
    if (header.source == last_.source && header.destination == last_.destination && vlan == last_.vlan)
        return true;
    PortCounters& counters = ports_[from]->port.counters();
    last_ = {};
    if (const auto reason = admit(from, header, vlan, now)) {
        counters.drop(*reason);
        return false;
    }
    const PortMask to = destinations(from, header.destination, vlan, now);
    if (to == 0) {
        const bool is_alone = (members_[vlan] & ~bit(from)) == 0;
        counters.drop(is_alone ? ForwardDrop::Nowhere : ForwardDrop::SamePort);
        return false;
    }
    last_ = {header.source, header.destination, to, vlan};
    return true;
}

std::optional<ForwardDrop> LearningSwitch::admit(PortIndex from, const EthernetHeader& header, VlanId vlan,
                                                 TimePoint now) {
    if (is_group_address(header.source) || header.source == 0)
        return ForwardDrop::Malformed;
    if (is_link_local(header.destination))
        return ForwardDrop::LinkLocal;
    return learn(from, header.source, vlan, now);
}

std::optional<ForwardDrop> LearningSwitch::learn(PortIndex from, MacKey source, VlanId vlan, TimePoint now) {
    if (table_.refresh(source, vlan, from, now))
        return std::nullopt;
    const auto owner = own_macs_.find(source);
    if (owner != own_macs_.end() ? owner->second != from : ports_[from]->settings.only_own_mac)
        return ForwardDrop::Spoofed;
    const auto learnt = table_.learn(source, vlan, from, now);
    if (learnt == MacTable::Learnt::Moved)
        moved_.add();
    else if (learnt == MacTable::Learnt::Full)
        refused_.add();
    return std::nullopt;
}

LearningSwitch::PortMask LearningSwitch::destinations(PortIndex from, MacKey destination, VlanId vlan,
                                                      TimePoint now) const {
    const PortMask others = members_[vlan] & ~bit(from);
    if (is_group_address(destination))
        return others;
    if (const auto port = table_.find(destination, vlan, now))
        return bit(*port) & others;
    const auto owner = own_macs_.find(destination);
    if (owner != own_macs_.end() && (members_[vlan] & bit(owner->second)) != 0)
        return bit(owner->second) & others;
    return others;
}

void LearningSwitch::put(PortIndex to, const Frame& frame, const EthernetHeader& header, VlanId vlan) {
    Member& member = *ports_[to];
    PortCounters& counters = member.port.counters();
    const auto tci =
        member.settings.is_mirror ? frame.vlan_tci : member.settings.vlans.egress(vlan, frame.vlan_tci);
    // Without its outer tag it would pass for a frame of the VLAN that the inner one names.
    if (!tci && frame.vlan_tci && header.type == kVlanTagType)
        return counters.drop(ForwardDrop::WrongVlan);
    if (!member.port.is_held())
        return counters.drop(ForwardDrop::Unavailable);
    Frame& out = member.outbox.frames[member.outbox.count++];
    assign(out, frame);
    if (tci)
        out.vlan_tci = *tci;
    else
        out.vlan_tci.reset();
}

void LearningSwitch::send(Member& member) {
    const std::size_t count = std::exchange(member.outbox.count, 0);
    if (count != 0)
        member.port.transmit(std::span(member.outbox.frames).first(count));
}

std::vector<MacEntry> LearningSwitch::learnt(TimePoint now) {
    const auto held = gate_.hold();
    return table_.entries(now);
}

}  // namespace vnf::avp
