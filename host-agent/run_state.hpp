// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Whether a silent guest's machine runs at all: the question asked before a loss is declared (design decision
// 6).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace vnf::host {

enum class RunState : std::uint8_t {
    Running,
    NotRunning,  ///< paused, suspended, migrating, shut down: silence is no loss
    Failed,      ///< the machine itself reports a guest panic or an internal error: a loss
    Unknown,     ///< no answer in time: as if there were no source
};
std::string_view word(RunState state);

class RunStateSource {
  public:
    using OnState = std::function<void(RunState, std::string_view detail)>;
    virtual ~RunStateSource() = default;
    /// One question at a time; `on_state` is called once, within the source's deadline, never from inside
    /// ask(), and not at all after destruction.
    virtual void ask(OnState on_state) = 0;
};

}  // namespace vnf::host
