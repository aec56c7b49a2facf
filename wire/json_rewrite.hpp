// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// JSON that JsonScan has checked, written in another way: without blanks, or what a string in it means. Anything else is
// the caller's fault. Private to wire/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnf::wire {

constexpr bool is_json_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/// Appends checked JSON without the blanks between its tokens.
void append_compact(std::string& out, std::string_view json);
/// Appends what a checked JSON string means; `raw` has its quotes.
void append_unescaped(std::string& out, std::string_view raw);
/// Behind the string that begins at `json[start]`, a quote. Checked JSON only.
std::size_t end_of_string(std::string_view json, std::size_t start);

}  // namespace vnf::wire
