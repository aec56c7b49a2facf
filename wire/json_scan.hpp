// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Checks JSON (RFC 8259) in place and finds where its values begin and end: one pass, no allocation. Strict: UTF-8, no
// raw control character in a string, no half of a surrogate pair, nesting bounded, and with it the recursion.
// Private to wire/.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/json_text.hpp"

namespace vnf::wire {

/// One value where it stands in a text, without the blanks around it.
struct JsonSpan {
    std::string_view raw;  ///< a string with its quotes
    bool blanks;           ///< there are blanks between the tokens inside
    bool escapes;          ///< a string inside, or this one, has an escape

    JsonText::Kind kind() const;
};

class JsonScan {
  public:
    explicit JsonScan(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    /// Moves behind `token`, and the blanks in front of it, if that is what comes next.
    bool take(char token);
    /// The next value, containers nested at most `depth` deep; nothing if there is none.
    std::optional<JsonSpan> value(std::size_t depth);
    /// True if only blanks are left.
    bool at_end();

  private:
    bool any_value(std::size_t depth);
    bool members(std::size_t depth);
    bool elements(std::size_t depth);
    bool string();
    bool escape();
    bool number();
    bool digits();
    bool word(std::string_view letters);
    void skip_blanks();
    std::optional<std::uint32_t> hex(std::size_t offset) const;
    std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    const char* at_;
    const char* end_;
    bool blanks_ = false, escapes_ = false;
};

}  // namespace vnf::wire
