// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: a line that a guest reads.
#include "tests/fuzz/message_round_trip.hpp"

using namespace vnf::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    vnf::fuzz::round_trip<HostMessage>(vnf::fuzz::text_of(data, size), parse_host_message,
                                       [](const HostMessage& message) {
                                           return !std::holds_alternative<ActionCancel>(message) &&
                                                  !std::holds_alternative<ActionExtended>(message);
                                       });
    return 0;
}
