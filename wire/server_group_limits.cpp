// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What may be sent in a server group: the texts, and how the old senders escape them.
#include "wire/byte_run.hpp"
#include "wire/server_group_message.hpp"
#include "wire/text.hpp"

namespace vnf::wire {
namespace {

/// json-c's short escapes; the letter behind the backslash, or 0.
constexpr char short_escape(char byte) {
    switch (byte) {
        case '"':
        case '\\':
        case '/':
            return byte;
        case '\b':
            return 'b';
        case '\f':
            return 'f';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\t':
            return 't';
        default:  // any other character
            return 0;
    }
}

constexpr bool is_control(char byte) {
    return static_cast<unsigned char>(byte) < 0x20;
}

/// Written as it is.
constexpr bool is_plain(char byte) {
    return !is_control(byte) && byte != '"' && byte != '\\' && byte != '/';
}

bool are_plain(EightBytes bytes) {
    return !bytes.have_control() && !bytes.have('"') && !bytes.have('\\') && !bytes.have('/');
}

/// Of a byte that is not plain.
constexpr std::size_t escaped_size(char byte) {
    return short_escape(byte) != 0 ? 2 : 6;
}

void append_escape(std::string& out, char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    out += '\\';
    if (const char letter = short_escape(byte); letter != 0) {
        out += letter;
        return;
    }
    out += "u00";
    out += digits[value >> 4U];
    out += digits[value & 0xFU];
}

/// Neither ASCII's control characters nor those of U+0080 to U+009F.
bool is_printable_utf8(std::string_view text) {
    return is_utf8(text) && !has_control_character(text);
}

}  // namespace

void append_old_json_escaped(std::string& out, std::string_view text) {
    for (;;) {
        const auto plain = plain_run(text, are_plain, is_plain);
        out += text.substr(0, plain);
        if (plain == text.size()) {
            return;
        }
        append_escape(out, text[plain]);
        text.remove_prefix(plain + 1);
    }
}

std::size_t old_json_escaped_size(std::string_view text) {
    std::size_t size = 0;
    for (;;) {
        const auto plain = plain_run(text, are_plain, is_plain);
        size += plain;
        if (plain == text.size()) {
            return size;
        }
        size += escaped_size(text[plain]);
        text.remove_prefix(plain + 1);
    }
}

std::string_view to_string(BroadcastRefusal refusal) {
    switch (refusal) {
        case BroadcastRefusal::TooLong:
            return "the text is longer than 3050 bytes";
        case BroadcastRefusal::TooLongEscaped:
            return "the text is longer than 3951 bytes when it is escaped";
        case BroadcastRefusal::NotText:
            return "the text is not UTF-8 or has a NUL in it";
    }
    return "the text is refused";
}

std::variant<BroadcastText, BroadcastRefusal> BroadcastText::of(std::string_view text) {
    if (text.size() > broadcast_limit) {
        return BroadcastRefusal::TooLong;
    }
    if (old_json_escaped_size(text) > broadcast_escaped_limit) {
        return BroadcastRefusal::TooLongEscaped;
    }
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos) {
        return BroadcastRefusal::NotText;
    }
    return BroadcastText(std::string(text));
}

std::optional<SourceInstance> SourceInstance::of(std::string_view text) {
    if (text.empty() || old_json_escaped_size(text) > source_instance_limit || !is_printable_utf8(text)) {
        return std::nullopt;
    }
    return SourceInstance(std::string(text));
}

}  // namespace vnf::wire
