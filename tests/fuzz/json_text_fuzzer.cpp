// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: a text that may be JSON. Boost.JSON is asked too: both take the same texts, and what is kept means the same.
#include <algorithm>
#include <boost/json.hpp>

#include "tests/fuzz/promise.hpp"
#include "wire/server_group_message.hpp"

namespace json = boost::json;
using namespace vnf::wire;
using vnf::fuzz::promise;

namespace {

struct Reading {
    json::value value;
    json::error_code error;
};

Reading boost_reads(std::string_view text) {
    Reading out;
    json::parse_options options;
    options.max_depth = JsonText::depth_limit;
    out.value = json::parse(text, out.error, {}, options);
    return out;
}

bool alike(const json::value& a, const json::value& b);

bool alike(const json::array& a, const json::array& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const json::value& one, const json::value& other) { return alike(one, other); });
}

bool alike(const json::object& a, const json::object& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
        return one.key() == other.key() && alike(one.value(), other.value());
    });
}

/// The same but for the values of numbers: what Boost.JSON reads for one depends on how many bytes follow it.
bool alike(const json::value& a, const json::value& b) {
    if (a.is_object() && b.is_object()) {
        return alike(a.get_object(), b.get_object());
    }
    if (a.is_array() && b.is_array()) {
        return alike(a.get_array(), b.get_array());
    }
    return a.is_number() ? b.is_number() : a == b;
}

bool means(std::string_view text, const json::value& meaning) {
    return alike(boost_reads(text).value, meaning);
}

void check_kept(const JsonText& kept, const json::value& meaning) {
    const auto again = JsonText::parse(kept.text());
    promise(std::holds_alternative<JsonText>(again) && std::get<JsonText>(again) == kept,
            "what is kept is compact");
    promise(kept.text().find('\n') == std::string::npos, "one line");
    promise(means(kept.text(), meaning), "what is kept means the same");
    promise(means(spaced(kept), meaning), "with the old blanks too");
    if (kept.kind() == JsonText::Kind::String) {
        const GroupBody body{kept};
        promise(body.as_old_text() == std::string_view(meaning.get_string()), "a string means the same");
        promise(JsonText::string(body.as_old_text()) == JsonText::string(meaning.get_string()),
                "and can be written");
        const auto object = body.object();
        promise(!object || object->kind() == JsonText::Kind::Object, "an object is one");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = vnf::fuzz::text_of(data, size);
    const auto result = JsonText::parse(text);
    const auto theirs = boost_reads(text);
    if (theirs.error == json::error::exponent_overflow || size > JsonText::size_limit) {
        return 0;  // a limit of theirs, and of ours
    }
    promise(std::holds_alternative<JsonText>(result) == !theirs.error,
            "what is JSON for one is for the other");
    if (const auto* const kept = std::get_if<JsonText>(&result)) {
        check_kept(*kept, theirs.value);
        promise(text.find_first_of(" \t\r\n") != std::string_view::npos || kept->text() == text,
                "nothing else changes");
    }
    return 0;
}
