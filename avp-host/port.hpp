// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the switch and the other ends see of a port: bursts of frames in and out. One worker thread polls a port; nobody
// else calls these at the same time (see port_gate.hpp).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "avp-host/frame.hpp"

namespace vnf::avp {

constexpr std::size_t kBurst = 64;  ///< frames, at most, of one call

class Port {
  public:
    virtual ~Port() = default;

    /// Frames that came in, at most frames.size() and kBurst. They stay valid until done_with_received(), which comes
    /// before the next call. What is in an element of `frames` beforehand does not matter.
    virtual std::size_t receive(std::span<Frame> frames) = 0;
    virtual void done_with_received() = 0;

    /// Copies frames out, in their order, and returns how many. The others, which need not be the last ones, found no
    /// room or could not be sent: they are dropped, and the port has counted them.
    virtual std::size_t transmit(std::span<const Frame> frames) = 0;

    /// What another port received, at most kBurst, made into what goes back to it: in place, as long as it is valid there, and
    /// how many are left, the first ones; others were dropped and counted. Nothing: this port turns none around, they are for transmit().
    virtual std::optional<std::size_t> reflect(std::span<Frame> /*frames*/) { return std::nullopt; }

    /// What the port has to do besides: called by its worker in each round, cheap if there is nothing.
    virtual void poll() = 0;
};

}  // namespace vnf::avp
