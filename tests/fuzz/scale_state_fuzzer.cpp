// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: what may stand in the state file of guest-scale-restore, read as that reads it.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "guest-scale-agent/state_file.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::wire;
using vnf::fuzz::promise;

namespace {

/// A file in memory that is written again for each input; its path.
std::string file_with(std::string_view text) {
    static const int file = ::memfd_create("state", MFD_CLOEXEC);
    promise(::ftruncate(file, 0) == 0, "an empty file");
    promise(::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "a whole file");
    return "/proc/self/fd/" + std::to_string(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = vnf::fuzz::text_of(data, size);
    const auto read = vnf::scale::read_state_file(file_with(text));
    if (const auto* const problem = std::get_if<std::string>(&read)) {
        promise(!problem->empty(), "a refusal says why");
        return 0;
    }
    const auto parsed = parse_cpu_list(text);
    promise(std::holds_alternative<CpuSet>(parsed), "nothing but a list is one, to its last byte");
    promise(std::get<CpuSet>(parsed) == std::get<CpuSet>(read), "the set of the list");
    return 0;
}
