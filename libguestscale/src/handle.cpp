// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Everything of a handle but the calls into the application, which are in handle_callbacks.cpp.

#include "handle.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

using vnf::guestscale::AgentLink;
using vnf::guestscale::Clock;
using vnf::guestscale::Settings;

namespace {

/// Reads in one dispatch: an agent that never stops talking must not keep an application's loop.
constexpr int reads_in_a_dispatch = 64;

}  // namespace

vnf_gs::vnf_gs(Settings settings, const vnf_gs_callbacks& callbacks, void* context)
    : process_(::getpid()),
      callbacks_(callbacks),
      context_(context),
      session_(std::move(settings), vnf::libhandle::back_off_seed(this)) {}

vnf_gs_error vnf_gs::open(const vnf_gs_config& config, const vnf_gs_callbacks* given, void* context,
                          vnf_gs** handle) {
    Settings settings;
    vnf_gs_callbacks callbacks{};
    vnf_gs_error error = vnf::guestscale::parse_settings(config, settings);
    if (error == VNF_GS_OK)
        error = vnf::guestscale::parse_callbacks(given, callbacks);
    if (error != VNF_GS_OK)
        return error;
    auto* fresh = new vnf_gs(std::move(settings), callbacks, context);
    if (!fresh->link_.create()) {
        const int system_error = errno;
        delete fresh;
        errno = system_error;
        return VNF_GS_ERROR_SYSTEM;
    }
    *handle = fresh;
    return VNF_GS_OK;
}

bool vnf_gs::is_foreign() const {
    return ::getpid() != process_;
}

// ---- closing ----

void vnf_gs::close() {
    Lock lock(gate_.mutex());
    link_.close();
    if (!gate_.close(lock))
        return;
    lock.unlock();
    delete this;
}

/// Another thread of the parent may have held the lock in the moment of the fork; then its state is unusable,
/// and leaking it is all that is safe.
void vnf_gs::close_in_child() {
    if (!gate_.mutex().try_lock())
        return;
    link_.abandon();
    gate_.mutex().unlock();
    delete this;
}

// ---- the loop ----

int vnf_gs::next_timeout() {
    const Lock lock(gate_.mutex());
    if (session_.event_count() != 0)
        return 0;
    const auto deadline = session_.deadline();
    if (!deadline)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

vnf_gs_error vnf_gs::dispatch() {
    Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_GS_ERROR_CLOSED;
    if (gate_.is_dispatching())
        return VNF_GS_ERROR_IN_DISPATCH;
    const vnf::libhandle::DispatchScope scope(*this, gate_, lock);
    link_.clear_wake();
    advance();
    deliver(lock);
    if (gate_.is_closing())
        return VNF_GS_ERROR_CLOSED;
    session_.tick(Clock::now());
    settle();
    wake_if_due();
    return VNF_GS_OK;
}

void vnf_gs::advance() {
    const TimePoint now = Clock::now();
    session_.tick(now);
    settle();
    if (link_.is_open())
        read_link(now);
    else if (session_.wants_connection(now))
        connect(now);
    settle();
}

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

/// Brings the descriptors in line with the session, after anything that may have changed it.
void vnf_gs::settle() {
    if (link_.is_open() && !session_.has_connection())
        link_.close();
    if (!link_.is_open())
        write_error_ = 0;
    else if (write_error_ == 0)
        write_error_ = link_.write(session_.outbox());
}

/// For what the socket itself does not make readable: the loop may wait in another thread than this one.
void vnf_gs::wake_if_due() {
    if (session_.event_count() != 0 || write_error_ != 0)
        link_.wake();
}

// ---- requests ----

vnf_gs_error vnf_gs::get_state(vnf_gs_state_info& info) {
    const Lock lock(gate_.mutex());
    const vnf_gs_state_info known = vnf::guestscale::describe(session_.state());
    const std::uint32_t size = std::min<std::uint32_t>(info.size, sizeof known);
    std::memcpy(&info, &known, size);
    info.size = size;
    return VNF_GS_OK;
}

/// What was queued goes out.
vnf_gs_error vnf_gs::sent(vnf_gs_error error) {
    if (error != VNF_GS_OK)
        return error;
    settle();
    if (!gate_.is_dispatching())
        wake_if_due();
    return VNF_GS_OK;
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
