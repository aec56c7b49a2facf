// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Decoding by the ranges of the Unicode standard's table 3-7.
#include "runtime/utf8.hpp"

#include <array>
#include <cstdint>

namespace vnf::runtime {
namespace {

/// Leads from `first` to `last` open a sequence of `length` whose second byte is `low` to `high`.
struct Form {
    unsigned char first, last, length, low, high;
};
constexpr std::array<Form, 8> forms{{{0xc2, 0xdf, 2, 0x80, 0xbf},
                                     {0xe0, 0xe0, 3, 0xa0, 0xbf},
                                     {0xe1, 0xec, 3, 0x80, 0xbf},
                                     {0xed, 0xed, 3, 0x80, 0x9f},
                                     {0xee, 0xef, 3, 0x80, 0xbf},
                                     {0xf0, 0xf0, 4, 0x90, 0xbf},
                                     {0xf1, 0xf3, 4, 0x80, 0xbf},
                                     {0xf4, 0xf4, 4, 0x80, 0x8f}}};

unsigned char byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

bool fits(std::string_view text, std::size_t at, const Form& form) {
    if (text.size() - at < form.length)
        return false;
    if (byte_at(text, at + 1) < form.low || byte_at(text, at + 1) > form.high)
        return false;
    for (std::size_t i = 2; i < form.length; ++i)
        if ((byte_at(text, at + i) & 0xc0) != 0x80)
            return false;
    return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t at) {
    if (at >= text.size())
        return 0;
    const unsigned char lead = byte_at(text, at);
    if (lead < 0x80)
        return 1;
    for (const Form& form : forms)
        if (lead >= form.first && lead <= form.last)
            return fits(text, at, form) ? form.length : 0;
    return 0;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text, at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

bool has_control_character(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const unsigned char byte = byte_at(text, at);
        if (byte < 0x20 || byte == 0x7f)
            return true;
        if (byte == 0xc2 && at + 1 < text.size() && byte_at(text, at + 1) < 0xa0)
            return true;
    }
    return false;
}

}  // namespace vnf::runtime
