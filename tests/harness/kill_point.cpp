// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/kill_point.hpp"

#include <sstream>

#include "shipped_binaries.hpp"
#include "tests/harness/preload.hpp"

namespace vnf::harness {
std::ostream& operator<<(std::ostream& out, const KillPlan& plan) {
    out << (plan.call == KillPlan::Call::Read ? "read " : "write ")
        << (plan.when == KillPlan::When::Before ? "before " : "after ") << plan.number;
    return plan.text.empty() ? out : out << ' ' << plan.text;
}

std::vector<KillPlan> four_kill_plans(unsigned number, const std::string& text) {
    using Call = KillPlan::Call;
    using When = KillPlan::When;
    return {{Call::Read, When::Before, number, text},
            {Call::Read, When::After, number, text},
            {Call::Write, When::Before, number, text},
            {Call::Write, When::After, number, text}};
}

std::vector<std::string> KillPoint::environment() const {
    return {preload(kill_point_library), "VNF_KILL_POINT=" + directory_ / "plan"};
}

void KillPoint::plan(const KillPlan& plan) {
    std::ostringstream text;
    text << plan << '\n';
    directory_.write("fresh", text.str());
    std::filesystem::rename(directory_ / "fresh", directory_ / "plan");
}

void KillPoint::cancel() {
    std::filesystem::remove(directory_ / "plan");
}

}  // namespace vnf::harness
