// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How many vCPUs a guest has, by two accounts: the host's, which is what the hypervisor serves and what is kept, and the
// guest's own word of what is online. Where they differ the guest has diverged. Pure values.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/cpu_list.hpp"
#include "wire/scale_words.hpp"

namespace vnf::host {

/// vCPUs 0 to max-1; never fewer than min of them, vCPU 0 always.
struct ScaleLimits {
    std::uint16_t min = 1, max = 1;
    friend bool operator==(const ScaleLimits&, const ScaleLimits&) = default;
};

wire::CpuSet all_cpus(const ScaleLimits& limits);

struct ScaleAccount {
    explicit ScaleAccount(ScaleLimits within) : limits(within), host(all_cpus(within)) {}

    bool diverged() const { return guest && *guest != host; }
    wire::CpuSet offline() const { return all_cpus(limits) - host; }

    ScaleLimits limits;
    wire::CpuSet host;  ///< within the limits
    std::optional<wire::CpuSet> guest{};  ///< nothing: not known
    /// Taken for lack of an answer, which may still come.
    std::optional<wire::Cpu> taken{};
};

/// What the agent was about to do when it wrote its account down.
struct PendingScale {
    enum class Step : std::uint8_t { Asking, Giving, Taking };
    Step step;
    std::optional<wire::Cpu> cpu;  ///< of Giving and Taking
    friend bool operator==(const PendingScale&, const PendingScale&) = default;
};

}  // namespace vnf::host
