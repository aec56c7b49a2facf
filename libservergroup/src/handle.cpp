// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is a handle's of this library, but the calls into the application, which are in handle_callbacks.cpp.

#include "handle.hpp"

#include <utility>

using vnf::libservergroup::AgentLink;
using vnf::libservergroup::Clock;
using vnf::libservergroup::Settings;

namespace {

/// Reads in one dispatch: an agent that never stops talking must not keep an application's loop.
constexpr int reads_in_a_dispatch = 64;

}  // namespace

vnf_sg_error vnf_sg::open(const vnf_sg_config& config, const vnf_sg_callbacks* given, void* context,
                          vnf_sg** handle) {
    Settings settings;
    vnf_sg_callbacks callbacks{};
    vnf_sg_error error = vnf::libservergroup::parse_settings(config, settings);
    if (error == VNF_SG_OK)
        error = vnf::libservergroup::parse_callbacks(given, callbacks);
    if (error != VNF_SG_OK)
        return error;
    return hand_over(new vnf_sg(std::move(settings), callbacks, context), handle);
}

// ---- the loop ----

void vnf_sg::connect(TimePoint now) {
    const AgentLink::Outcome outcome = link_.connect(session_.settings().socket_path);
    if (outcome.error != VNF_SG_OK)
        session_.connect_failed(outcome.error, outcome.system_error, now);
    else if (link_.peer() == AgentLink::Peer::GuestClient)
        session_.connected(now);
    else
        session_.found_old_agent(now);
}

void vnf_sg::read_link(TimePoint now) {
    for (int reads = 0; reads < reads_in_a_dispatch && session_.has_connection(); ++reads) {
        AgentLink::Input input = link_.read();
        if (const auto* record = std::get_if<vnf::wire::GroupDaemonRecord>(&input)) {
            session_.receive(*record, now);
        } else if (const auto* end = std::get_if<AgentLink::Outcome>(&input)) {
            session_.connection_lost(end->error, end->system_error, now);
        } else if (std::holds_alternative<AgentLink::Drained>(input)) {
            if (write_error_ != 0)
                session_.connection_lost(VNF_SG_ERROR_CONNECTION_LOST, write_error_, now);
            else if (session_.wants_look(now))
                look(now);
            return;
        }
    }
}

void vnf_sg::look(TimePoint now) {
    const AgentLink::Outcome outcome = link_.look(session_.settings().socket_path);
    if (outcome.error != VNF_SG_OK)
        session_.connection_lost(outcome.error, outcome.system_error, now);
    else if (link_.peer() == AgentLink::Peer::GuestClient)
        session_.connected(now);
    else
        session_.looked(now);
}

// ---- requests ----

/// What was queued last goes out. With guest-client it may wait; an old agent takes it now or not at all, because
/// nothing tells when it would.
vnf_sg_error vnf_sg::send_last() {
    settle();
    vnf_sg_error error = VNF_SG_OK;
    if (session_.has_old_agent() && !session_.outbox().empty()) {
        session_.take_back();
        error = write_error_ == 0 ? VNF_SG_ERROR_QUEUE_FULL : VNF_SG_ERROR_NOT_CONNECTED;
    }
    if (!gate_.is_dispatching())
        wake_if_due();
    return error;
}

vnf_sg_error vnf_sg::broadcast(std::string_view text) {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_SG_ERROR_CLOSED;
    const vnf_sg_error error = session_.broadcast(text);
    return error == VNF_SG_OK ? send_last() : error;
}

vnf_sg_error vnf_sg::request_status() {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_SG_ERROR_CLOSED;
    const vnf_sg_error error = session_.request_status(Clock::now());
    if (error != VNF_SG_OK)
        return error;
    // The loop may wait in another thread, without this deadline.
    if (!gate_.is_dispatching())
        link_.wake();
    return send_last();
}
