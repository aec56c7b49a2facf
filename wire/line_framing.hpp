// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Cuts a byte stream into lines, one JSON message a line (heartbeat specification, section 1.3).
// A line never exceeds its limit: an overlong one is dropped to its end and counted. Nothing here
// knows what a line means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vnf::wire {

/// What to do with a raw LF inside a JSON string. Old guests send them in log_msg (defect H-17).
enum class RawNewline {
    EndsLine,      ///< every LF ends the line: what a guest uses towards its host
    KeptInString,  ///< a LF inside an unfinished JSON string becomes a space unless the next byte is '{' or LF
};

class LineAssembler {
  public:
    /// `limit` is the longest line accepted, in bytes without its LFs.
    explicit LineAssembler(std::size_t limit, RawNewline raw_newline = RawNewline::EndsLine);

    /// Takes bytes as they were read and calls `sink(std::string_view line)` for each complete, non-empty
    /// line. The view is valid during the call only. The sink must not call back into this object.
    template <typename Sink>
    void feed(std::string_view bytes, Sink&& sink) {
        for (const char byte : bytes) {
            if (take(byte)) {
                sink(std::string_view(line_));
                start_line();
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
    bool take(char byte);
    void start_line();

    std::string line_;
    std::size_t limit_;
    RawNewline raw_newline_;
    std::uint64_t overlong_ = 0;
    bool dropping_ = false;
    bool in_string_ = false;
    bool escaped_ = false;
    bool held_newline_ = false;
};

}  // namespace vnf::wire
