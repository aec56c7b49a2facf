// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Checked JSON needs no look at its ends: every string is closed, every escape is whole.
#include "wire/json_rewrite.hpp"

#include "wire/unicode_escape.hpp"

namespace vnf::wire {
namespace {

void append_code_point(std::string& out, std::uint32_t code) {
    const auto tail = [&out, code](unsigned shift) {
        out += static_cast<char>(0x80U | (code >> shift & 0x3FU));
    };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0U | code >> 6U);
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0U | code >> 12U);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | code >> 18U);
        tail(12);
        tail(6);
        tail(0);
    }
}

/// `text` begins behind "\u". Returns how many bytes of it belong to the character.
std::size_t append_unicode_escape(std::string& out, std::string_view text) {
    const auto unit = hex_unit(text);
    if (!is_high_surrogate(unit)) {
        append_code_point(out, unit);
        return 4;
    }
    const auto low = hex_unit(text.substr(6));
    append_code_point(out, 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U));
    return 10;
}

constexpr char meaning_of(char escape) {
    switch (escape) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:  // quote, backslash and slash stand for themselves
            return escape;
    }
}

}  // namespace

std::size_t end_of_string(std::string_view json, std::size_t start) {
    auto at = json.find_first_of("\"\\", start + 1);
    while (json[at] == '\\') {
        at = json.find_first_of("\"\\", at + 2);
    }
    return at + 1;
}

void append_compact(std::string& out, std::string_view json) {
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] == '"') {
            const auto end = end_of_string(json, at);
            out += json.substr(at, end - at);
            at = end;
        } else {
            if (!is_json_blank(json[at])) {
                out += json[at];
            }
            ++at;
        }
    }
}

void append_unescaped(std::string& out, std::string_view raw) {
    raw = raw.substr(1, raw.size() - 2);
    for (;;) {
        const auto plain = raw.find('\\');
        out += raw.substr(0, plain);
        if (plain == std::string_view::npos) {
            return;
        }
        const char escape = raw[plain + 1];
        raw.remove_prefix(plain + 2);
        if (escape == 'u') {
            raw.remove_prefix(append_unicode_escape(out, raw));
        } else {
            out += meaning_of(escape);
        }
    }
}

}  // namespace vnf::wire
