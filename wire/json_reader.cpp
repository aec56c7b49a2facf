// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The members that are wanted stay where they are in the text; a value is copied when it is asked for.
#include "wire/json_reader.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "wire/json_rewrite.hpp"
#include "wire/text.hpp"

namespace vnf::wire {
namespace {

/// "2", and what means the same: 2.0, 2e0.
bool is_two(std::string_view number) {
    if (!number.starts_with('2')) {
        return false;
    }
    number.remove_prefix(1);
    const auto skip_zeros = [&number] {
        number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    };
    if (number.starts_with('.')) {
        number.remove_prefix(1);
        skip_zeros();
    }
    if (number.starts_with('e') || number.starts_with('E')) {
        number.remove_prefix(1);
        number.remove_prefix(number.starts_with('+') || number.starts_with('-') ? 1 : 0);
        skip_zeros();
    }
    return number.empty();
}

/// The whole of `digits` as a number; OutOfRange in the error code's terms if it is too large.
std::from_chars_result read_integer(std::string_view digits, std::int64_t& number) {
    return std::from_chars(digits.data(), digits.data() + digits.size(), number);
}

}  // namespace

std::string meaning_of(const JsonSpan& span) {
    if (!span.escapes) {
        return std::string(span.raw.substr(1, span.raw.size() - 2));
    }
    std::string out;
    out.reserve(span.raw.size());
    append_unescaped(out, span.raw);
    return out;
}

JsonReader::JsonReader(std::string_view text, std::initializer_list<std::string_view> keys)
    : count_(keys.size()) {
    assert(keys.size() <= member_limit);
    std::transform(keys.begin(), keys.end(), members_.begin(), [](std::string_view key) {
        return Member{key, std::nullopt};
    });
    JsonScan scan(text);
    if (!read(scan)) {
        fail(ParseReason::NotJson, {});
    }
}

bool JsonReader::read(JsonScan& scan) {
    if (!scan.take('{')) {
        return false;
    }
    if (scan.take('}')) {
        return scan.at_end();
    }
    do {
        if (!read_member(scan)) {
            return false;
        }
    } while (scan.take(','));
    return scan.take('}') && scan.at_end();
}

bool JsonReader::read_member(JsonScan& scan) {
    const auto key = scan.value(0);
    if (!key || key->kind() != JsonText::Kind::String || !scan.take(':')) {
        return false;
    }
    const auto value = scan.value(JsonText::depth_limit - 1);
    if (!value) {
        return false;
    }
    auto* const member = wanted(*key);
    if (member != nullptr && !member->value) {
        member->value = value;
    }
    return true;
}

JsonReader::Member* JsonReader::wanted(const JsonSpan& key) {
    std::string unescaped;
    auto name = key.raw.substr(1, key.raw.size() - 2);
    if (key.escapes) {
        append_unescaped(unescaped, key.raw);
        name = unescaped;
    }
    auto* const end = members_.data() + count_;
    auto* const found =
        std::find_if(members_.data(), end, [name](const Member& member) { return member.key == name; });
    return found == end ? nullptr : found;
}

const JsonSpan* JsonReader::find(std::string_view key) const {
    const auto* const end = members_.data() + count_;
    const auto* const found =
        std::find_if(members_.data(), end, [key](const Member& member) { return member.key == key; });
    assert(found != end);
    return !found->value || found->value->kind() == JsonText::Kind::Null ? nullptr : &*found->value;
}

const JsonSpan* JsonReader::required(std::string_view key) {
    const auto* const span = find(key);
    if (span == nullptr) {
        fail(ParseReason::MissingField, key);
    }
    return span;
}

const JsonSpan* JsonReader::required(std::string_view key, JsonText::Kind kind) {
    const auto* const span = required(key);
    if (span != nullptr && span->kind() != kind) {
        fail(ParseReason::WrongType, key);
        return nullptr;
    }
    return span;
}

JsonText JsonReader::value(std::string_view key) {
    const auto* const span = required(key);
    return span == nullptr ? JsonText("null") : JsonText::of(*span);
}

JsonText JsonReader::object_or_text(std::string_view key) {
    const auto* const span = required(key);
    if (span == nullptr) {
        return JsonText("null");
    }
    if (span->kind() != JsonText::Kind::Object && span->kind() != JsonText::Kind::String) {
        fail(ParseReason::WrongType, key);
    }
    return JsonText::of(*span);
}

std::string JsonReader::text(std::string_view key, std::size_t limit) {
    const auto* const span = required(key, JsonText::Kind::String);
    if (span == nullptr) {
        return {};
    }
    auto out = meaning_of(*span);
    if (out.size() > limit) {
        fail(ParseReason::OutOfRange, key);
    } else if (out.find('\0') != std::string::npos) {
        fail(ParseReason::BadText, key);
    }
    return out;
}

std::int32_t JsonReader::integer(std::string_view key, std::int32_t least) {
    const auto* const span = required(key, JsonText::Kind::Number);
    if (span == nullptr) {
        return 0;
    }
    std::int64_t number = 0;
    const auto [end, code] = read_integer(span->raw, number);
    if (end != span->raw.data() + span->raw.size()) {
        fail(ParseReason::WrongType, key);
    } else if (code != std::errc() || number < least || number > std::numeric_limits<std::int32_t>::max()) {
        fail(ParseReason::OutOfRange, key);
    } else {
        return static_cast<std::int32_t>(number);
    }
    return 0;
}

void JsonReader::check_version() {
    const auto* const span = required("version");
    if (span == nullptr || is_two(span->raw) || span->raw == R"("2")") {
        return;
    }
    std::int64_t version = 0;
    const auto [end, code] = read_integer(span->raw, version);
    const bool whole = code == std::errc() && end == span->raw.data() + span->raw.size();
    fail(ParseReason::BadVersion, "version", whole ? version : 0);
}

bool JsonReader::is_true(std::string_view key) const {
    const auto* const span = find(key);
    return span != nullptr && span->raw == "true";
}

std::string JsonReader::clean_text(std::string_view key, std::size_t limit,
                                   std::string_view otherwise) const {
    const auto* const span = find(key);
    if (span == nullptr || span->kind() != JsonText::Kind::String) {
        return std::string(otherwise);
    }
    return clean_utf8(meaning_of(*span), limit);
}

void JsonReader::fail(ParseReason reason, std::string_view field, std::int64_t value) {
    if (!error_) {
        error_ = ParseError{reason, field, value};
    }
}

}  // namespace vnf::wire
