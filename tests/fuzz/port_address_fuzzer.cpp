// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Any text is an address or one sentence; what an address is printed as is that address again.
#include "runtime/port_address.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::fuzz;
using namespace vnf::runtime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = parse_port_address(text_of(data, size));
    if (const auto* error = std::get_if<std::string>(&parsed)) {
        promise(!error->empty(), "a refusal says why");
        return 0;
    }
    const auto& address = std::get<PortAddress>(parsed);
    const auto again = parse_port_address(to_string(address));
    promise(again == parsed, "an address survives printing");
    return 0;
}
