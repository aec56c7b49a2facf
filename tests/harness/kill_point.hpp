// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where a process under test is to die: right before or right after a call that moves bytes through one of its sockets.
// It is started with environment(), does as ever until a plan is made, and ends with the plan's call. A process that is
// started again under the same environment does as ever until the next plan. See kill_point_preload.cpp.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/harness/scratch_directory.hpp"

namespace vnf::harness {

struct KillPlan {
    enum class Call { Read, Write };
    enum class When { Before, After };

    Call call = Call::Read;
    When when = When::Before;
    unsigned number = 1;  ///< of the call, counted from the plan on
    std::string text{};   ///< only calls that move bytes with this in them
};
std::ostream& operator<<(std::ostream& out, const KillPlan& plan);

/// The four sides of a call: nothing was done, it was read, it is about to be written, it was written.
std::vector<KillPlan> four_kill_plans(unsigned number = 1, const std::string& text = {});

class KillPoint {
  public:
    /// Variables for the process.
    std::vector<std::string> environment() const;
    void plan(const KillPlan& plan);
    /// Before the process is started again.
    void cancel();

  private:
    const ScratchDirectory directory_;
};

}  // namespace vnf::harness
