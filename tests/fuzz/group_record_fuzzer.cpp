// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: a packet of libservergroup's socket, read in both directions.
#include "tests/fuzz/packet_round_trip.hpp"
#include "wire/group_record.hpp"

using namespace vnf::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Nothing grows: a text is as it came.
    const auto packet = vnf::fuzz::text_of(data, size);
    vnf::fuzz::packet_round_trip(packet, packet.size(), parse_group_client_record);
    vnf::fuzz::packet_round_trip(packet, packet.size(), parse_group_daemon_record);
    return 0;
}
