// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The part of group_service.hpp that has bytes: a message is encoded once, however many guests get it.
#include "host-agent/group_body.hpp"
#include "host-agent/group_service.hpp"
#include "wire/messaging_envelope.hpp"

namespace vnf::host {

const std::string& GroupMail::port_line() const {
    encode();
    return port_line_;
}

bool GroupMail::fits_old_guest() const {
    encode();
    return fits_;
}

void GroupMail::encode() const {
    if (port_line_.empty()) {
        const std::string address(wire::server_group_address);
        const wire::JsonText data = wire::encode(event_);
        fits_ = old_datagram_size(data) <= wire::old_datagram_limit;
        port_line_ = wire::encode(wire::PortEnvelope{address, address, data});
    }
}

}  // namespace vnf::host
