// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// From root to the user of the settings, for good.
#pragma once

#include <string>

namespace vnf::guest {

/// Takes that user's ids and groups. Nothing if we are not root or `user` is empty. Throws std::system_error.
void become(const std::string& user);

}  // namespace vnf::guest
