// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Writes one heartbeat message: LF, one JSON object without spaces, LF. Keys come out in the order of the
// calls, which is the order that old peers send (specification 1.5, 1.6).
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "wire/heartbeat_message.hpp"
#include "wire/text.hpp"

namespace vnf::wire {

class JsonLine {
  public:
    JsonLine(std::string_view msg_type, std::int32_t sequence, PeerRules rules) : rules_(rules) {
        out_.reserve(usual_size);
        out_ += "\n{\"version\":";
        append(heartbeat_version);
        number("revision", heartbeat_revision);
        word("msg_type", msg_type);
        number("sequence", sequence);
    }

    void number(std::string_view name, std::int64_t value) {
        key(name);
        append(value);
    }
    /// `text` is one of ours and needs no escaping.
    void word(std::string_view name, std::string_view text) {
        key(name);
        out_ += '"';
        out_ += text;
        out_ += '"';
    }
    /// Any text: cut at the limit that goes with the peer's rules and made safe.
    void text(std::string_view name, std::string_view text, std::size_t old_limit, std::size_t limit) {
        key(name);
        out_ += '"';
        if (rules_ == PeerRules::OldPeer) {
            append_printable(out_, text, old_limit);
        } else {
            append_json_escaped(out_, clean_utf8(text, limit));
        }
        out_ += '"';
    }
    template <typename Words>
    void words(std::string_view name, const Words& texts) {
        key(name);
        char before = '[';
        for (const std::string_view text : texts) {
            out_ += before;
            out_ += '"';
            out_ += text;
            out_ += '"';
            before = ',';
        }
        out_ += ']';
    }
    /// The names are plain and need no escaping.
    void numbers(std::string_view name, const MetricValues& values) {
        key(name);
        char before = '{';
        for (const auto& [metric, number] : values) {
            out_ += before;
            out_ += '"';
            out_ += metric.text();
            out_ += "\":";
            out_ += format_metric(number);
            before = ',';
        }
        out_ += values.empty() ? "{}" : "}";
    }
    std::string finish() {
        out_ += "}\n";
        return std::move(out_);
    }
    PeerRules rules() const { return rules_; }

  private:
    static constexpr std::size_t usual_size = 288;

    void key(std::string_view name) {
        out_ += ",\"";
        out_ += name;
        out_ += "\":";
    }
    void append(std::int64_t value) {
        std::array<char, 20> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        out_.append(digits.data(), end);
    }

    std::string out_;
    PeerRules rules_;
};

}  // namespace vnf::wire
