// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/kill_point.hpp"

#include <link.h>

#include <sstream>
#include <string_view>

#include "shipped_binaries.hpp"

namespace vnf::harness {
namespace {

/// A sanitizer's runtime wants to be the first of all libraries; the test is linked to the same one as the daemons.
int note_sanitizer(dl_phdr_info* library, std::size_t /*size*/, void* found) {
    const std::string_view name = library->dlpi_name;
    if (name.find("/libasan.so") == name.npos && name.find("/libtsan.so") == name.npos)
        return 0;
    *static_cast<std::string*>(found) = std::string(name) + ' ';
    return 1;
}

}  // namespace

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
    std::string libraries;
    ::dl_iterate_phdr(note_sanitizer, &libraries);
    return {"LD_PRELOAD=" + libraries + kill_point_library, "VNF_KILL_POINT=" + directory_ / "plan"};
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
