// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-scale-agent as a test wants it: it says what the test says and keeps what it is told.
#pragma once

#include "tests/libhandle/packet_peer.hpp"
#include "wire/scale_record.hpp"

namespace vnf::test {

struct ScaleWire {
    using AgentRecord = wire::ScaleAgentRecord;
    using ClientRecord = wire::ScaleClientRecord;
    static constexpr std::size_t limit = wire::scale_record_limit;
    static constexpr auto parse = wire::parse_scale_client_record;
};
using ScalePeer = PacketPeer<ScaleWire>;
using ScriptedScaleAgent = PacketListener<ScaleWire>;

}  // namespace vnf::test
