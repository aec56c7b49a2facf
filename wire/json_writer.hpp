// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Writes one JSON object without blanks, keys in the order of the calls, texts escaped as json-c does: the bytes of the
// old peers. Private to wire/.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "wire/cpu_list.hpp"
#include "wire/json_text.hpp"
#include "wire/server_group_message.hpp"

namespace vnf::wire {

class JsonWriter {
  public:
    /// `room` is what is reserved; `before` goes in front of the object.
    explicit JsonWriter(std::size_t room, std::string_view before = {}) {
        out_.reserve(room);
        out_ += before;
    }

    JsonWriter& value(std::string_view name, const JsonText& value) {
        key(name);
        out_ += value.text();
        return *this;
    }
    /// Valid UTF-8.
    JsonWriter& text(std::string_view name, std::string_view text) {
        key(name);
        out_ += '"';
        append_old_json_escaped(out_, text);
        out_ += '"';
        return *this;
    }
    JsonWriter& number(std::string_view name, std::int32_t value) {
        key(name);
        std::array<char, 12> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        out_.append(digits.data(), end);
        return *this;
    }
    JsonWriter& cpus(std::string_view name, const CpuSet& cpus) {
        key(name);
        out_ += format_cpu_array(cpus);
        return *this;
    }
    JsonWriter& truth(std::string_view name) {
        key(name);
        out_ += "true";
        return *this;
    }

    std::string finish(std::string_view behind = {}) {
        out_ += '}';
        out_ += behind;
        return std::move(out_);
    }
    JsonText finish_value() { return JsonText(finish()); }

  private:
    void key(std::string_view name) {
        out_ += std::exchange(before_, ',');
        out_ += '"';
        out_ += name;
        out_ += "\":";
    }

    std::string out_;
    char before_ = '{';
};

}  // namespace vnf::wire
