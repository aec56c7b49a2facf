// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A bounded queue, and what is owed beside it.
#include "guest-client/group_outbox.hpp"

#include <utility>

namespace vnf::guest {
namespace {

/// 0 is "unknown how many", and stays so.
std::uint32_t sum(std::uint32_t one, std::uint32_t other) {
    return one == 0 || other == 0 ? 0 : one + other;
}

}  // namespace

SharedPacket packet_of(const wire::GroupDaemonRecord& record) {
    return std::make_shared<const std::string>(wire::encode(record));
}

bool GroupOutbox::message(const SharedPacket& packet) {
    if (full()) {
        ++dropped_;
        missed(1);
        return false;
    }
    packets_.push_back({packet});
    return true;
}

bool GroupOutbox::entry(const SharedPacket& packet) {
    if (full()) {
        return false;
    }
    packets_.push_back({packet});
    return true;
}

void GroupOutbox::query_ended(const SharedPacket& packet) {
    query_end_ = packet;
    settle();
}

void GroupOutbox::link(const wire::GroupLink& link) {
    if (link.up && link_ && !link_->up) {
        missed(0);
    }
    link_ = link;
    settle();
}

void GroupOutbox::unsent(std::uint32_t messages, const std::string& reason) {
    unsent_ = Unsent{messages + (unsent_ ? unsent_->messages : 0), reason};
    settle();
}

void GroupOutbox::missed(std::uint32_t messages) {
    if (!missed_ && !packets_.empty() && !packets_.back().packet) {
        packets_.back().missed = sum(packets_.back().missed, messages);
        return;
    }
    missed_ = missed_ ? sum(*missed_, messages) : messages;
    settle();
}

const std::string& GroupOutbox::front() {
    Waiting& first = packets_.front();
    if (!first.packet) {
        first.packet = packet_of(wire::GroupMissed{first.missed});
    }
    return *first.packet;
}

void GroupOutbox::pop() {
    packets_.pop_front();
    settle();
}

void GroupOutbox::settle() {
    while (!full()) {
        if (missed_) {
            packets_.push_back({nullptr, *std::exchange(missed_, std::nullopt)});
        } else if (unsent_) {
            packets_.push_back({packet_of(wire::GroupUnsent{unsent_->messages, unsent_->reason})});
            unsent_.reset();
        } else if (query_end_) {
            packets_.push_back({std::exchange(query_end_, nullptr)});
        } else if (link_) {
            packets_.push_back({packet_of(*std::exchange(link_, std::nullopt))});
        } else {
            return;
        }
    }
}

}  // namespace vnf::guest
