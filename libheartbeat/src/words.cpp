// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The texts behind the numbers of the C interface, and the version.

#include "vnf/heartbeat.h"
#include "wire/application_record.hpp"
#include "wire/heartbeat_words.hpp"

#define VNF_TEXT_OF(number) #number
#define VNF_TEXT(number) VNF_TEXT_OF(number)

using namespace vnf;

const char* vnf_heartbeat_version(void) {
    return VNF_TEXT(VNF_HEARTBEAT_VERSION_MAJOR) "." VNF_TEXT(VNF_HEARTBEAT_VERSION_MINOR) "." VNF_TEXT(
        VNF_HEARTBEAT_VERSION_PATCH);
}

std::uint32_t vnf_heartbeat_version_number(void) {
    return (VNF_HEARTBEAT_VERSION_MAJOR << 16U) | (VNF_HEARTBEAT_VERSION_MINOR << 8U) |
           VNF_HEARTBEAT_VERSION_PATCH;
}

const char* vnf_heartbeat_strerror(vnf_heartbeat_error error) {
    switch (error) {
        case VNF_HEARTBEAT_OK:
            return "success";
        case VNF_HEARTBEAT_ERROR_INVALID_ARGUMENT:
            return "invalid argument";
        case VNF_HEARTBEAT_ERROR_STRUCT_SIZE:
            return "struct of unknown size";
        case VNF_HEARTBEAT_ERROR_BAD_NAME:
            return "name is empty, too long or not printable UTF-8";
        case VNF_HEARTBEAT_ERROR_BAD_SOCKET_PATH:
            return "socket path is not absolute or too long";
        case VNF_HEARTBEAT_ERROR_BAD_INTERVAL:
            return "interval is not 10 to 60000 ms";
        case VNF_HEARTBEAT_ERROR_BAD_TIMEOUT:
            return "timeout is not 1 to 600000 ms";
        case VNF_HEARTBEAT_ERROR_BAD_BACK_OFF:
            return "back-off is not 1 to 60000 ms, shortest first";
        case VNF_HEARTBEAT_ERROR_NO_MEMORY:
            return "out of memory";
        case VNF_HEARTBEAT_ERROR_SYSTEM:
            return "the system refused a descriptor";
        case VNF_HEARTBEAT_ERROR_FORKED:
            return "the handle belongs to the parent process";
        case VNF_HEARTBEAT_ERROR_BUSY:
            return "dispatch is running already";
        case VNF_HEARTBEAT_ERROR_CLOSED:
            return "the handle was closed";
        case VNF_HEARTBEAT_ERROR_STALE_ACTION:
            return "the action is not open any more";
        case VNF_HEARTBEAT_ERROR_VOTE_NOT_ALLOWED:
            return "a notification can't be rejected";
        case VNF_HEARTBEAT_ERROR_NOT_REGISTERED:
            return "deregistered already";
        case VNF_HEARTBEAT_ERROR_NOT_SUPPORTED:
            return "the daemon is too old for that";
        case VNF_HEARTBEAT_ERROR_QUEUE_FULL:
            return "the daemon does not read";
        case VNF_HEARTBEAT_ERROR_CONNECT_FAILED:
            return "no connection to the daemon";
        case VNF_HEARTBEAT_ERROR_CONNECTION_LOST:
            return "connection to the daemon lost";
        case VNF_HEARTBEAT_ERROR_NO_ANSWER:
            return "the daemon did not answer the registration";
        case VNF_HEARTBEAT_ERROR_PROTOCOL:
            return "the daemon broke the protocol";
        case VNF_HEARTBEAT_ERROR_REFUSED:
            return "the daemon refused the registration";
        default:
            return "unknown error";
    }
}

// The words of wire/ are literals, so data() ends with a NUL.
const char* vnf_heartbeat_corrective_action_name(vnf_heartbeat_corrective_action action) {
    return wire::word(static_cast<wire::CorrectiveAction>(action)).data();
}

const char* vnf_heartbeat_event_name(vnf_heartbeat_event event) {
    return wire::word(static_cast<wire::Event>(event)).data();
}

const char* vnf_heartbeat_notification_name(vnf_heartbeat_notification notification) {
    return wire::word(static_cast<wire::Notification>(notification)).data();
}

const char* vnf_heartbeat_vote_name(vnf_heartbeat_vote vote) {
    return vote == VNF_HEARTBEAT_VOTE_LATER ? "later"
                                            : wire::word(static_cast<wire::VoteResult>(vote)).data();
}

const char* vnf_heartbeat_cancel_reason_name(vnf_heartbeat_cancel_reason reason) {
    switch (reason) {
        case VNF_HEARTBEAT_CANCEL_CONNECTION_LOST:
            return "connection_lost";
        case VNF_HEARTBEAT_CANCEL_SUPERSEDED:
            return "superseded";
        default:
            return wire::word(static_cast<wire::CancelReason>(reason)).data();
    }
}

const char* vnf_heartbeat_state_name(vnf_heartbeat_state state) {
    switch (state) {
        case VNF_HEARTBEAT_STATE_DISCONNECTED:
            return "disconnected";
        case VNF_HEARTBEAT_STATE_CONNECTING:
            return "connecting";
        case VNF_HEARTBEAT_STATE_REGISTERED:
            return "registered";
        case VNF_HEARTBEAT_STATE_REFUSED:
            return "refused";
        case VNF_HEARTBEAT_STATE_DEREGISTERED:
            return "deregistered";
        default:
            return "unknown";
    }
}
