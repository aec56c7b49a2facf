// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a worker does round after round: takes frames from some ports and gives them to others. One worker has a
// forwarder and all of its ports; what is between the ports needs no lock.
#pragma once

#include <cstddef>

#include "runtime/clock.hpp"

namespace vnf::avp {

class Forwarder {
  public:
    virtual ~Forwarder() = default;
    /// One round, at most one burst from each port. How many frames came in: none lets the worker rest.
    virtual std::size_t run(runtime::TimePoint now) = 0;
    /// The worker rests, or ends: what was kept from round to round is let go.
    virtual void rest() {}
};

}  // namespace vnf::avp
