// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#pragma once

#include <string>

namespace vnf::harness {

/// "LD_PRELOAD=...", for the environment of a shipped binary that is to run with this library. A sanitizer's runtime wants
/// to be the first of all libraries: that of the test, which the binaries are linked to as well, comes before it.
std::string preload(const std::string& library);

}  // namespace vnf::harness
