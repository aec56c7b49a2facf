// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The members that a message needs of one JSON object, found in one pass and without an allocation but for the values
// handed out. Others are checked as JSON and dropped; of equal keys the first counts. Private to wire/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "wire/json_scan.hpp"
#include "wire/json_text.hpp"
#include "wire/parse_error.hpp"

namespace vnf::wire {

class JsonReader {
  public:
    static constexpr std::size_t member_limit = 12;

    /// `text` and the keys outlive this object. error() says whether it is one JSON object.
    JsonReader(std::string_view text, std::initializer_list<std::string_view> keys);

    /// A null counts as absent, here and below (B-05).
    bool has(std::string_view key) const { return find(key) != nullptr; }

    /// The accessors return nothing of use and remember the first error if the key is absent (MissingField) or of
    /// another type (WrongType).
    JsonText value(std::string_view key);
    /// An object or a text.
    JsonText object_or_text(std::string_view key);
    /// OutOfRange above `limit` bytes, BadText with a NUL.
    std::string text(std::string_view key, std::size_t limit);
    /// An integer, no fraction and no exponent; else WrongType or OutOfRange.
    std::int32_t integer(std::string_view key, std::int32_t least = std::numeric_limits<std::int32_t>::min());
    /// The integer 2, or "2", 2.0, as the old C peers took it (specification 1.3); else BadVersion.
    void check_version();

    /// Never an error: absent, of another type, cut and cleaned.
    bool is_true(std::string_view key) const;
    std::string clean_text(std::string_view key, std::size_t limit, std::string_view otherwise) const;

    /// For the caller's own findings; kept unless there is an earlier one.
    void fail(ParseReason reason, std::string_view field, std::int64_t value = 0);
    const std::optional<ParseError>& error() const { return error_; }

  private:
    struct Member {
        std::string_view key;
        std::optional<JsonSpan> value;
    };

    bool read(JsonScan& scan);
    bool read_member(JsonScan& scan);
    Member* wanted(const JsonSpan& key);
    const JsonSpan* find(std::string_view key) const;
    const JsonSpan* required(std::string_view key);
    const JsonSpan* required(std::string_view key, JsonText::Kind kind);

    std::optional<ParseError> error_;
    std::size_t count_ = 0;
    std::array<Member, member_limit> members_{};
};

/// What the string `span` means.
std::string meaning_of(const JsonSpan& span);

}  // namespace vnf::wire
