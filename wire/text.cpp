// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// UTF-8 is checked by the table of well-formed sequences (Unicode 15, table 3-7): the range of the second
// byte depends on the first, every later one is 80..BF.
#include "wire/text.hpp"

#include <algorithm>

#include "wire/byte_run.hpp"

namespace vnf::wire {
namespace {

struct Lead {
    std::size_t length;  ///< of the whole sequence; 0: not the first byte of any
    unsigned char low, high;
};

constexpr Lead lead_of(unsigned char byte) {
    if (byte < 0x80) {
        return {1, 0, 0};
    }
    if (byte < 0xC2 || byte > 0xF4) {
        return {0, 0, 0};
    }
    if (byte < 0xE0) {
        return {2, 0x80, 0xBF};
    }
    if (byte < 0xF0) {
        const unsigned char low = byte == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = byte == 0xED ? 0x9F : 0xBF;
        return {3, low, high};
    }
    const unsigned char low = byte == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = byte == 0xF4 ? 0x8F : 0xBF;
    return {4, low, high};
}

constexpr bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

constexpr bool is_ascii(char byte) {
    return static_cast<unsigned char>(byte) < 0x80;
}

bool are_ascii(EightBytes bytes) {
    return !bytes.have_non_ascii();
}

constexpr bool is_printable_ascii(char byte) {
    return byte >= 0x20 && byte < 0x7F;
}

constexpr bool is_control(char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
}

constexpr bool needs_escape(char byte) {
    return is_control(byte) || byte == '"' || byte == '\\';
}

void append_escape(std::string& out, char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    switch (byte) {
        case '"':
        case '\\':
            out += '\\';
            out += byte;
            return;
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\r':
            out += "\\r";
            return;
        default:  // any other control character; a char is not an enumeration
            out += "\\u00";
            out += digits[value >> 4U];
            out += digits[value & 0xFU];
            return;
    }
}

}  // namespace

std::string_view cut_utf8(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) {
        return text;
    }
    std::size_t end = limit;
    // A character has at most three continuation bytes; in a text that is not UTF-8 there is nothing to
    // spare.
    for (std::size_t back = 0; back < 3 && end > 0 && is_continuation(text[end]); ++back) {
        --end;
    }
    if (is_continuation(text[end]) || end + lead_of(static_cast<unsigned char>(text[end])).length <= limit) {
        end = limit;
    }
    return text.substr(0, end);
}

std::size_t character_length(std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    const auto lead = lead_of(static_cast<unsigned char>(text.front()));
    if (lead.length <= 1) {
        return lead.length;
    }
    if (text.size() < lead.length) {
        return 0;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    if (second < lead.low || second > lead.high) {
        return 0;
    }
    for (std::size_t i = 2; i < lead.length; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return lead.length;
}

bool is_utf8(std::string_view text) {
    for (;;) {
        text.remove_prefix(plain_run(text, are_ascii, is_ascii));
        if (text.empty()) {
            return true;
        }
        const auto length = character_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
}

bool has_control_character(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_control(text[at])) {
            return true;
        }
        if (text[at] == '\xC2' && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0) {
            return true;
        }
    }
    return false;
}

std::string clean_utf8(std::string_view text, std::size_t limit) {
    text = cut_utf8(text, limit);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto length = character_length(text);
        if (length == 0) {
            out += '?';
        } else if (text.front() == '\0') {
            out += ' ';
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

void append_printable(std::string& out, std::string_view text, std::size_t limit) {
    for (; !text.empty() && limit > 0; --limit) {
        const char byte = text.front();
        if (byte == '"') {
            out += '\'';
        } else if (byte == '\\' || !is_printable_ascii(byte)) {
            out += ' ';
        } else {
            out += byte;
        }
        text.remove_prefix(std::max<std::size_t>(character_length(text), 1));
    }
}

void append_json_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto plain =
            static_cast<std::size_t>(std::find_if(text.begin(), text.end(), needs_escape) - text.begin());
        out += text.substr(0, plain);
        if (plain == text.size()) {
            return;
        }
        append_escape(out, text[plain]);
        text.remove_prefix(plain + 1);
    }
}

}  // namespace vnf::wire
