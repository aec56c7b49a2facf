// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a scripted peer received on a heartbeat channel and a test has not looked at yet. A line that is not a
// JSON object is a broken daemon and throws.
#pragma once

#include <boost/json.hpp>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace vnf::harness {

using Json = boost::json::object;

/// The member's text, or "" when it is absent or no text; likewise 0 for numbers.
inline std::string text(const Json& object, std::string_view key) {
    const boost::json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
inline std::int64_t number(const Json& object, std::string_view key) {
    const boost::json::value* value = object.if_contains(key);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

class JsonLines {
  public:
    void feed(std::string_view bytes) {
        partial_.append(bytes);
        for (std::size_t end = partial_.find('\n'); end != std::string::npos; end = partial_.find('\n')) {
            if (end > 0)
                messages_.push_back(
                    boost::json::parse(std::string_view(partial_).substr(0, end)).as_object());
            partial_.erase(0, end + 1);
        }
    }
    void forget() {
        partial_.clear();
        messages_.clear();
    }
    /// The first message whose `key` is `value`, taken out; those before it stay.
    std::optional<Json> take(std::string_view key, std::string_view value) {
        for (auto one = messages_.begin(); one != messages_.end(); ++one) {
            if (text(*one, key) == value) {
                Json found = std::move(*one);
                messages_.erase(one);
                return found;
            }
        }
        return std::nullopt;
    }
    bool has(std::string_view key, std::string_view value) const {
        for (const Json& one : messages_) {
            if (text(one, key) == value)
                return true;
        }
        return false;
    }
    const std::deque<Json>& messages() const { return messages_; }

  private:
    std::string partial_;
    std::deque<Json> messages_;
};

}  // namespace vnf::harness
