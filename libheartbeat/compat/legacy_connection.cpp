// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "legacy_connection.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include "stream_socket.hpp"
#include "wire/text.hpp"

namespace vnf::libheartbeat {
namespace {

/// A daemon of the old SDK dies of a shorter one (defect G-02).
constexpr int shortest_interval_ms = 400;
constexpr std::size_t read_size = 8192;

/// Runs a callback without the lock, so that it may call any function again (defect L-10).
template <typename Callback>
void unlocked(std::unique_lock<std::mutex>& lock, Callback callback) {
    lock.unlock();
    callback();
    lock.lock();
}

wire::CorrectiveAction corrective_action(int number) {
    return number >= 0 && number <= GUEST_HEARTBEAT_API_ACTION_LOG
               ? static_cast<wire::CorrectiveAction>(number)
               : wire::CorrectiveAction::Unknown;
}

std::optional<wire::RecordInit> init_record(const guest_heartbeat_api_init_data& data) {
    const std::array seconds{data.vote_secs, data.shutdown_notice_secs, data.suspend_notice_secs,
                             data.resume_notice_secs};
    for (const int one : seconds)
        if (one < 0)
            return std::nullopt;
    if (data.heartbeat_interval_ms < shortest_interval_ms)
        return std::nullopt;
    const std::string_view name(data.name, ::strnlen(data.name, sizeof data.name));
    return wire::RecordInit{.name = wire::clean_utf8(name, wire::record_v2_name_limit),
                            .interval_ms = static_cast<std::uint32_t>(data.heartbeat_interval_ms),
                            .vote_secs = static_cast<std::uint32_t>(data.vote_secs),
                            .shutdown_notice_secs = static_cast<std::uint32_t>(data.shutdown_notice_secs),
                            .suspend_notice_secs = static_cast<std::uint32_t>(data.suspend_notice_secs),
                            .resume_notice_secs = static_cast<std::uint32_t>(data.resume_notice_secs),
                            .corrective_action = corrective_action(data.corrective_action)};
}

}  // namespace

guest_api_error LegacyConnection::initialize(const guest_heartbeat_api_callbacks* callbacks) {
    if (callbacks == nullptr || callbacks->register_state == nullptr || callbacks->health_check == nullptr ||
        callbacks->action_notify == nullptr)
        return GUEST_API_FAILED;
    const Lock lock(mutex_);
    callbacks_ = *callbacks;
    is_initialized_ = true;
    return GUEST_API_OKAY;
}

guest_api_error LegacyConnection::finalize() {
    const Lock lock(mutex_);
    disconnect();
    callbacks_ = {};
    is_initialized_ = false;
    return GUEST_API_OKAY;
}

guest_api_error LegacyConnection::enter(const guest_heartbeat_api_init_data& data) {
    const auto record = init_record(data);
    const Lock lock(mutex_);
    if (!is_initialized_ || !record)
        return GUEST_API_FAILED;
    if (!socket_.is_open())
        if (const guest_api_error error = connect(); error != GUEST_API_OKAY)
            return error;
    // Applications ask again every second until the answer comes (defect L-12); one INIT is enough.
    if (unanswered_ == record)
        return GUEST_API_OKAY;
    const guest_api_error error = send(*record);
    if (error == GUEST_API_OKAY)
        unanswered_ = record;
    else if (error == GUEST_API_TRY_AGAIN)
        disconnect();
    return error;
}

guest_api_error LegacyConnection::connect() {
    const int error = connect_stream(default_socket_path(), socket_);
    if (error == ENOENT || error == ECONNREFUSED || error == EAGAIN)
        return GUEST_API_TRY_AGAIN;
    if (error != 0)
        return GUEST_API_FAILED;
    ++connection_;
    return GUEST_API_OKAY;
}

void LegacyConnection::disconnect() {
    ++connection_;
    socket_.reset();
    decoder_ = {};
    outbox_.clear();
    unanswered_.reset();
}

guest_api_error LegacyConnection::leave(std::string_view log) {
    const Lock lock(mutex_);
    if (!socket_.is_open())
        return GUEST_API_OKAY;
    unanswered_.reset();
    return send(wire::RecordDeregister{std::string(log)}) == GUEST_API_OKAY ? GUEST_API_OKAY
                                                                            : GUEST_API_FAILED;
}

guest_api_error LegacyConnection::respond(const wire::RecordActionResponse& response) {
    const Lock lock(mutex_);
    if (!socket_.is_open())
        return GUEST_API_OKAY;
    return send(response) == GUEST_API_OKAY ? GUEST_API_OKAY : GUEST_API_FAILED;
}

/// TRY_AGAIN when the daemon has gone; the descriptor stays readable, so that dispatch() finds out too.
guest_api_error LegacyConnection::send(const wire::ApplicationRecord& record) {
    if (!outbox_.push(wire::encode(record, ++sequence_, wire::RecordVersion::V2), Outbox::request_limit))
        return GUEST_API_FAILED;
    const int error = write_stream(socket_.get(), outbox_);
    if (error == 0)
        return GUEST_API_OKAY;
    outbox_.clear();
    return error == EPIPE || error == ECONNRESET ? GUEST_API_TRY_AGAIN : GUEST_API_FAILED;
}

int LegacyConnection::descriptor() {
    const Lock lock(mutex_);
    return socket_.get();
}

void LegacyConnection::dispatch(int descriptor) {
    Lock lock(mutex_);
    if (!socket_.is_open() || descriptor != socket_.get())
        return;
    std::array<char, read_size> buffer;
    const Input input = read_stream(socket_.get(), buffer);
    switch (input.kind) {
        case Input::Kind::Data:
            decoder_.feed({buffer.data(), input.size});
            deliver(lock);
            if (socket_.is_open())
                write_stream(socket_.get(), outbox_);
            break;
        case Input::Kind::Nothing:
            write_stream(socket_.get(), outbox_);
            break;
        case Input::Kind::Ended:
            disconnect();
            unlocked(lock, [told = callbacks_.register_state] { told(false); });
            break;
    }
}

/// Ends when a callback has ended the connection that the records came from.
void LegacyConnection::deliver(Lock& lock) {
    const std::uint32_t connection = connection_;
    while (connection == connection_) {
        const auto result = decoder_.next();
        if (!result)
            return;
        if (const auto* decoded = std::get_if<wire::DecodedRecord<wire::DaemonRecord>>(&*result))
            std::visit([this, &lock](const auto& record) { handle(lock, record); }, decoded->record);
    }
}

void LegacyConnection::handle(Lock& lock, const wire::RecordInitAck& ack) {
    unanswered_.reset();
    unlocked(lock, [told = callbacks_.register_state, accepted = ack.accepted] { told(accepted); });
}

void LegacyConnection::handle(Lock& lock, const wire::RecordChallenge& challenge) {
    const std::uint32_t connection = connection_;
    bool healthy = true;
    guest_heartbeat_api_action action = GUEST_HEARTBEAT_API_ACTION_NONE;
    std::array<char, GUEST_HEARTBEAT_API_LOG_SIZE> log{};
    unlocked(lock, [asked = callbacks_.health_check, &healthy, &action, &log] {
        asked(&healthy, &action, log.data());
    });
    if (connection != connection_)
        return;
    const std::string_view text(log.data(), ::strnlen(log.data(), log.size() - 1));
    send(wire::RecordChallengeResponse{challenge.challenge,
                                       healthy ? wire::Health::Healthy : wire::Health::Unhealthy,
                                       corrective_action(action), wire::clean_utf8(text, log.size() - 1)});
}

void LegacyConnection::handle(Lock& lock, const wire::RecordActionNotify& notify) {
    unlocked(lock, [told = callbacks_.action_notify, &notify] {
        told(static_cast<int>(notify.invocation_id), static_cast<guest_heartbeat_api_event>(notify.event),
             static_cast<guest_heartbeat_api_notify>(notify.notification));
    });
}

}  // namespace vnf::libheartbeat
