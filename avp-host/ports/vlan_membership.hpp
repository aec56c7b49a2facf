// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which VLANs a port of the switch is in, and with which tag frames come in and go out there. Three kinds: an access
// port is in one VLAN and has no tags; a trunk has tags, of those VLANs that it was given, and may have a native one
// without; an open port, the default, is in all, with tags left as they are and untagged frames in VLAN 0.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "avp-host/ports/ethernet.hpp"

namespace vnf::avp {

class VlanMembership {
  public:
    static VlanMembership open();
    /// 1 to 4094.
    static VlanMembership access(VlanId vlan);
    /// Without `native`, untagged frames are dropped. It is one more of the trunk's VLANs.
    static VlanMembership trunk(const std::vector<VlanId>& tagged, std::optional<VlanId> native);

    /// The VLAN of a frame that came in with that tag, or without; nothing: it is dropped.
    std::optional<VlanId> ingress(std::optional<std::uint16_t> tci) const;
    /// The tag with which a frame of `vlan` goes out, which came in with `tci`. Only for a VLAN that it is in.
    std::optional<std::uint16_t> egress(VlanId vlan, std::optional<std::uint16_t> tci) const;
    bool contains(VlanId vlan) const { return vlans_.test(vlan); }
    /// "access 10", "trunk 10,20-30 native 5", "open".
    std::string text() const;

    friend bool operator==(const VlanMembership&, const VlanMembership&) = default;

  private:
    enum class Kind { Open, Access, Trunk };

    explicit VlanMembership(Kind kind) : kind_(kind) {}

    Kind kind_;
    std::optional<VlanId> untagged_;
    std::bitset<kLastVlan + 1> vlans_;
};

// For each frame, so inline.

inline std::optional<VlanId> VlanMembership::ingress(std::optional<std::uint16_t> tci) const {
    const VlanId tagged = tci ? *tci & kVlanIdMask : 0;
    if (tagged == 0)  // also a tag that has a priority and no VLAN
        return untagged_;
    const bool may_be_tagged = kind_ != Kind::Access;
    return may_be_tagged && tagged <= kLastVlan && vlans_.test(tagged) ? std::optional(tagged) : std::nullopt;
}

inline std::optional<std::uint16_t> VlanMembership::egress(VlanId vlan,
                                                           std::optional<std::uint16_t> tci) const {
    if (kind_ == Kind::Open && vlan == 0)
        return tci;
    if (kind_ != Kind::Open && untagged_ == vlan)
        return std::nullopt;
    const unsigned priority = tci.value_or(0) & ~unsigned{kVlanIdMask};
    return static_cast<std::uint16_t>(priority | vlan);
}

}  // namespace vnf::avp
