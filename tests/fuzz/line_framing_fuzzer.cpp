// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: one byte for the pieces, one for the limit and the mode, then the stream. However it is cut, the
// lines are the same, within the limit, and a good message behind it arrives.
#include <string>
#include <vector>

#include "tests/fuzz/promise.hpp"
#include "wire/line_framing.hpp"

using namespace vnf::fuzz;
using vnf::wire::LineAssembler;
using vnf::wire::RawNewline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = text_of(data, size);
    const auto seed = take_byte(input);
    const auto choice = take_byte(input);
    const std::size_t limit = 8U + (choice >> 1U);
    const auto mode = (choice & 1U) != 0 ? RawNewline::KeptInString : RawNewline::EndsLine;

    std::vector<std::string> whole_lines;
    std::vector<std::string> cut_lines;
    LineAssembler whole(limit, mode);
    LineAssembler cut(limit, mode);
    whole.feed(input, [&whole_lines](std::string_view line) { whole_lines.emplace_back(line); });
    in_pieces(input, seed, [&cut, &cut_lines, limit](std::string_view piece) {
        cut.feed(piece, [&cut_lines](std::string_view line) { cut_lines.emplace_back(line); });
        promise(cut.pending() <= limit, "no more than the limit is held");
    });
    promise(whole_lines == cut_lines, "cuts change nothing");
    promise(whole.overlong() == cut.overlong(), "cuts do not change what is dropped");
    for (const auto& line : whole_lines) {
        promise(!line.empty() && line.size() <= limit, "a line is neither empty nor too long");
        promise(line.find('\n') == std::string::npos, "a line has no LF");
    }
    whole_lines.clear();
    whole.feed("\n{\"a\":1}\n", [&whole_lines](std::string_view line) { whole_lines.emplace_back(line); });
    promise(!whole_lines.empty() && whole_lines.back() == "{\"a\":1}",
            "a good message survives what came before");
    return 0;
}
