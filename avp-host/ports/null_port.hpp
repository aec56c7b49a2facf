// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Takes every frame, looks at none, gives none.
#pragma once

#include "avp-host/ports/end_port.hpp"

namespace vnf::avp {

class NullPort final : public EndPort {
  public:
    std::string_view kind() const override { return "null"; }
    Counters counters() const override { return {}; }
    std::size_t transmit(std::span<const Frame> frames) override { return frames.size(); }
};

}  // namespace vnf::avp
