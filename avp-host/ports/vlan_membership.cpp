// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See vlan_membership.hpp.
#include "avp-host/ports/vlan_membership.hpp"

namespace vnf::avp {

VlanMembership VlanMembership::open() {
    VlanMembership membership(Kind::Open);
    membership.vlans_.set();
    membership.untagged_ = 0;
    return membership;
}

VlanMembership VlanMembership::access(VlanId vlan) {
    VlanMembership membership(Kind::Access);
    membership.vlans_.set(vlan);
    membership.untagged_ = vlan;
    return membership;
}

VlanMembership VlanMembership::trunk(const std::vector<VlanId>& tagged, std::optional<VlanId> native) {
    VlanMembership membership(Kind::Trunk);
    for (const VlanId vlan : tagged)
        membership.vlans_.set(vlan);
    if (native)
        membership.vlans_.set(*native);
    membership.untagged_ = native;
    return membership;
}

std::string VlanMembership::text() const {
    if (kind_ == Kind::Open)
        return "open";
    if (kind_ == Kind::Access)
        return "access " + std::to_string(*untagged_);
    std::string list;
    for (unsigned first = 0; first <= kLastVlan; ++first) {
        if (!vlans_.test(first) || first == untagged_)
            continue;
        unsigned last = first;
        while (last < kLastVlan && vlans_.test(last + 1) && last + 1 != untagged_)
            ++last;
        list += (list.empty() ? " " : ",") + std::to_string(first) +
                (last == first ? std::string() : "-" + std::to_string(last));
        first = last;
    }
    return "trunk" + list + (untagged_ ? " native " + std::to_string(*untagged_) : std::string());
}

}  // namespace vnf::avp
