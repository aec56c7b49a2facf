// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Any request target is refused or gives a path that begins at the root and cannot be mistaken for another.
#include "runtime/http_target.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto target = vnf::runtime::parse_http_target(text_of(data, size));
    if (target) {
        promise(!target->path.empty() && target->path.front() == '/', "a path begins at the root");
        promise(target->path.find('\0') == std::string::npos, "a path has no NUL");
    }
    return 0;
}
