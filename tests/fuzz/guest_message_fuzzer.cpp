// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: a line that a host reads.
#include "tests/fuzz/message_round_trip.hpp"

using namespace vnf::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    vnf::fuzz::round_trip<GuestMessage>(vnf::fuzz::text_of(data, size), parse_guest_message,
                                        [](const GuestMessage& message) {
                                            return !std::holds_alternative<HealthPush>(message) &&
                                                   !std::holds_alternative<IntervalChange>(message) &&
                                                   !std::holds_alternative<ActionExtend>(message) &&
                                                   !std::holds_alternative<MetricsReport>(message);
                                        });
    return 0;
}
