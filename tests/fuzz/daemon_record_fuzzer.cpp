// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: as in record_round_trip.hpp, a stream that an application reads.
#include "tests/fuzz/record_round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    vnf::fuzz::record_round_trip<vnf::wire::DaemonRecord>(vnf::fuzz::text_of(data, size));
    return 0;
}
