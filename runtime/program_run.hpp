// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is around the work of a program that logs: its name in the log, and a failure's line there and exit status.
#pragma once

#include <functional>
#include <string>

namespace vnf::runtime {

/// The exit status of `work`; 1 for what it throws, which is logged.
int run_program(const std::string& name, const std::function<int()>& work);

}  // namespace vnf::runtime
