// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/preload.hpp"

#include <link.h>

#include <string_view>

namespace vnf::harness {
namespace {

int note_sanitizer(dl_phdr_info* library, std::size_t /*size*/, void* found) {
    const std::string_view name = library->dlpi_name;
    if (name.find("/libasan.so") == name.npos && name.find("/libtsan.so") == name.npos)
        return 0;
    *static_cast<std::string*>(found) = std::string(name) + ' ';
    return 1;
}

}  // namespace

std::string preload(const std::string& library) {
    std::string libraries;
    ::dl_iterate_phdr(note_sanitizer, &libraries);
    return "LD_PRELOAD=" + libraries + library;
}

}  // namespace vnf::harness
