// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is said to a QEMU machine's QMP socket to learn its run state: greeting, qmp_capabilities,
// query-status. Pure: lines in, lines out. Events in between are skipped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host-agent/run_state.hpp"

namespace vnf::host {

class QmpDialogue {
  public:
    struct Answer {
        RunState state;
        std::string detail;  ///< QEMU's word for it ("paused"), or what went wrong
    };
    struct Step {
        std::string send;              ///< empty: nothing to say now
        std::optional<Answer> answer;  ///< the dialogue is over
    };
    Step take(std::string_view line);

  private:
    enum class Waiting { Greeting, Capabilities, Status };
    Waiting waiting_ = Waiting::Greeting;
};

/// QEMU's status words: a panicked guest or an internal error is a failure, any other state that does not run
/// is an excuse.
RunState run_state_of(std::string_view qemu_status, bool running);

}  // namespace vnf::host
