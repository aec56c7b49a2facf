// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: what a QMP socket says, line by line. Whatever it is, the dialogue says at most two things and answers once.
#include <string>

#include "host-agent/qmp_dialogue.hpp"
#include "tests/fuzz/promise.hpp"
#include "wire/line_framing.hpp"

using namespace vnf::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    vnf::host::QmpDialogue dialogue;
    vnf::wire::LineAssembler lines(65536);
    int said = 0;
    bool over = false;
    lines.feed(text_of(data, size), [&dialogue, &said, &over](std::string_view line) {
        if (over) {
            return;
        }
        const auto step = dialogue.take(line);
        said += step.send.empty() ? 0 : 1;
        over = step.answer.has_value();
        promise(step.send.empty() || !step.answer, "an answer ends the dialogue");
    });
    promise(said <= 2, "capabilities and one question");
    return 0;
}
