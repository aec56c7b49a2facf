// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Cuts a byte stream into lines, one JSON message a line (heartbeat specification, section 1.3).
// A line never exceeds its limit: an overlong one is dropped to its end and counted. Nothing here
// knows what a line means.
//
// Whatever came before, a LF followed by '{' starts a new line: a truncated message never costs the next
// good one (defect G-23).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vnf::wire {

/// What to do with a raw LF inside a JSON string. Old guests send them in log_msg (defect H-17).
enum class RawNewline {
    EndsLine,  ///< every LF ends the line: what a guest uses towards its host
    /// A LF inside a JSON string of a line that begins with '{' becomes a space. Old guests do not escape
    /// quotes either (G-21), so what is inside can't be told by counting them alone: such a line ends at a LF
    /// behind `"}`, at one behind '}' outside a string, and at one in front of '{' (it was cut off, and a
    /// message follows).
    KeptInString,
};

class LineAssembler {
  public:
    /// `limit` is the longest line accepted, in bytes without its LFs.
    explicit LineAssembler(std::size_t limit, RawNewline raw_newline = RawNewline::EndsLine)
        : limit_(limit), raw_newline_(raw_newline) {}

    /// Takes bytes as they were read and calls `sink(std::string_view line)` for each complete, non-empty
    /// line. The view is valid during the call only. The sink must not call back into this object.
    template <typename Sink>
    void feed(std::string_view bytes, Sink&& sink) {
        while (!bytes.empty()) {
            if (const auto line = next_line(bytes)) {
                sink(*line);
                line_.clear();
            }
        }
    }

    /// Forgets a partial line: call at every connect and disconnect.
    void reset();

    /// Bytes of the partial line held, for tests and for "is something pending".
    std::size_t pending() const { return line_.size(); }

    /// Lines dropped because they were longer than the limit, since construction.
    std::uint64_t overlong() const { return overlong_; }

  private:
    /// Moves `bytes` forward to behind the next LF, or to the end. A line that lies whole in `bytes` is
    /// returned in place, any other one from line_.
    std::optional<std::string_view> next_line(std::string_view& bytes);
    bool ends_here(std::string_view part) const;
    std::optional<std::string_view> finish(std::string_view part);
    void hold(std::string_view part);
    void drop();
    void follow_strings(std::string_view part);
    void start_line();

    std::string line_;
    std::size_t limit_;
    std::uint64_t overlong_ = 0;
    RawNewline raw_newline_;
    bool dropping_ = false;      ///< the line is overlong; what remains of it is skipped
    bool in_string_ = false;     ///< KeptInString only, as are the next two
    bool escaped_ = false;       ///< the last byte was a backslash inside a string
    bool held_newline_ = false;  ///< a LF inside a string waits for the byte that says what it is
};

}  // namespace vnf::wire
