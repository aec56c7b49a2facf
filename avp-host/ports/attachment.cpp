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
    if (count != 0) {
        counters_.frames_from.add(count);
        counters_.bytes_from.add(bytes_of(frames.first(count)));
    }
    return count;
}

std::size_t Attachment::transmit(std::span<const Frame> frames) {
    const std::size_t taken = port_.transmit(frames);
    counters_.frames_to.add(taken);
    if (taken != frames.size())
        counters_.drop(ForwardDrop::NoRoom, frames.size() - taken);
    return taken;
}

}  // namespace vnf::avp
