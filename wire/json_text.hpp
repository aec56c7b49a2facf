// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One JSON value as text that is known to be one: what an agent forwards without looking inside. Compact (no blank
// outside strings, so no raw newline anywhere), valid UTF-8, at most 32 levels deep. Its numbers, escapes and key
// order stay as the sender wrote them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "wire/parse_error.hpp"

namespace vnf::wire {

struct JsonSpan;

class JsonText {
  public:
    /// The kind of the outermost value.
    enum class Kind : std::uint8_t { Object, Array, String, Number, Bool, Null };
    /// Levels of nesting, counted from the text's own outermost value (specification 1.2).
    static constexpr std::size_t depth_limit = 32;
    /// Longest text that is parsed, blanks included.
    static constexpr std::size_t size_limit = 64 * 1024;

    /// `text` with the blanks between its tokens taken out; Overlong above size_limit; NotJson if it is no JSON value,
    /// is not UTF-8, escapes half of a surrogate pair, is nested deeper than `depth`, or has anything behind the value.
    static std::variant<JsonText, ParseError> parse(std::string_view text, std::size_t depth = depth_limit);
    /// A JSON string that means `text`, escaped as the old peers' JSON library does (append_old_json_escaped).
    /// `text` must be valid UTF-8.
    static JsonText string(std::string_view text);

    const std::string& text() const { return text_; }
    Kind kind() const;
    friend bool operator==(const JsonText&, const JsonText&) = default;

  private:
    friend class JsonReader;
    friend class JsonWriter;
    static JsonText of(const JsonSpan& value);
    explicit JsonText(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// The text as the old libraries hand an object to an application: json-c's spaced form, `{ "k": 1, "l": [ 2 ] }`,
/// `{ }`, `[ ]`, a slash as `\/` (specification 3.3).
std::string spaced(const JsonText& value);

}  // namespace vnf::wire
