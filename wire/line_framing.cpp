// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "wire/line_framing.hpp"

namespace vnf::wire {

void LineAssembler::reset() {
    line_.clear();
    start_line();
}

void LineAssembler::start_line() {
    dropping_ = in_string_ = escaped_ = held_newline_ = false;
}

std::optional<std::string_view> LineAssembler::next_line(std::string_view& bytes) {
    if (held_newline_) {
        held_newline_ = false;
        if (bytes.front() == '{') {
            return finish({});
        }
        hold(" ");
    }
    const auto newline = bytes.find('\n');
    const auto part = bytes.substr(0, newline);
    if (raw_newline_ == RawNewline::KeptInString) {
        follow_strings(part);
    }
    if (newline == std::string_view::npos) {
        bytes = {};
        hold(part);
        return std::nullopt;
    }
    bytes.remove_prefix(newline + 1);
    if (ends_here(part)) {
        return finish(part);
    }
    hold(part);
    if (dropping_) {
        start_line();
    } else {
        held_newline_ = true;
        escaped_ = false;
    }
    return std::nullopt;
}

/// Whether the LF behind `part` ends the line.
bool LineAssembler::ends_here(std::string_view part) const {
    constexpr std::string_view end_of_text = "\"}";
    if (!in_string_ || dropping_) {
        return true;
    }
    if (part.size() >= end_of_text.size() || line_.empty()) {
        return part.ends_with(end_of_text);
    }
    return part == "}" ? line_.ends_with('"') : part.empty() && line_.ends_with(end_of_text);
}

std::optional<std::string_view> LineAssembler::finish(std::string_view part) {
    const bool whole = line_.empty() && !dropping_ && part.size() <= limit_;
    if (!whole) {
        hold(part);
    }
    const bool dropped = dropping_;
    start_line();
    const auto line = whole ? part : std::string_view(line_);
    return dropped || line.empty() ? std::nullopt : std::optional(line);
}

void LineAssembler::hold(std::string_view part) {
    if (dropping_) {
        return;
    }
    if (part.size() > limit_ - line_.size()) {
        drop();
        return;
    }
    line_ += part;
}

void LineAssembler::drop() {
    ++overlong_;
    dropping_ = true;
    line_.clear();
}

/// Keeps in_string_ and escaped_ true to what is between the quotes.
void LineAssembler::follow_strings(std::string_view part) {
    while (!part.empty()) {
        if (escaped_) {
            escaped_ = false;
            part.remove_prefix(1);
            continue;
        }
        const auto next = in_string_ ? part.find_first_of("\"\\") : part.find('"');
        if (next == std::string_view::npos) {
            return;
        }
        escaped_ = part[next] == '\\';
        in_string_ = escaped_ || !in_string_;
        part.remove_prefix(next + 1);
    }
}

}  // namespace vnf::wire
