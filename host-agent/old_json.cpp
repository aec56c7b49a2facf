// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See old_json.hpp. Values were parsed with a bound on their depth, so this recursion is bounded as well.
#include "host-agent/old_json.hpp"

#include <boost/json.hpp>

#include "wire/server_group_message.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

void append_text(std::string& out, std::string_view text) {
    out += '"';
    wire::append_old_json_escaped(out, text);
    out += '"';
}

}  // namespace

void append_old_json(std::string& out, const json::value& value) {
    if (value.is_string()) {
        append_text(out, value.get_string());
    } else if (value.is_object()) {
        char before = '{';
        for (const auto& [key, member] : value.get_object()) {
            out += std::exchange(before, ',');
            append_text(out, key);
            out += ':';
            append_old_json(out, member);
        }
        out += before == '{' ? "{}" : "}";
    } else if (value.is_array()) {
        char before = '[';
        for (const json::value& element : value.get_array()) {
            out += std::exchange(before, ',');
            append_old_json(out, element);
        }
        out += before == '[' ? "[]" : "]";
    } else {
        out += json::serialize(value);
    }
}

}  // namespace vnf::host
