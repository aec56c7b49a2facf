// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One packet is one record; all sessions share the buffer for reading, since a record is decoded at once.
#include "guest-client/group_session.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "runtime/clock.hpp"
#include "runtime/packet_transfer.hpp"

namespace vnf::guest {
namespace {

/// Records of one turn, so that a talkative client can't keep the others waiting.
constexpr int records_a_turn = 16;
/// Records that a socket's buffer may hold of a client that has left; one that only looks so could say more for ever.
constexpr int records_left_behind = 1024;
std::array<char, wire::group_record_limit> shared_buffer;

}  // namespace

GroupSession::GroupSession(boost::asio::io_context& io, runtime::FileDescriptor socket, GroupClientKey key,
                           GroupBroker& broker, Owner& owner)
    : key_(key), broker_(broker), owner_(owner), socket_(io) {
    socket_.assign(socket.release());
}

void GroupSession::start() {
    wait_readable();
}

void GroupSession::close() {
    open_ = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

// ---- reading ----------------------------------------------------------------------------------------------

void GroupSession::wait_readable() {
    if (reading_ || !open_) {
        return;
    }
    if (!broker_.may_send(key_)) {
        return wait_hang_up();
    }
    reading_ = true;
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->reading_ = false;
                           if (!error && self->open_) {
                               self->read_some();
                           }
                       });
}

/// Besides that nothing is waited for while the client is not read from.
void GroupSession::wait_hang_up() {
    if (std::exchange(watching_, true)) {
        return;
    }
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_error,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->watching_ = false;
                           // If it is read from again, that finds the end behind what it said.
                           if (!error && self->open_ && !self->broker_.may_send(self->key_)) {
                               self->hung_up();
                           }
                       });
}

void GroupSession::read_some() {
    for (int i = 0; i < records_a_turn && open_ && broker_.may_send(key_) && read_once(); ++i) {
    }
    owner_.session_turn_ends();
    wait_readable();
}

bool GroupSession::read_once() {
    using Kind = runtime::ReceivedPacket::Kind;
    const auto packet = runtime::receive_packet(socket_.native_handle(), shared_buffer);
    switch (packet.kind) {
        case Kind::None:
            return false;
        case Kind::Ended:
            end();
            return false;
        case Kind::Reset:
            return true;
        case Kind::TooLong:
            reject({wire::ParseReason::Overlong, {}});
            return true;
        case Kind::Whole:
            take(packet.bytes);
            return true;
    }
    return false;
}

void GroupSession::take(std::string_view packet) {
    const auto record = wire::parse_group_client_record(packet);
    if (const auto* error = std::get_if<wire::ParseError>(&record)) {
        reject(*error);
    } else {
        broker_.record(key_, std::get<wire::GroupClientRecord>(record), runtime::Clock::now());
    }
}

void GroupSession::reject(const wire::ParseError& error) {
    broker_.bad_record(key_);
    owner_.session_rejected(key_, error);
}

// ---- writing ----------------------------------------------------------------------------------------------

void GroupSession::progress() {
    write_some();
    wait_readable();
}

void GroupSession::write_some() {
    while (open_ && !writing_) {
        const std::string* packet = broker_.packet(key_);
        if (packet == nullptr) {
            return;
        }
        switch (runtime::send_packet(socket_.native_handle(), *packet)) {
            case runtime::PacketSent::Taken:
                broker_.packet_taken(key_);
                break;
            case runtime::PacketSent::Later:
                wait_writable();
                break;
            case runtime::PacketSent::Never:
                return end_soon();
        }
    }
}

void GroupSession::wait_writable() {
    writing_ = true;
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->writing_ = false;
                           if (!error && self->open_) {
                               self->write_some();
                           }
                       });
}

// ---- the end ----------------------------------------------------------------------------------------------

void GroupSession::end() {
    const auto self = shared_from_this();
    close();
    owner_.session_ended(key_);
}

/// It reads no more.
void GroupSession::end_soon() {
    writing_ = true;  // nothing more is written
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (self->open_) {
            self->hung_up();
        }
    });
}

void GroupSession::hung_up() {
    broker_.leaves(key_);
    for (int i = 0; i < records_left_behind && open_ && read_once(); ++i) {
    }
    if (open_) {
        end();
    }
    owner_.session_turn_ends();
}

}  // namespace vnf::guest
