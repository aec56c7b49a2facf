// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See counter_port.hpp.
#include "avp-host/ports/counter_port.hpp"

#include "avp-host/ports/test_frame.hpp"

namespace vnf::avp {

void FrameCount::take(std::span<const Frame> frames) {
    std::uint64_t bytes = 0;
    for (const Frame& frame : frames) {
        bytes += frame.bytes;
        if (verifies_)
            verify(frame);
    }
    frames_.add(frames.size());
    bytes_.add(bytes);
}

void FrameCount::verify(const Frame& frame) {
    const auto found = check_test_frame(frame);
    if (!found)
        return foreign_.add();
    if (!found->is_intact)
        return damaged_.add();
    intact_.add();
    if (found->sequence < next_)
        return late_.add();
    skipped_.add(found->sequence - next_);
    next_ = found->sequence + 1;
}

EndPort::Counters FrameCount::counters() const {
    EndPort::Counters all{{"frames", frames_.value()}, {"bytes", bytes_.value()}};
    if (verifies_)
        all.insert(all.end(), {{"intact", intact_.value()},
                               {"damaged", damaged_.value()},
                               {"foreign", foreign_.value()},
                               {"skipped", skipped_.value()},
                               {"late", late_.value()}});
    return all;
}

}  // namespace vnf::avp
