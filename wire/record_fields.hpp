// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The little-endian fields of application, group and scale records: a writer that fills one record, a reader that
// keeps the first error. Private to wire/; which field follows which is written in application_record.cpp,
// record_layout.cpp, packet_head.hpp, group_record.cpp and scale_record.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wire/parse_error.hpp"
#include "wire/text.hpp"

namespace vnf::wire {

inline std::uint32_t load_u32(std::string_view bytes, std::size_t offset) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[offset + i])) << (8U * i);
    }
    return value;
}

inline std::uint16_t load_u16(std::string_view bytes, std::size_t offset) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[offset]) |
                                      static_cast<unsigned char>(bytes[offset + 1]) << 8U);
}

/// What ends at a NUL, as a receiver of C strings would see it.
inline std::string_view until_nul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

class FieldWriter {
  public:
    explicit FieldWriter(std::size_t capacity) { bytes_.reserve(capacity); }

    void raw(std::string_view bytes) { bytes_ += bytes; }
    void u8(std::uint8_t value) { bytes_ += static_cast<char>(value); }
    void u16(std::uint16_t value) {
        u8(static_cast<std::uint8_t>(value & 0xFFU));
        u8(static_cast<std::uint8_t>(value >> 8U));
    }
    void u32(std::uint32_t value) {
        u16(static_cast<std::uint16_t>(value & 0xFFFFU));
        u16(static_cast<std::uint16_t>(value >> 16U));
    }
    /// Version 2: a fixed field of `limit` bytes and at least one NUL.
    void fixed_text(std::string_view text, std::size_t limit) {
        const auto end = bytes_.size() + limit + 1;
        bytes_ += cut_utf8(until_nul(text), limit);
        bytes_.resize(end, '\0');
    }
    /// Version 3: a length and as many bytes.
    void sized_text(std::string_view text, std::size_t limit) {
        const auto clean = clean_utf8(until_nul(text), limit);
        u16(static_cast<std::uint16_t>(clean.size()));
        bytes_ += clean;
    }
    /// Group and scale records: a u32 length and as many bytes, which are valid UTF-8 without NUL.
    void long_text(std::string_view text) {
        u32(static_cast<std::uint32_t>(text.size()));
        bytes_ += text;
    }
    void set_u16(std::size_t offset, std::uint16_t value) {
        bytes_[offset] = static_cast<char>(value & 0xFFU);
        bytes_[offset + 1] = static_cast<char>(value >> 8U);
    }
    void set_u32(std::size_t offset, std::uint32_t value) {
        set_u16(offset, static_cast<std::uint16_t>(value & 0xFFFFU));
        set_u16(offset + 2, static_cast<std::uint16_t>(value >> 16U));
    }
    void pad_to(std::size_t size) { bytes_.resize(size, '\0'); }
    std::size_t size() const { return bytes_.size(); }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

/// Reads in order; after an error every further field is zero or empty.
class FieldReader {
  public:
    explicit FieldReader(std::string_view body) : rest_(body) {}

    std::uint32_t u32(std::string_view field) {
        if (!available(sizeof(std::uint32_t), field)) {
            return 0;
        }
        const auto value = load_u32(rest_, 0);
        rest_.remove_prefix(sizeof value);
        return value;
    }
    bool flag(std::string_view field) { return u32(field) != 0; }
    /// A number of an enumeration that goes up to `last`; `otherwise` for any other number.
    template <typename Value>
    Value enumerated(std::string_view field, Value last, Value otherwise) {
        const auto number = u32(field);
        return number <= static_cast<std::uint32_t>(last) ? static_cast<Value>(number) : otherwise;
    }
    std::string fixed_text(std::size_t limit, std::string_view field) {
        if (!available(limit + 1, field)) {
            return {};
        }
        // The field may lack its NUL: then its last byte counts too, and no byte beyond (section 8.3).
        auto text = clean_utf8(until_nul(rest_.substr(0, limit + 1)), limit + 1);
        rest_.remove_prefix(limit + 1);
        return text;
    }
    std::string sized_text(std::size_t limit, std::string_view field) {
        if (!available(sizeof(std::uint16_t), field)) {
            return {};
        }
        const std::size_t length = load_u16(rest_, 0);
        rest_.remove_prefix(sizeof(std::uint16_t));
        return text_of(length, limit, field);
    }
    std::string long_text(std::size_t limit, std::string_view field) {
        const std::size_t length = u32(field);
        return error_ ? std::string() : text_of(length, limit, field);
    }
    const std::optional<ParseError>& error() const { return error_; }
    /// For the caller's own findings; kept unless there is an earlier one.
    void fail(ParseReason reason, std::string_view field) {
        if (!error_) {
            error_ = ParseError{reason, field};
        }
    }

  private:
    std::string text_of(std::size_t length, std::size_t limit, std::string_view field) {
        if (length > limit) {
            fail(ParseReason::OutOfRange, field);
            return {};
        }
        if (!available(length, field)) {
            return {};
        }
        const auto text = rest_.substr(0, length);
        rest_.remove_prefix(length);
        if (text.find('\0') != std::string_view::npos || !is_utf8(text)) {
            fail(ParseReason::BadText, field);
            return {};
        }
        return std::string(text);
    }
    bool available(std::size_t count, std::string_view field) {
        if (!error_ && rest_.size() < count) {
            fail(ParseReason::MissingField, field);
        }
        return !error_;
    }

    std::string_view rest_;
    std::optional<ParseError> error_;
};

}  // namespace vnf::wire
