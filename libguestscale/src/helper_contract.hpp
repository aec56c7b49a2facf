// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What /usr/sbin/app_scale_helper is given and what its end means (specification 4.5). It is run directly: no shell reads
// its arguments (B-08), and no shell's 126, 127 or 128 + signal is mistaken for a vCPU (B-16): those are vCPUs when it
// exits with them itself, while what can't be started or dies of a signal has named none. 255 is its "can't do".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/cpu_list.hpp"

namespace vnf::guestscale {

inline constexpr const char* helper_default_path = "/usr/sbin/app_scale_helper";

/// path --cpu_del: before a vCPU goes; the exit status names it.
std::vector<std::string> helper_down_arguments(const std::string& path);
/// path --cpu_add 2 [0,1,2]: after it came; `online` is the request's.
std::vector<std::string> helper_up_arguments(const std::string& path, wire::Cpu cpu,
                                             const wire::CpuSet& online);

struct HelperVerdict {
    std::optional<wire::Cpu> cpu{};
    std::string why{};  ///< no vCPU: a clause for the log
    friend bool operator==(const HelperVerdict&, const HelperVerdict&) = default;
};

/// Of `--cpu_del`. Whether there is such a vCPU is choose_down's question.
HelperVerdict verdict_of_exit(int status);
HelperVerdict verdict_of_signal(int signal);
/// As waitpid() gave it.
HelperVerdict verdict_of_wait_status(int wait_status);

/// Of `--cpu_add`: what is to be logged about its exit, nothing if it is as it should be.
std::optional<std::string> complaint_of_up(int status);

}  // namespace vnf::guestscale
