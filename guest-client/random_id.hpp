// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Unpredictable identifiers for inits, challenges and actions (defect G-46: nothing of an earlier boot may
// match). The cores take the source as a function, so that a test can say what comes next.
#pragma once

#include <cstdint>
#include <functional>

namespace vnf::guest {

/// Yields 1 .. 2^31 - 1: what both wires can carry, and never the 0 that an idle peer would echo.
using RandomId = std::function<std::int32_t()>;

/// From the kernel's generator, in batches.
RandomId kernel_random_ids();

}  // namespace vnf::guest
