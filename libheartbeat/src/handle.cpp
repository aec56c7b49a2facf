// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is a handle's of this library, but the calls into the application, which are in handle_callbacks.cpp.

#include "handle.hpp"

#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "wire/text.hpp"

using vnf::libheartbeat::Clock;
using vnf::libheartbeat::HealthState;
using vnf::libheartbeat::Input;
using vnf::libheartbeat::Settings;

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
    return hand_over(new vnf_heartbeat(std::move(settings), callbacks, context), handle);
}

// ---- the loop ----

void vnf_heartbeat::connect(TimePoint now) {
    const int system_error = link_.connect(session_.settings().socket_path);
    if (system_error == 0)
        session_.connected(now);
    else
        session_.connect_failed(system_error, now);
}

void vnf_heartbeat::read_link(TimePoint now) {
    std::array<char, read_size> buffer;
    for (int reads = 0; reads < reads_in_a_dispatch && session_.has_connection(); ++reads) {
        const Input input = link_.read(buffer);
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

/// What a session that leaves has said last goes out before its connection ends.
void vnf_heartbeat::settle() {
    if (link_.is_open() && write_error_ == 0) {
        write_error_ = link_.write(session_.outbox());
        if (write_error_ != 0)
            session_.outbox().clear();
    }
    if (link_.is_open() && !session_.has_connection()) {
        link_.close();
        write_error_ = 0;
    }
}

/// A session that leaves has no more to say once all is sent.
bool vnf_heartbeat::has_more_to_do() {
    return LoopHandle::has_more_to_do() || (session_.is_leaving() && session_.outbox().empty());
}

/// Without memory for the last record the daemon sees the plain end of the connection.
void vnf_heartbeat::say_goodbye() try {
    session_.leave("closed", Clock::now());
    if (link_.is_open())
        link_.write(session_.outbox());
    link_.close();
} catch (const std::bad_alloc&) {
    link_.close();
}

// ---- requests ----

vnf_heartbeat_error vnf_heartbeat::enter() {
    const Lock lock(gate_.mutex());
    if (gate_.is_closing())
        return VNF_HEARTBEAT_ERROR_CLOSED;
    session_.enter();
    if (!gate_.is_dispatching())
        link_.wake();
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
