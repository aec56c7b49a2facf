// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See port_pair.hpp.
#include "avp-host/ports/port_pair.hpp"

namespace vnf::avp {

std::size_t PortPair::forward(Attachment& from, Attachment& to) {
    const std::size_t count = from.receive(burst_);
    if (count == 0)
        return 0;
    const std::span frames = std::span(burst_).first(count);
    const auto back = to.reflect(frames);
    if (back)
        from.transmit(frames.first(*back));
    else
        to.transmit(frames);
    from.done_with_received();
    return count + back.value_or(0);
}

std::size_t PortPair::run(runtime::TimePoint now) {
    if (!one_.enter(now) || !other_.enter(now)) {
        rest();
        return 0;
    }
    const std::size_t moved = forward(one_, other_) + forward(other_, one_);
    one_.poll();
    other_.poll();
    return moved;
}

void PortPair::rest() {
    one_.leave();
    other_.leave();
}

}  // namespace vnf::avp
