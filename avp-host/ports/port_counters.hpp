// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What went through one port, as whoever forwards its frames saw it, and why frames from it or to it were dropped
// there. Counted by the port's worker; anybody may look.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "avp-host/ports/tally.hpp"

namespace vnf::avp {

enum class ForwardDrop : std::uint8_t {
    Malformed,  ///< from it: shorter than its header, or from a group address
    WrongVlan,  ///< from it: with a tag, or without one, that it may not use; to it: a second tag would come to light
    Spoofed,      ///< from it: with the own address of another port
    LinkLocal,    ///< from it: to an address that a bridge does not forward
    SamePort,     ///< from it: to an address behind the same port
    Nowhere,      ///< from it: nobody else is in its VLAN
    NoRoom,       ///< to it: it did not take the frame; the port itself knows why
    Unavailable,  ///< to it: the control thread had it for too long
};
constexpr std::size_t kForwardDrops = static_cast<std::size_t>(ForwardDrop::Unavailable) + 1;
std::string_view name_of(ForwardDrop drop);  ///< as in metrics: "wrong_vlan"

struct PortCounters {
    Tally frames_from, bytes_from;
    Tally frames_to;  ///< taken by the port; it has counted their bytes
    std::array<Tally, kForwardDrops> drops{};

    void drop(ForwardDrop reason, std::uint64_t frames = 1) {
        drops[static_cast<std::size_t>(reason)].add(frames);
    }
    std::uint64_t of(ForwardDrop reason) const { return drops[static_cast<std::size_t>(reason)].value(); }
};

}  // namespace vnf::avp
