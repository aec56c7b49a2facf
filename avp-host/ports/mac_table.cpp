// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Chains in one array: no allocation after the last port was added, at least two buckets for each entry.
#include "avp-host/ports/mac_table.hpp"

#include <bit>
#include <utility>

namespace vnf::avp {
namespace {

std::uint64_t stored_key(MacKey mac, VlanId vlan) {
    return mac | std::uint64_t{vlan} << 48;
}

}  // namespace

MacTable::MacTable(Clock::duration age, std::uint64_t secret)
    : age_(age), multiplier_(secret | 1), buckets_(2, kNone) {}

void MacTable::add_port(std::uint32_t share) {
    share_.push_back(share);
    used_.push_back(0);
    const auto old = static_cast<EntryIndex>(entries_.size());
    entries_.resize(entries_.size() + share);
    for (EntryIndex i = old; i < entries_.size(); ++i)
        entries_[i].next = i + 1 < entries_.size() ? i + 1 : free_;
    if (share != 0)
        free_ = old;
    free_count_ += share;
    rehash();
}

void MacTable::rehash() {
    const std::vector<EntryIndex> before = std::move(buckets_);
    const std::size_t wanted = std::bit_ceil(2 * entries_.size() + 2);
    buckets_.assign(wanted, kNone);
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(wanted));
    for (EntryIndex head : before) {
        while (head != kNone) {
            const EntryIndex next = entries_[head].next;
            EntryIndex& bucket = buckets_[bucket_of(entries_[head].key)];
            entries_[head].next = bucket;
            bucket = head;
            head = next;
        }
    }
}

std::size_t MacTable::bucket_of(std::uint64_t key) const {
    key *= multiplier_;
    key ^= key >> 32;
    return static_cast<std::size_t>(key * multiplier_ >> shift_);
}

MacTable::EntryIndex MacTable::index_of(std::uint64_t key) const {
    EntryIndex at = buckets_[bucket_of(key)];
    while (at != kNone && entries_[at].key != key)
        at = entries_[at].next;
    return at;
}

void MacTable::insert(std::uint64_t key, PortIndex port, TimePoint now) {
    const EntryIndex at = free_;
    free_ = entries_[at].next;
    --free_count_;
    EntryIndex& bucket = buckets_[bucket_of(key)];
    entries_[at] = {key, now, bucket, port};
    bucket = at;
    ++used_[port];
}

bool MacTable::refresh(MacKey mac, VlanId vlan, PortIndex port, TimePoint now) {
    const EntryIndex at = index_of(stored_key(mac, vlan));
    if (at == kNone || entries_[at].port != port)
        return false;
    entries_[at].last_seen = now;
    return true;
}

MacTable::Learnt MacTable::learn(MacKey mac, VlanId vlan, PortIndex port, TimePoint now) {
    const std::uint64_t key = stored_key(mac, vlan);
    const EntryIndex at = index_of(key);
    if (at == kNone) {
        if (used_[port] == share_[port])
            return Learnt::Full;
        insert(key, port, now);
        return Learnt::New;
    }
    Stored& entry = entries_[at];
    if (entry.port == port) {
        entry.last_seen = now;
        return Learnt::Known;
    }
    if (used_[port] == share_[port])
        return Learnt::Full;
    const bool was_old = is_old(entry, now);
    --used_[entry.port];
    ++used_[port];
    entry.port = port;
    entry.last_seen = now;
    return was_old ? Learnt::New : Learnt::Moved;
}

std::optional<PortIndex> MacTable::find(MacKey mac, VlanId vlan, TimePoint now) const {
    const EntryIndex at = index_of(stored_key(mac, vlan));
    if (at == kNone || is_old(entries_[at], now))
        return std::nullopt;
    return entries_[at].port;
}

void MacTable::sweep(TimePoint now) {
    for (EntryIndex& bucket : buckets_) {
        EntryIndex* link = &bucket;
        while (*link != kNone) {
            const EntryIndex at = *link;
            if (!is_old(entries_[at], now)) {
                link = &entries_[at].next;
                continue;
            }
            *link = entries_[at].next;
            --used_[entries_[at].port];
            entries_[at].next = free_;
            free_ = at;
            ++free_count_;
        }
    }
}

std::vector<MacEntry> MacTable::entries(TimePoint now) const {
    std::vector<MacEntry> all;
    all.reserve(size());
    for (EntryIndex at : buckets_) {
        for (; at != kNone; at = entries_[at].next) {
            const Stored& entry = entries_[at];
            if (!is_old(entry, now))
                all.push_back({entry.key & 0xFFFFFFFFFFFF, static_cast<VlanId>(entry.key >> 48), entry.port,
                               entry.last_seen});
        }
    }
    return all;
}

}  // namespace vnf::avp
