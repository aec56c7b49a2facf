// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Runs a line assembler, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/line_framing.hpp"

namespace vnf::test {

/// The lines that these bytes complete.
inline std::vector<std::string> feed(wire::LineAssembler& assembler, std::string_view bytes) {
    std::vector<std::string> lines;
    assembler.feed(bytes, [&lines](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

}  // namespace vnf::test
