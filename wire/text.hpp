// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Texts that cross a wire: cut without tearing a character, made safe for an old peer, escaped for JSON.
// Every text that a peer supplied passes through clean_utf8() once, where it enters; what is inside is then
// valid UTF-8 without NUL. Standard library only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnf::wire {

/// The longest beginning of `text` that has at most `limit` bytes and does not end inside a character.
std::string_view cut_utf8(std::string_view text, std::size_t limit);

/// Bytes of the well-formed character at the front of `text`; 0 if there is none.
std::size_t character_length(std::string_view text);

/// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. NUL is a character.
bool is_utf8(std::string_view text);

/// A byte below 0x20, or 0x7f, or a C1 control (U+0080 to U+009F, which some terminals obey).
bool has_control_character(std::string_view text);

/// At most `limit` bytes of valid UTF-8 without NUL: a NUL becomes a space, each byte that belongs to no
/// character a question mark. Nothing grows, so a text within its limit stays whole.
std::string clean_utf8(std::string_view text, std::size_t limit);

/// Appends `text` as an old peer can take it, at most `limit` bytes: printable ASCII only, a quote as an
/// apostrophe; a backslash, a control character and any other character as one space each.
void append_printable(std::string& out, std::string_view text, std::size_t limit);

/// Appends `text` escaped for a JSON string, without the quotes around it. `text` must be valid UTF-8.
void append_json_escaped(std::string& out, std::string_view text);

}  // namespace vnf::wire
