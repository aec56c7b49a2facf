// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Keeping a value as text, and printing it as the old library did. The checking is JsonScan's.
#include "wire/json_text.hpp"

#include "wire/json_rewrite.hpp"
#include "wire/json_scan.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::wire {

std::variant<JsonText, ParseError> JsonText::parse(std::string_view text, std::size_t depth) {
    if (text.size() > size_limit) {
        return ParseError{ParseReason::Overlong, {}};
    }
    JsonScan scan(text);
    const auto value = scan.value(depth);
    if (!value || !scan.at_end()) {
        return ParseError{ParseReason::NotJson, {}};
    }
    return of(*value);
}

JsonText JsonText::of(const JsonSpan& value) {
    if (!value.blanks) {
        return JsonText(std::string(value.raw));
    }
    std::string compact;
    compact.reserve(value.raw.size());
    append_compact(compact, value.raw);
    return JsonText(std::move(compact));
}

JsonText JsonText::string(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    out += '"';
    append_old_json_escaped(out, text);
    out += '"';
    return JsonText(std::move(out));
}

JsonText::Kind JsonText::kind() const {
    return JsonSpan{text_, false, false}.kind();
}

namespace {

/// json-c keeps what a string means and writes it anew.
void append_spaced_string(std::string& out, std::string_view raw) {
    std::string meaning;
    append_unescaped(meaning, raw);
    out += '"';
    append_old_json_escaped(out, meaning);
    out += '"';
}

}  // namespace

std::string spaced(const JsonText& value) {
    const std::string_view json = value.text();
    std::string out;
    out.reserve(json.size() + json.size() / 4);
    for (std::size_t at = 0; at < json.size(); ++at) {
        switch (json[at]) {
            case '"': {
                const auto end = end_of_string(json, at);
                append_spaced_string(out, json.substr(at, end - at));
                at = end - 1;
                break;
            }
            case '{':
            case '[':
            case ',':
            case ':':
                out += json[at];
                out += ' ';
                break;
            case '}':
            case ']':
                // An empty container has its one blank already.
                if (json[at - 1] != '{' && json[at - 1] != '[') {
                    out += ' ';
                }
                out += json[at];
                break;
            default:  // of a number or a word
                out += json[at];
                break;
        }
    }
    return out;
}

}  // namespace vnf::wire
