// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How often each kind of trouble is reported: a budget for each, so that what floods does not hide what comes once.
// Pure. A kind is one of this program's own words, never a peer's text; its budget is made when it first comes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "runtime/rate_budget.hpp"

namespace vnf::host {

class ReportBudgets {
  public:
    explicit ReportBudgets(std::uint64_t burst = 5,
                           std::chrono::nanoseconds period = std::chrono::seconds(10))
        : burst_(burst), period_(period) {}

    bool take(std::string_view kind, runtime::TimePoint now) {
        const auto found = budgets_.find(kind);
        runtime::RateBudget& budget =
            found != budgets_.end()
                ? found->second
                : budgets_.emplace(kind, runtime::RateBudget(burst_, period_)).first->second;
        return budget.take(now);
    }

  private:
    std::uint64_t burst_;
    std::chrono::nanoseconds period_;
    std::map<std::string, runtime::RateBudget, std::less<>> budgets_;
};

}  // namespace vnf::host
