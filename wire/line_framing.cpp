// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A line that lies whole in one read is handed on in place; only a cut one is copied.
#include "wire/line_framing.hpp"

#include <algorithm>

namespace vnf::wire {
namespace {

/// `text` without the blanks at its end.
std::string_view without_blanks(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

bool together_end_with(std::string_view first, std::string_view second, std::string_view end) {
    const auto in_first = end.size() - std::min(second.size(), end.size());
    return second.ends_with(end.substr(in_first)) && first.ends_with(end.substr(0, in_first));
}

}  // namespace

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
    }
    return std::nullopt;
}

/// Whether the LF behind `part` ends the line. What does not begin as a message is none, and waits for
/// nothing.
bool LineAssembler::ends_here(std::string_view part) const {
    if (raw_newline_ == RawNewline::EndsLine || dropping_) {
        return true;
    }
    if (!(line_.empty() ? part : std::string_view(line_)).starts_with('{')) {
        return true;
    }
    // The reads may have cut the line anywhere, so its end may lie in both.
    part = without_blanks(part);
    const auto line = part.empty() ? without_blanks(line_) : std::string_view(line_);
    return together_end_with(line, part, "\"}") || (!in_string_ && together_end_with(line, part, "}"));
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
