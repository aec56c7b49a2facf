// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Everything of a handle but the calls into the application, which are in handle_callbacks.cpp.

#include "handle.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "wire/text.hpp"

using vnf::libheartbeat::Clock;
using vnf::libheartbeat::HealthState;
using vnf::libheartbeat::Input;
using vnf::libheartbeat::Settings;
using vnf::libheartbeat::TimePoint;

namespace {

constexpr std::size_t read_size = 4096;
/// Reads in one dispatch: a daemon that never stops talking must not keep an application's loop.
constexpr int reads_in_a_dispatch = 4;

std::string reason_text(const char* reason) {
    if (reason == nullptr)
        return {};
    return vnf::wire::clean_utf8({reason, ::strnlen(reason, VNF_HEARTBEAT_REASON_MAX + 4)},
                                 VNF_HEARTBEAT_REASON_MAX);
}

}  // namespace

vnf_heartbeat::vnf_heartbeat(Settings settings, const vnf_heartbeat_callbacks& callbacks, void* context)
    : process_(::getpid()),
      callbacks_(callbacks),
      context_(context),
      session_(std::move(settings), vnf::libhandle::back_off_seed(this)) {}

vnf_heartbeat_error vnf_heartbeat::open(const vnf_heartbeat_config& config,
                                        const vnf_heartbeat_callbacks* given, void* context,
                                        vnf_heartbeat** handle) {
    Settings settings;
    vnf_heartbeat_callbacks callbacks{};
    vnf_heartbeat_error error = vnf::libheartbeat::parse_settings(config, settings);
    if (error == VNF_HEARTBEAT_OK)
        error = vnf::libheartbeat::parse_callbacks(given, callbacks);
    if (error != VNF_HEARTBEAT_OK)
        return error;
    auto* fresh = new vnf_heartbeat(std::move(settings), callbacks, context);
    if (!fresh->socket_.create()) {
        const int system_error = errno;
        delete fresh;
        errno = system_error;
        return VNF_HEARTBEAT_ERROR_SYSTEM;
    }
    *handle = fresh;
    return VNF_HEARTBEAT_OK;
}

bool vnf_heartbeat::is_foreign() const {
    return ::getpid() != process_;
}

// ---- closing ----

void vnf_heartbeat::close() {
    Lock lock(gate_.mutex());
    say_goodbye();
    if (!gate_.close(lock))
        return;
    lock.unlock();
    delete this;
}

/// Without memory for the last record the daemon sees the plain end of the connection.
void vnf_heartbeat::say_goodbye() try {
    session_.leave("closed", Clock::now());
    if (socket_.is_open())
        socket_.write(session_.outbox());
    socket_.close();
} catch (const std::bad_alloc&) {
    socket_.close();
}

/// Another thread of the parent may have held the lock in the moment of the fork; then its state is unusable,
/// and leaking it is all that is safe.
void vnf_heartbeat::close_in_child() {
    if (!gate_.mutex().try_lock())
        return;
    socket_.abandon();
    gate_.mutex().unlock();
    delete this;
}

// ---- the loop ----

int vnf_heartbeat::next_timeout() {
    const Lock lock(gate_.mutex());
    if (session_.event_count() != 0)
        return 0;
    const auto deadline = session_.deadline();
    if (!deadline)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

vnf_heartbeat_error vnf_heartbeat::dispatch() {
    Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    if (gate_.is_dispatching())
        return VNF_HEARTBEAT_ERROR_BUSY;
    const vnf::libhandle::DispatchScope scope(*this, gate_, lock);
    socket_.clear_wake();
    advance();
    deliver(lock);
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    session_.tick(Clock::now());
    settle();
    wake_if_due();
    return VNF_HEARTBEAT_OK;
}

void vnf_heartbeat::advance() {
    const TimePoint now = Clock::now();
    session_.tick(now);
    settle();
    if (socket_.is_open())
        read_socket(now);
    else if (session_.wants_connection(now)) {
        const int system_error = socket_.connect(session_.settings().socket_path);
        if (system_error == 0)
            session_.connected(now);
        else
            session_.connect_failed(system_error, now);
    }
    settle();
}

void vnf_heartbeat::read_socket(TimePoint now) {
    std::array<char, read_size> buffer;
    for (int reads = 0; reads < reads_in_a_dispatch && session_.has_connection(); ++reads) {
        const Input input = socket_.read(buffer);
        switch (input.kind) {
            case Input::Kind::Data:
                session_.receive({buffer.data(), input.size}, now);
                if (input.size < buffer.size())
                    return;
                break;
            case Input::Kind::Nothing:
                if (write_error_ != 0)
                    session_.connection_lost(std::exchange(write_error_, 0), now);
                return;
            case Input::Kind::Ended:
                session_.connection_lost(input.system_error, now);
                return;
        }
    }
}

/// Brings the descriptors in line with the session, after anything that may have changed it.
void vnf_heartbeat::settle() {
    if (socket_.is_open() && write_error_ == 0) {
        write_error_ = socket_.write(session_.outbox());
        if (write_error_ != 0)
            session_.outbox().clear();
    }
    if (socket_.is_open() && !session_.has_connection()) {
        socket_.close();
        write_error_ = 0;
    }
}

/// For what the socket itself does not make readable: the loop may wait in another thread than this one.
void vnf_heartbeat::wake_if_due() {
    if (session_.event_count() != 0 || write_error_ != 0 ||
        (session_.is_leaving() && session_.outbox().empty()))
        socket_.wake();
}

/// A dispatch under way looks for itself when its callback returns.
void vnf_heartbeat::settle_request() {
    settle();
    if (!gate_.is_dispatching())
        wake_if_due();
}

// ---- requests ----

vnf_heartbeat_error vnf_heartbeat::enter() {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    session_.enter();
    if (!gate_.is_dispatching())
        socket_.wake();
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error vnf_heartbeat::leave(const char* reason) {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    const vnf_heartbeat_error error = session_.leave(reason_text(reason), Clock::now());
    settle_request();
    return error;
}

vnf_heartbeat_error vnf_heartbeat::get_state(vnf_heartbeat_state_info& info) {
    const Lock lock(gate_.mutex());
    const vnf_heartbeat_state_info known = vnf::libheartbeat::describe(session_.state());
    const std::uint32_t size = std::min<std::uint32_t>(info.size, sizeof known);
    std::memcpy(&info, &known, size);
    info.size = size;
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error vnf_heartbeat::report_health(HealthState state) {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    session_.report_health(std::move(state));
    settle_request();
    return VNF_HEARTBEAT_OK;
}

vnf_heartbeat_error vnf_heartbeat::respond(std::uint64_t id, vnf_heartbeat_vote vote, const char* reason) {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    const vnf_heartbeat_error error = session_.respond(id, vote, reason_text(reason));
    settle_request();
    return error;
}

vnf_heartbeat_error vnf_heartbeat::extend(std::uint64_t id, std::uint32_t extra_ms, const char* reason) {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    const vnf_heartbeat_error error = session_.extend(id, extra_ms, reason_text(reason));
    settle_request();
    return error;
}

vnf_heartbeat_error vnf_heartbeat::remaining(std::uint64_t id, std::uint32_t& remaining_ms) {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    const auto left = session_.remaining(id, Clock::now());
    if (!left)
        return VNF_HEARTBEAT_ERROR_STALE_ACTION;
    remaining_ms = *left;
    return VNF_HEARTBEAT_OK;
}
