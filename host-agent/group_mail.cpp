// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of group_service.hpp that has bytes: a message is encoded once, however many guests get it.
#include "host-agent/group_service.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::host {

const std::string& GroupMail::port_line() const {
    if (port_line_.empty()) {
        const std::string address(wire::server_group_address);
        port_line_ = wire::encode(wire::PortEnvelope{address, address, wire::encode(event_)});
    }
    return port_line_;
}

}  // namespace vnf::host
