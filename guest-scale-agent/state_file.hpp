// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The set of vCPUs that were last taken away, kept over a reboot: one line, as the kernel writes lists. Replaced as a
// whole, so that a crash leaves the old one or the new one.
#pragma once

#include <string>
#include <variant>

#include "wire/cpu_list.hpp"

namespace vnf::scale {

/// Empty, or what went wrong.
std::string write_state_file(const std::string& path, const wire::CpuSet& offline);
/// The set, or why there is none: an absent file too.
std::variant<wire::CpuSet, std::string> read_state_file(const std::string& path);

}  // namespace vnf::scale
