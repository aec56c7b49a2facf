// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The log of what the messaging channel only counts: what was lost, and what had no business there.
//
// Policy. The counters are looked at when a turn of the channel ends; what has grown is one line of its kind, which says
// by how much. Each kind has a limit of its own; what its limit holds back is in its next line.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "guest-client/group_broker.hpp"
#include "guest-client/service_socket.hpp"
#include "runtime/log.hpp"

namespace vnf::guest {

class LossLog {
  public:
    void look(const GroupCounters& group, const ServiceSocket& services, std::uint64_t foreign_source,
              runtime::TimePoint now);

  private:
    static constexpr std::size_t kinds = 14;

    struct Kind {
        std::uint64_t told = 0;
        runtime::LogLimit limit;
    };
    struct Counted {
        std::string_view message;
        std::uint64_t total;
    };

    std::array<Kind, kinds> kinds_;
};

}  // namespace vnf::guest
