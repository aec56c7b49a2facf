// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A daemon of many connections takes what the machine allows: the soft limit is often 1024.
#pragma once

namespace vnf::runtime {

/// The soft limit of open descriptors up to the hard one. Children inherit it.
void raise_descriptor_limit();

}  // namespace vnf::runtime
