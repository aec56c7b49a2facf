// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which address was last seen behind which port, in each VLAN. Every port has a share of the table that no other port
// can use up: a guest that makes addresses up is not learnt any more, and nobody else's are forgotten. An address that
// was not seen for the table's age is not known, whether it was swept yet or not. The hash is secret, so that nobody
// can choose addresses that collide.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "avp-host/ports/ethernet.hpp"
#include "runtime/clock.hpp"

namespace vnf::avp {

using runtime::Clock;
using runtime::TimePoint;
using PortIndex = std::uint16_t;

struct MacEntry {
    MacKey mac = 0;
    VlanId vlan = 0;
    PortIndex port = 0;
    TimePoint last_seen{};
};

class MacTable {
  public:
    enum class Learnt {
        Known,  ///< there, behind this port
        New,
        Moved,  ///< from another port
        Full,   ///< not learnt: this port's share is used up
    };

    MacTable(Clock::duration age, std::uint64_t secret);
    /// Ports are numbered from 0 in the order of their addition.
    void add_port(std::uint32_t share);

    /// True, and seen now, if the address is known behind this port.
    bool refresh(MacKey mac, VlanId vlan, PortIndex port, TimePoint now);
    Learnt learn(MacKey mac, VlanId vlan, PortIndex port, TimePoint now);
    std::optional<PortIndex> find(MacKey mac, VlanId vlan, TimePoint now) const;
    /// Forgets what is too old; to be called now and then.
    void sweep(TimePoint now);

    std::size_t size() const { return entries_.size() - free_count_; }
    std::uint32_t learnt_at(PortIndex port) const { return used_[port]; }
    /// In no order.
    std::vector<MacEntry> entries(TimePoint now) const;

  private:
    using EntryIndex = std::uint32_t;
    static constexpr EntryIndex kNone = 0xFFFFFFFF;

    struct Stored {
        std::uint64_t key = 0;  ///< the address, and the VLAN above it
        TimePoint last_seen{};
        EntryIndex next = kNone;
        PortIndex port = 0;
    };

    std::size_t bucket_of(std::uint64_t key) const;
    EntryIndex index_of(std::uint64_t key) const;
    bool is_old(const Stored& entry, TimePoint now) const { return now - entry.last_seen > age_; }
    void insert(std::uint64_t key, PortIndex port, TimePoint now);
    void rehash();

    Clock::duration age_;
    std::uint64_t multiplier_;
    unsigned shift_ = 63;
    std::vector<Stored> entries_;
    std::vector<EntryIndex> buckets_;
    EntryIndex free_ = kNone;
    std::size_t free_count_ = 0;
    std::vector<std::uint32_t> share_, used_;
};

}  // namespace vnf::avp
