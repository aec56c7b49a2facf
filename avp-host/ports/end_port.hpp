// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A port of the host's own: what a guest's frames end at, or come from, that is no guest. Each says what it is and what
// it counted; its numbers may be looked at by any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "avp-host/port.hpp"
#include "avp-host/ports/tally.hpp"

namespace vnf::avp {

class EndPort : public Port {
  public:
    using Counters = std::vector<std::pair<std::string_view, std::uint64_t>>;

    virtual std::string_view kind() const = 0;  ///< as in the settings: "tap"
    virtual Counters counters() const = 0;      ///< names as in metrics

    std::size_t receive(std::span<Frame>) override { return 0; }
    void done_with_received() override {}
    void poll() override {}
};

}  // namespace vnf::avp
