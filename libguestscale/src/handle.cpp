// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is a handle's of this library, but the calls into the application, which are in handle_callbacks.cpp.

#include "handle.hpp"

#include <cerrno>
#include <utility>

using vnf::guestscale::AgentLink;
using vnf::guestscale::Clock;
using vnf::guestscale::Settings;

namespace {

/// Reads in one dispatch: an agent that never stops talking must not keep an application's loop.
constexpr int reads_in_a_dispatch = 64;

}  // namespace

vnf_gs_error vnf_gs::open(const vnf_gs_config& config, const vnf_gs_callbacks* given, void* context,
                          vnf_gs** handle) {
    Settings settings;
    vnf_gs_callbacks callbacks{};
    vnf_gs_error error = vnf::guestscale::parse_settings(config, settings);
    if (error == VNF_GS_OK)
        error = vnf::guestscale::parse_callbacks(given, callbacks);
    if (error != VNF_GS_OK)
        return error;
    return hand_over(new vnf_gs(std::move(settings), callbacks, context), handle);
}

// ---- the loop ----

void vnf_gs::connect(TimePoint now) {
    const int error = link_.connect(session_.settings().socket_path);
    if (error == 0)
        session_.connected(now);
    else
        session_.connection_lost(VNF_GS_ERROR_CONNECT_FAILED, error, now);
}

void vnf_gs::read_link(TimePoint now) {
    for (int reads = 0; reads < reads_in_a_dispatch && session_.has_connection(); ++reads) {
        AgentLink::Input input = link_.read();
        if (const auto* record = std::get_if<vnf::wire::ScaleAgentRecord>(&input)) {
            session_.receive(*record, now);
        } else if (const auto* end = std::get_if<AgentLink::End>(&input)) {
            session_.connection_lost(end->error, end->system_error, now);
        } else if (std::holds_alternative<AgentLink::Drained>(input)) {
            if (write_error_ != 0)
                session_.connection_lost(VNF_GS_ERROR_CONNECTION_LOST, write_error_, now);
            return;
        }
    }
}

// ---- requests ----

/// The session's word on a request; what it queued goes out.
vnf_gs_error vnf_gs::sent(vnf_gs_error error) {
    if (error == VNF_GS_OK)
        settle_request();
    return error;
}

vnf_gs_error vnf_gs::ready(std::uint32_t event) {
    const Lock lock(gate_.mutex());
    return gate_.is_closing() ? VNF_GS_ERROR_CLOSED : sent(session_.ready(event, Clock::now()));
}

vnf_gs_error vnf_gs::refuse(std::uint32_t event, std::string_view reason) {
    const Lock lock(gate_.mutex());
    return gate_.is_closing() ? VNF_GS_ERROR_CLOSED : sent(session_.refuse(event, reason, Clock::now()));
}

vnf_gs_error vnf_gs::choose(std::uint32_t event, std::int32_t cpu) {
    const Lock lock(gate_.mutex());
    return gate_.is_closing() ? VNF_GS_ERROR_CLOSED : sent(session_.choose(event, cpu, Clock::now()));
}

vnf_gs_error vnf_gs::record_affinity() {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_GS_ERROR_CLOSED;
    masks_.record(process_);
    return VNF_GS_OK;
}

vnf_gs_error vnf_gs::restore_affinity(std::uint32_t* threads) {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_GS_ERROR_CLOSED;
    const auto outcome = masks_.restore_all();
    if (threads != nullptr)
        *threads = outcome.threads;
    if (outcome.failed == 0)
        return VNF_GS_OK;
    errno = outcome.system_error;
    return VNF_GS_ERROR_SYSTEM;
}
