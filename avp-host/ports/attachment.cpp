// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See attachment.hpp.
#include "avp-host/ports/attachment.hpp"

#include <thread>
#include <utility>

namespace vnf::avp {
namespace {

std::uint64_t bytes_of(std::span<const Frame> frames) {
    std::uint64_t bytes = 0;
    for (const Frame& frame : frames)
        bytes += frame.bytes;
    return bytes;
}

}  // namespace

Attachment::Attachment(std::string name, Port& port, PortGate& gate, Now now)
    : name_(std::move(name)), port_(port), hold_(gate), now_(now) {}

bool Attachment::enter(runtime::TimePoint now) {
    if (hold_.take()) [[likely]]
        return true;
    while (!is_held() && patience_.take(now)) {
        now += kWaitStep;
        while (!is_held() && now_() < now) {
            std::this_thread::yield();
            hold_.take();
        }
    }
    return is_held();
}

std::size_t Attachment::receive(std::span<Frame> frames) {
    const std::size_t count = port_.receive(frames);
    count_received(frames.first(count));
    return count;
}

std::optional<std::size_t> Attachment::reflect(std::span<Frame> frames) {
    const auto back = port_.reflect(frames);
    if (back) {
        count_taken(*back, frames.size());
        count_received(frames.first(*back));
    }
    return back;
}

std::size_t Attachment::transmit(std::span<const Frame> frames) {
    const std::size_t taken = port_.transmit(frames);
    count_taken(taken, frames.size());
    return taken;
}

void Attachment::count_received(std::span<const Frame> frames) {
    if (frames.empty())
        return;
    counters_.frames_from.add(frames.size());
    counters_.bytes_from.add(bytes_of(frames));
}

void Attachment::count_taken(std::size_t taken, std::size_t of) {
    counters_.frames_to.add(taken);
    if (taken != of)
        counters_.drop(ForwardDrop::NoRoom, of - taken);
}

}  // namespace vnf::avp
