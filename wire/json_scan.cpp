// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One function a rule of the grammar.
#include "wire/json_scan.hpp"

#include "wire/byte_run.hpp"
#include "wire/json_rewrite.hpp"
#include "wire/text.hpp"
#include "wire/unicode_escape.hpp"

namespace vnf::wire {
namespace {

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

constexpr bool is_control(char byte) {
    return static_cast<unsigned char>(byte) < 0x20;
}

/// A character of a string that stands for itself and is one byte.
constexpr bool is_plain(char byte) {
    return static_cast<unsigned char>(byte) < 0x80 && !is_control(byte) && byte != '"' && byte != '\\';
}

bool are_plain(EightBytes bytes) {
    return !bytes.have_non_ascii() && !bytes.have_control() && !bytes.have('"') && !bytes.have('\\');
}

constexpr bool is_hex_digit(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

}  // namespace

JsonText::Kind JsonSpan::kind() const {
    switch (raw.front()) {
        case '{':
            return JsonText::Kind::Object;
        case '[':
            return JsonText::Kind::Array;
        case '"':
            return JsonText::Kind::String;
        case 't':
        case 'f':
            return JsonText::Kind::Bool;
        case 'n':
            return JsonText::Kind::Null;
        default:  // a digit or a minus
            return JsonText::Kind::Number;
    }
}

void JsonScan::skip_blanks() {
    for (; at_ != end_ && is_json_blank(*at_); ++at_) {
        blanks_ = true;
    }
}

bool JsonScan::take(char token) {
    skip_blanks();
    if (at_ == end_ || *at_ != token) {
        return false;
    }
    ++at_;
    return true;
}

bool JsonScan::at_end() {
    skip_blanks();
    return at_ == end_;
}

std::optional<JsonSpan> JsonScan::value(std::size_t depth) {
    skip_blanks();
    const char* const start = at_;
    blanks_ = escapes_ = false;
    if (!any_value(depth)) {
        return std::nullopt;
    }
    return JsonSpan{{start, static_cast<std::size_t>(at_ - start)}, blanks_, escapes_};
}

bool JsonScan::any_value(std::size_t depth) {
    skip_blanks();
    if (at_ == end_) {
        return false;
    }
    switch (*at_) {
        case '{':
            return members(depth);
        case '[':
            return elements(depth);
        case '"':
            return string();
        case 't':
            return word("true");
        case 'f':
            return word("false");
        case 'n':
            return word("null");
        default:
            return number();
    }
}

bool JsonScan::members(std::size_t depth) {
    ++at_;
    if (depth == 0) {
        return false;
    }
    if (take('}')) {
        return true;
    }
    do {
        skip_blanks();
        if (!string() || !take(':') || !any_value(depth - 1)) {
            return false;
        }
    } while (take(','));
    return take('}');
}

bool JsonScan::elements(std::size_t depth) {
    ++at_;
    if (depth == 0) {
        return false;
    }
    if (take(']')) {
        return true;
    }
    do {
        if (!any_value(depth - 1)) {
            return false;
        }
    } while (take(','));
    return take(']');
}

bool JsonScan::string() {
    if (at_ == end_ || *at_ != '"') {
        return false;
    }
    ++at_;
    for (;;) {
        at_ += plain_run(rest(), are_plain, is_plain);
        if (at_ == end_ || is_control(*at_)) {
            return false;
        }
        if (*at_ == '"') {
            ++at_;
            return true;
        }
        if (*at_ == '\\') {
            if (!escape()) {
                return false;
            }
            continue;
        }
        const auto length = character_length(rest());
        if (length == 0) {
            return false;
        }
        at_ += length;
    }
}

bool JsonScan::escape() {
    escapes_ = true;
    if (rest().size() < 2) {
        return false;
    }
    if (at_[1] != 'u') {
        const bool known = std::string_view(R"("\/bfnrt)").find(at_[1]) != std::string_view::npos;
        at_ += 2;
        return known;
    }
    const auto unit = hex(2);
    if (!unit || is_low_surrogate(*unit)) {
        return false;
    }
    if (!is_high_surrogate(*unit)) {
        at_ += 6;
        return true;
    }
    const auto low = hex(8);
    if (!rest().substr(6).starts_with("\\u") || !low || !is_low_surrogate(*low)) {
        return false;
    }
    at_ += 12;
    return true;
}

/// The UTF-16 unit of four hexadecimal digits at `offset`.
std::optional<std::uint32_t> JsonScan::hex(std::size_t offset) const {
    if (rest().size() < offset + 4) {
        return std::nullopt;
    }
    const auto digits = rest().substr(offset, 4);
    for (const char digit : digits) {
        if (!is_hex_digit(digit)) {
            return std::nullopt;
        }
    }
    return hex_unit(digits);
}

bool JsonScan::number() {
    if (*at_ == '-') {
        ++at_;
    }
    if (at_ != end_ && *at_ == '0') {
        ++at_;
    } else if (!digits()) {
        return false;
    }
    if (at_ != end_ && *at_ == '.') {
        ++at_;
        if (!digits()) {
            return false;
        }
    }
    if (at_ == end_ || (*at_ != 'e' && *at_ != 'E')) {
        return true;
    }
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) {
        ++at_;
    }
    return digits();
}

bool JsonScan::digits() {
    const char* const start = at_;
    while (at_ != end_ && is_digit(*at_)) {
        ++at_;
    }
    return at_ != start;
}

bool JsonScan::word(std::string_view letters) {
    if (!rest().starts_with(letters)) {
        return false;
    }
    at_ += letters.size();
    return true;
}

}  // namespace vnf::wire
