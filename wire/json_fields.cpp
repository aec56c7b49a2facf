// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The SAX parser fills a fixed table: no document is built, and nothing is allocated. Boost.JSON itself is compiled
// here too, for every target that links wire_json.
#include "wire/json_fields.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <cstring>

namespace vnf::wire {

namespace json = boost::json;

/// What the parser calls. Depth 1 is inside the object, depth 2 inside one of its members.
class JsonFields::Handler {
  public:
    static constexpr std::size_t max_object_size = line_limit;
    static constexpr std::size_t max_array_size = line_limit;
    static constexpr std::size_t max_key_size = line_limit;
    static constexpr std::size_t max_string_size = line_limit;

    explicit Handler(JsonFields& fields) : fields_(fields) {}

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code& ec) {
        if (depth_ == 0) {
            ++depth_;
            return true;
        }
        return open(Type::Numbers, ec);
    }
    bool on_object_end(std::size_t, json::error_code&) { return close(); }
    bool on_array_begin(json::error_code& ec) { return open(Type::Texts, ec); }
    bool on_array_end(std::size_t, json::error_code&) { return close(); }

    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        append(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        append(part);
        const auto key = taken_text();
        (depth_ == 1 ? key_ : inner_key_) = key;
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        append(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code& ec) {
        append(part);
        return value({key_, taken_text(), 0, Type::Text}, ec);
    }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, json::error_code& ec) {
        return number_value({key_, {}, number, Type::Integer}, static_cast<double>(number), ec);
    }
    bool on_uint64(std::uint64_t number, json::string_view, json::error_code& ec) {
        return number_value({key_, {}, std::numeric_limits<std::int64_t>::max(), Type::Integer},
                            static_cast<double>(number), ec);
    }
    bool on_double(double number, json::string_view, json::error_code& ec) {
        return number_value({key_, {}, 0, Type::Other}, number, ec);
    }
    bool on_bool(bool, json::error_code& ec) { return other(ec); }
    bool on_null(json::error_code& ec) { return other(ec); }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

  private:
    bool other(json::error_code& ec) { return value({key_, {}, 0, Type::Other}, ec); }

    bool open(Type type, json::error_code& ec) {
        const bool allowed = value({key_, {}, 0, type}, ec);
        if (depth_ == 1) {
            container_ = fields_.field_count_ - 1;
        }
        ++depth_;
        return allowed;
    }
    bool close() {
        --depth_;
        return true;
    }

    bool number_value(const Field& field, double number, json::error_code& ec) {
        if (depth_ != 2 || fields_.fields_[container_].type != Type::Numbers) {
            return value(field, ec);
        }
        return keep_number(number);
    }

    /// A value that is no object at the top is refused; one that does not belong into its array of texts or object of
    /// numbers makes that another type.
    bool value(Field field, json::error_code& ec) {
        if (depth_ == 0) {
            ec = json::error::syntax;
            return false;
        }
        if (depth_ == 1) {
            return keep(field, ec);
        }
        if (depth_ > 2) {
            return true;
        }
        auto& container = fields_.fields_[container_];
        if (container.type != Type::Texts || field.type != Type::Text) {
            drop_container();
            return true;
        }
        ++container.number;
        field.type = Type::Element;
        return keep(field, ec);
    }

    /// A later peer's object may have many numbers: they cost it its type, never the message.
    bool keep_number(double number) {
        auto& container = fields_.fields_[container_];
        if (fields_.field_count_ == field_limit || container.number == numbers_limit) {
            drop_container();
            return true;
        }
        ++container.number;
        fields_.fields_[fields_.field_count_++] = {
            inner_key_, {}, std::bit_cast<std::int64_t>(number), Type::Element};
        return true;
    }

    void drop_container() {
        fields_.fields_[container_].type = Type::Other;
        fields_.field_count_ = container_ + 1;
    }

    bool keep(const Field& field, json::error_code& ec) {
        if (fields_.field_count_ == field_limit) {
            ec = json::error::object_too_large;
            return false;
        }
        fields_.fields_[fields_.field_count_++] = field;
        return true;
    }

    /// Unescaping never makes a text longer, so the buffer holds every text of a line within the limit.
    void append(json::string_view part) {
        std::memcpy(fields_.buffer_.data() + fields_.buffer_used_, part.data(), part.size());
        fields_.buffer_used_ += part.size();
    }
    std::string_view taken_text() {
        const auto start = std::exchange(text_start_, fields_.buffer_used_);
        return {fields_.buffer_.data() + start, fields_.buffer_used_ - start};
    }

    /// The numbers that are kept of one object.
    static constexpr std::int64_t numbers_limit = 64;

    JsonFields& fields_;
    std::string_view key_, inner_key_;
    std::size_t text_start_ = 0;
    std::size_t depth_ = 0;
    std::size_t container_ = 0;
};

namespace {

constexpr bool is_control(char byte) {
    return static_cast<unsigned char>(byte) < 0x20;
}

/// True if the whole line is one JSON text.
template <typename Handler>
bool parse_whole(std::string_view line, Handler& parser) {
    json::error_code ec;
    const auto parsed = parser.write_some(false, line.data(), line.size(), ec);
    return !ec && line.find_first_not_of(' ', parsed) == std::string_view::npos;
}

}  // namespace

JsonFields::JsonFields(std::string_view line) {
    if (line.size() > line_limit) {
        fail(ParseReason::Overlong, {});
        return;
    }
    std::array<char, line_limit> cleaned;
    if (std::any_of(line.begin(), line.end(), is_control)) {
        std::replace_copy_if(line.begin(), line.end(), cleaned.begin(), is_control, ' ');
        line = {cleaned.data(), line.size()};
    }
    json::parse_options options;
    options.max_depth = depth_limit;
    options.allow_invalid_utf8 =
        true;  // cleaned where a text is taken, so that one bad byte loses no message
    json::basic_parser<Handler> parser(options, *this);
    if (!parse_whole(line, parser)) {
        fail(ParseReason::NotJson, {});
    }
}

const JsonFields::Field* JsonFields::find(std::string_view key) const {
    const auto* const end = fields_.data() + field_count_;
    const auto* const found = std::find_if(fields_.data(), end, [key](const Field& field) {
        return field.type != Type::Element && field.key == key;
    });
    return found == end ? nullptr : found;
}

const JsonFields::Field* JsonFields::find(std::string_view key, Type type) {
    const auto* const field = find(key);
    if (field == nullptr) {
        fail(ParseReason::MissingField, key);
    } else if (field->type != type) {
        fail(ParseReason::WrongType, key);
    } else {
        return field;
    }
    return nullptr;
}

std::int32_t JsonFields::integer(std::string_view key, std::int32_t least, std::int32_t most) {
    const auto* const field = find(key, Type::Integer);
    if (field == nullptr) {
        return 0;
    }
    if (field->number < least || field->number > most) {
        fail(ParseReason::OutOfRange, key);
        return 0;
    }
    return static_cast<std::int32_t>(field->number);
}

std::string_view JsonFields::text(std::string_view key) {
    const auto* const field = find(key, Type::Text);
    return field == nullptr ? std::string_view() : field->text;
}

void JsonFields::fail(ParseReason reason, std::string_view field, std::int64_t value) {
    if (!error_) {
        error_ = ParseError{reason, field, value};
    }
}

}  // namespace vnf::wire
