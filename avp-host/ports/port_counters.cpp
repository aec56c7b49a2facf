// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See port_counters.hpp.
#include "avp-host/ports/port_counters.hpp"

namespace vnf::avp {

std::string_view name_of(ForwardDrop drop) {
    switch (drop) {
        case ForwardDrop::Malformed:
            return "malformed";
        case ForwardDrop::WrongVlan:
            return "wrong_vlan";
        case ForwardDrop::Spoofed:
            return "spoofed";
        case ForwardDrop::LinkLocal:
            return "link_local";
        case ForwardDrop::SamePort:
            return "same_port";
        case ForwardDrop::Nowhere:
            return "nowhere";
        case ForwardDrop::NoRoom:
            return "no_room";
        case ForwardDrop::Unavailable:
            return "unavailable";
    }
    return "unknown";
}

}  // namespace vnf::avp
