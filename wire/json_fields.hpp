// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The members of one JSON object on one line, typed and bounded, without a heap allocation. What is nested is
// checked as JSON and otherwise ignored, except for an array of texts and an object of numbers. No JSON library's type
// is visible here.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "wire/parse_error.hpp"

namespace vnf::wire {

class JsonFields {
  public:
    static constexpr std::size_t line_limit = 4096;
    /// Members of the object, and elements of what is kept of its arrays and objects; a line with more is refused.
    static constexpr std::size_t field_limit = 80;
    static constexpr std::size_t depth_limit = 32;

    /// Reads `line`, which need not outlive the call; error() says whether it is one JSON object. Of equal
    /// keys the first counts: a text that an old peer failed to escape comes after the keys it could forge
    /// (H-02). A raw control character counts as a space, since old peers do not escape those either (G-21).
    explicit JsonFields(std::string_view line);

    JsonFields(const JsonFields&) = delete;
    JsonFields& operator=(const JsonFields&) = delete;

    bool has(std::string_view key) const { return find(key) != nullptr; }
    bool has_text(std::string_view key) const {
        const auto* const field = find(key);
        return field != nullptr && field->type == Type::Text;
    }

    /// The typed accessors below return zero or empty and remember the first error if the key is absent
    /// (MissingField), of another type (WrongType: a double is no integer) or outside its range (OutOfRange).
    std::int32_t integer(std::string_view key, std::int32_t least = std::numeric_limits<std::int32_t>::min(),
                         std::int32_t most = std::numeric_limits<std::int32_t>::max());

    /// Valid as long as this object; may hold a NUL or what is not UTF-8.
    std::string_view text(std::string_view key);
    std::string_view optional_text(std::string_view key) { return has(key) ? text(key) : std::string_view(); }

    /// Calls `each(std::string_view)` for every element of an array of texts.
    template <typename Each>
    void texts(std::string_view key, Each&& each) {
        if (const auto* array = find(key, Type::Texts)) {
            for (auto index = array + 1; index != array + 1 + array->number; ++index) {
                each(index->text);
            }
        }
    }

    /// Calls `each(std::string_view, double)` for every member of an object of numbers; one above the range of a double is
    /// infinite.
    template <typename Each>
    void numbers(std::string_view key, Each&& each) {
        if (const auto* object = find(key, Type::Numbers)) {
            for (auto index = object + 1; index != object + 1 + object->number; ++index) {
                each(index->key, std::bit_cast<double>(index->number));
            }
        }
    }

    /// For a reader's own findings; kept unless there is an earlier one.
    void fail(ParseReason reason, std::string_view field, std::int64_t value = 0);

    const std::optional<ParseError>& error() const { return error_; }

  private:
    enum class Type : std::uint8_t { Integer, Text, Texts, Numbers, Element, Other };
    struct Field {
        std::string_view key, text;
        /// Of Texts and Numbers: how many Element fields follow. Of an Element of Numbers: the bits of the double.
        std::int64_t number;
        Type type;
    };
    class Handler;

    const Field* find(std::string_view key) const;
    const Field* find(std::string_view key, Type type);

    std::optional<ParseError> error_;
    std::size_t field_count_ = 0;
    std::size_t buffer_used_ = 0;
    // Left uninitialised on purpose: the two above say what is valid.
    std::array<Field, field_limit> fields_;
    std::array<char, line_limit> buffer_;
};

}  // namespace vnf::wire
