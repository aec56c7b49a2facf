// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Tables for people at a terminal, of texts that others may have chosen.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vnf::runtime {

/// With blanks for what would move the cursor or forge a line.
std::string printable(std::string_view text);

/// Columns as wide as their widest text, two blanks between them, a line each row. A row may be short; it has no
/// blanks at its end.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace vnf::runtime
