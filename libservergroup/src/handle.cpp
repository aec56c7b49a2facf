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

using vnf::libservergroup::AgentLink;
using vnf::libservergroup::Clock;
using vnf::libservergroup::Settings;

namespace {

/// Reads in one dispatch: an agent that never stops talking must not keep an application's loop.
constexpr int reads_in_a_dispatch = 64;

}  // namespace

vnf_sg::vnf_sg(Settings settings, const vnf_sg_callbacks& callbacks, void* context)
    : process_(::getpid()),
      callbacks_(callbacks),
      context_(context),
      session_(std::move(settings), vnf::libhandle::back_off_seed(this)) {}

vnf_sg_error vnf_sg::open(const vnf_sg_config& config, const vnf_sg_callbacks* given, void* context,
                          vnf_sg** handle) {
    Settings settings;
    vnf_sg_callbacks callbacks{};
    vnf_sg_error error = vnf::libservergroup::parse_settings(config, settings);
    if (error == VNF_SG_OK)
        error = vnf::libservergroup::parse_callbacks(given, callbacks);
    if (error != VNF_SG_OK)
        return error;
    auto* fresh = new vnf_sg(std::move(settings), callbacks, context);
    if (!fresh->link_.create()) {
        const int system_error = errno;
        delete fresh;
        errno = system_error;
        return VNF_SG_ERROR_SYSTEM;
    }
    *handle = fresh;
    return VNF_SG_OK;
}

bool vnf_sg::is_foreign() const {
    return ::getpid() != process_;
}

// ---- closing ----

void vnf_sg::close() {
    Lock lock(gate_.mutex());
    link_.close();
    if (!gate_.close(lock))
        return;
    lock.unlock();
    delete this;
}

/// Another thread of the parent may have held the lock in the moment of the fork; then its state is unusable,
/// and leaking it is all that is safe.
void vnf_sg::close_in_child() {
    if (!gate_.mutex().try_lock())
        return;
    link_.abandon();
    gate_.mutex().unlock();
    delete this;
}

// ---- the loop ----

int vnf_sg::next_timeout() {
    const Lock lock(gate_.mutex());
    if (session_.event_count() != 0)
        return 0;
    const auto deadline = session_.deadline();
    if (!deadline)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

vnf_sg_error vnf_sg::dispatch() {
    Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_SG_ERROR_CLOSED;
    if (gate_.is_dispatching())
        return VNF_SG_ERROR_IN_DISPATCH;
    const vnf::libhandle::DispatchScope scope(*this, gate_, lock);
    link_.clear_wake();
    advance();
    deliver(lock);
    if (gate_.is_closing())
        return VNF_SG_ERROR_CLOSED;
    session_.tick(Clock::now());
    settle();
    wake_if_due();
    return VNF_SG_OK;
}

void vnf_sg::advance() {
    const TimePoint now = Clock::now();
    session_.tick(now);
    settle();
    if (link_.peer() != AgentLink::Peer::None)
        read_link(now);
    else if (session_.wants_connection(now))
        connect(now);
    settle();
}

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

/// Brings the descriptors in line with the session, after anything that may have changed it.
void vnf_sg::settle() {
    if (link_.peer() != AgentLink::Peer::None && !session_.has_connection())
        link_.close();
    if (link_.peer() == AgentLink::Peer::None)
        write_error_ = 0;
    else if (write_error_ == 0)
        write_error_ = link_.write(session_.outbox());
}

/// For what the socket itself does not make readable: the loop may wait in another thread than this one.
void vnf_sg::wake_if_due() {
    if (session_.event_count() != 0 || write_error_ != 0)
        link_.wake();
}

// ---- requests ----

vnf_sg_error vnf_sg::get_state(vnf_sg_state_info& info) {
    const Lock lock(gate_.mutex());
    const vnf_sg_state_info known = vnf::libservergroup::describe(session_.state());
    const std::uint32_t size = std::min<std::uint32_t>(info.size, sizeof known);
    std::memcpy(&info, &known, size);
    info.size = size;
    return VNF_SG_OK;
}

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
