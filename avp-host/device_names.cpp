// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The names of states, answers, faults and drops, as they stand in tables, logs and metrics.
#include "avp-host/device.hpp"

namespace vnf::avp {

std::string_view name_of(DeviceState state) {
    switch (state) {
        case DeviceState::Waiting:
            return "waiting";
        case DeviceState::Down:
            return "down";
        case DeviceState::Up:
            return "up";
        case DeviceState::ShutDown:
            return "shut_down";
        case DeviceState::Detached:
            return "detached";
        case DeviceState::Stopped:
            return "stopped";
    }
    return "unknown";
}

std::string_view name_of(MigrationAnswer answer) {
    switch (answer) {
        case MigrationAnswer::None:
            return "none";
        case MigrationAnswer::Awaited:
            return "awaited";
        case MigrationAnswer::Accepted:
            return "accepted";
        case MigrationAnswer::Refused:
            return "refused";
    }
    return "unknown";
}

std::string_view name_of(Drop drop) {
    switch (drop) {
        case Drop::NotUp:
            return "not_up";
        case Drop::RingFull:
            return "ring_full";
        case Drop::NoBuffer:
            return "no_buffer";
        case Drop::TooLong:
            return "too_long";
    }
    return "unknown";
}

std::string_view name_of(Fault fault) {
    switch (fault) {
        case Fault::RingIndex:
            return "ring_index";
        case Fault::TxHandle:
            return "tx_handle";
        case Fault::TxNotLent:
            return "tx_not_lent";
        case Fault::ChainLength:
            return "chain_length";
        case Fault::DataOutside:
            return "data_outside";
        case Fault::SegmentEmpty:
            return "segment_empty";
        case Fault::FrameLength:
            return "frame_length";
        case Fault::FrameTooShort:
            return "frame_too_short";
        case Fault::FrameTooLong:
            return "frame_too_long";
        case Fault::VlanNotNegotiated:
            return "vlan_not_negotiated";
        case Fault::FreeHandle:
            return "free_handle";
        case Fault::FreeNotLent:
            return "free_not_lent";
        case Fault::RequestAddress:
            return "request_address";
        case Fault::RequestUnknown:
            return "request_unknown";
        case Fault::RequestMtu:
            return "request_mtu";
        case Fault::RequestQueues:
            return "request_queues";
        case Fault::RequestFeatures:
            return "request_features";
        case Fault::RequestOrder:
            return "request_order";
        case Fault::RegisterWrite:
            return "register_write";
        case Fault::AckUnexpected:
            return "ack_unexpected";
        case Fault::AckRefused:
            return "ack_refused";
    }
    return "unknown";
}

}  // namespace vnf::avp
