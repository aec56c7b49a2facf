// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Boost.JSON values written as the old peers' library writes them, slashes escaped, so that sizes are theirs. For .cpp
// files of this folder only.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace vnf::host {

void append_old_json(std::string& out, const boost::json::value& value);

}  // namespace vnf::host
