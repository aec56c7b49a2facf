// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One packet is one record; all sessions share the buffer for reading, since a record is decoded at once.
#include "guest-scale-agent/application_session.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "runtime/packet_transfer.hpp"

namespace vnf::scale {
namespace {

/// Records of one turn, so that a talkative application can't keep the others waiting.
constexpr int records_a_turn = 16;
std::array<char, wire::scale_record_limit> shared_buffer;

}  // namespace

ApplicationSession::ApplicationSession(boost::asio::io_context& io, runtime::FileDescriptor socket,
                                       ApplicationKey key, Owner& owner)
    : key_(key), owner_(owner), socket_(io) {
    socket_.assign(socket.release());
}

void ApplicationSession::close() {
    open_ = false;
    waiting_.clear();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

// ---- reading ----------------------------------------------------------------------------------------------

void ApplicationSession::wait_readable() {
    if (!open_) {
        return;
    }
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           if (!error && self->open_) {
                               self->read_some();
                           }
                       });
}

void ApplicationSession::read_some() {
    for (int i = 0; i < records_a_turn && open_ && read_once(); ++i) {
    }
    owner_.session_turn_ends();
    wait_readable();
}

bool ApplicationSession::read_once() {
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
            owner_.session_rejected(key_, {wire::ParseReason::Overlong, {}});
            return true;
        case Kind::Whole:
            take(packet.bytes);
            return true;
    }
    return false;
}

void ApplicationSession::take(std::string_view packet) {
    const auto record = wire::parse_scale_client_record(packet);
    if (const auto* error = std::get_if<wire::ParseError>(&record)) {
        owner_.session_rejected(key_, *error);
    } else {
        owner_.session_said(key_, std::get<wire::ScaleClientRecord>(record));
    }
}

// ---- writing ----------------------------------------------------------------------------------------------

void ApplicationSession::send(std::string packet) {
    if (!open_ || ending_) {
        return;
    }
    if (waiting_.size() >= packet_limit) {
        return end_soon();
    }
    waiting_.push_back(std::move(packet));
    write_some();
}

void ApplicationSession::write_some() {
    while (open_ && !writing_ && !waiting_.empty()) {
        switch (runtime::send_packet(socket_.native_handle(), waiting_.front())) {
            case runtime::PacketSent::Taken:
                waiting_.pop_front();
                break;
            case runtime::PacketSent::Later:
                wait_writable();
                break;
            case runtime::PacketSent::Never:
                return end_soon();
        }
    }
}

void ApplicationSession::wait_writable() {
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

void ApplicationSession::end() {
    const auto self = shared_from_this();
    close();
    owner_.session_ended(key_);
}

void ApplicationSession::end_soon() {
    ending_ = true;
    waiting_.clear();
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (self->open_) {
            self->end();
            self->owner_.session_turn_ends();
        }
    });
}

}  // namespace vnf::scale
