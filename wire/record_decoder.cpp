// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Finds records in a stream: version 2 by its magic, version 3 by its size.
#include "wire/application_record.hpp"
#include "wire/record_fields.hpp"
#include "wire/record_layout.hpp"

namespace vnf::wire {
namespace {

/// How many bytes at the end of `bytes` may be the beginning of a magic.
std::size_t beginning_of_magic(std::string_view bytes) {
    for (auto length = std::min(bytes.size(), record_magic.size() - 1); length > 0; --length) {
        if (bytes.ends_with(record_magic.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

/// How many bytes are in front of the first magic, or of what may become one.
std::size_t garbage_in_front(std::string_view bytes) {
    if (const auto magic = bytes.find(record_magic); magic != std::string_view::npos) {
        return magic;
    }
    return bytes.size() - beginning_of_magic(bytes);
}

std::uint8_t version_of(std::string_view header) {
    return static_cast<std::uint8_t>(header[record_version_offset]);
}

template <typename Record>
typename RecordDecoder<Record>::Result read_record(RecordVersion version, std::string_view bytes) {
    const RecordHead head{static_cast<std::uint8_t>(bytes[record_revision_offset]),
                          load_u16(bytes, record_type_offset)};
    auto body = read_body<Record>(version, head, bytes.substr(record_header_size));
    if (const auto* error = std::get_if<ParseError>(&body)) {
        return *error;
    }
    return DecodedRecord<Record>{load_u32(bytes, record_sequence_offset), std::get<Record>(std::move(body))};
}

std::optional<ParseError> check_header_v3(std::string_view header) {
    if (!header.starts_with(record_magic)) {
        return ParseError{ParseReason::BadMagic, {}};
    }
    if (version_of(header) != static_cast<std::uint8_t>(RecordVersion::V3)) {
        return ParseError{ParseReason::BadVersion, "version", version_of(header)};
    }
    const auto size = load_u32(header, record_size_offset);
    if (size > record_v3_limit) {
        return ParseError{ParseReason::Overlong, "size"};
    }
    if (size < record_header_size) {
        return ParseError{ParseReason::OutOfRange, "size"};
    }
    return std::nullopt;
}

}  // namespace

template <typename Record>
void RecordDecoder<Record>::feed(std::string_view bytes) {
    if (broken_) {
        return;
    }
    buffer_.erase(0, taken_);
    taken_ = 0;
    buffer_ += bytes;
}

template <typename Record>
std::optional<typename RecordDecoder<Record>::Result> RecordDecoder<Record>::next() {
    return version_ == RecordVersion::V2 ? next_v2() : next_v3();
}

/// The size field is not looked at: old libraries need not fill it (section 8.3). A header of another version
/// is skipped by its magic alone, so that a record that begins inside it is found.
template <typename Record>
std::optional<typename RecordDecoder<Record>::Result> RecordDecoder<Record>::next_v2() {
    if (const auto garbage = garbage_in_front(unread()); garbage > 0) {
        taken_ += garbage;
        return ParseError{ParseReason::BadMagic, {}};
    }
    if (pending() < record_header_size) {
        return std::nullopt;
    }
    if (const auto version = version_of(unread()); version != static_cast<std::uint8_t>(RecordVersion::V2)) {
        taken_ += record_magic.size();
        return ParseError{ParseReason::BadVersion, "version", version};
    }
    if (pending() < record_v2_size) {
        return std::nullopt;
    }
    const auto bytes = unread().substr(0, record_v2_size);
    taken_ += record_v2_size;
    return read_record<Record>(RecordVersion::V2, bytes);
}

template <typename Record>
std::optional<typename RecordDecoder<Record>::Result> RecordDecoder<Record>::next_v3() {
    if (broken_ || pending() < record_header_size) {
        return std::nullopt;
    }
    if (auto error = check_header_v3(unread())) {
        broken_ = true;
        buffer_.clear();
        taken_ = 0;
        return *error;
    }
    const std::size_t size = load_u32(unread(), record_size_offset);
    if (pending() < size) {
        return std::nullopt;
    }
    const auto bytes = unread().substr(0, size);
    taken_ += size;
    return read_record<Record>(RecordVersion::V3, bytes);
}

template <typename Record>
void RecordDecoder<Record>::reset() {
    *this = RecordDecoder();
}

template class RecordDecoder<ApplicationRecord>;
template class RecordDecoder<DaemonRecord>;

}  // namespace vnf::wire
