// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where a UTF-8 sequence ends: what logs, metrics, settings and HTTP need before they hand on bytes of
// others.
#pragma once

#include <cstddef>
#include <string_view>

namespace vnf::runtime {

/// Bytes of the well-formed sequence at `at` (no overlong form, no surrogate, at most U+10FFFF); 0 if there
/// is none.
std::size_t utf8_length(std::string_view text, std::size_t at);

/// All of it well-formed.
bool is_utf8(std::string_view text);

/// A byte below 0x20, or 0x7f, or a C1 control (U+0080 to U+009F, which some terminals obey).
bool has_control_character(std::string_view text);

}  // namespace vnf::runtime
