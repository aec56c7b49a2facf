// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "avp-host/presentation/vfio_user_session.hpp"

#include <poll.h>

#include <boost/asio/post.hpp>
#include <cerrno>

#include "avp-host/presentation/descriptor_socket.hpp"

namespace vnf::avp {
namespace {

using boost::system::error_code;
using namespace vfio_user;

constexpr int parts_a_turn = 64;  // a message has two

}  // namespace

VfioUserSession::VfioUserSession(Socket socket, runtime::Milliseconds deadline, OnMessage on_message,
                                 OnEnd on_end)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      deadline_(deadline),
      on_message_(std::move(on_message)),
      on_end_(std::move(on_end)) {}

void VfioUserSession::start() {
    begin_deadline("VERSION");
    wait_readable();
}

void VfioUserSession::close() {
    open_ = false;
    timer_.cancel();
    error_code ignored;
    socket_.close(ignored);
}

bool VfioUserSession::peer_is_gone() const {
    pollfd watched{descriptor(), POLLRDHUP, 0};
    return ::poll(&watched, 1, 0) == 1 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void VfioUserSession::wait_readable() {
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
        if (!error && self->open_)
            self->read_some();
    });
}

void VfioUserSession::read_some() {
    for (int i = 0; i < parts_a_turn; ++i) {
        if (!read_part())
            return;
    }
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (self->open_)
            self->read_some();
    });
}

std::size_t VfioUserSession::wanted() const {
    return kMessageHeaderBytes + (header_ ? header_->payload_bytes : 0) - filled_;
}

bool VfioUserSession::read_part() {
    const auto got =
        receive(socket_.native_handle(), std::span(input_).subspan(filled_, wanted()), descriptors_);
    if (got.error == std::errc::resource_unavailable_try_again) {
        wait_readable();
        return false;
    }
    if (got.error || got.bytes == 0) {
        end(filled_ != 0 ? "ended within a message" : "");
        return false;
    }
    lost_descriptors_ = lost_descriptors_ || got.lost_descriptors;
    if (!deadline_runs_)
        begin_deadline("the rest of a message");
    filled_ += got.bytes;
    return wanted() != 0 || take_part();
}

bool VfioUserSession::take_part() {
    if (!header_) {
        const auto header =
            parse_header(std::span<const std::byte, kMessageHeaderBytes>(input_.data(), kMessageHeaderBytes));
        if (const auto* refusal = std::get_if<Refusal>(&header)) {
            end("header: " + std::string(refusal->field));
            return false;
        }
        header_ = std::get<Header>(header);
        if (wanted() != 0)
            return true;
    }
    take_message();
    return open_ && output_.empty();
}

void VfioUserSession::take_message() {
    stop_deadline();
    const Header header = *header_;
    const auto payload = std::span(input_).subspan(kMessageHeaderBytes, header.payload_bytes);
    auto descriptors = std::exchange(descriptors_, {});
    filled_ = 0;
    header_.reset();
    if (std::exchange(lost_descriptors_, false)) {
        Answer answer;
        if (header.wants_reply)
            answer.message = error_reply(header, EMFILE);
        return send(std::move(answer));
    }
    send(on_message_(header, payload, std::move(descriptors)));
}

void VfioUserSession::send(Answer answer) {
    if (answer.ends)
        ends_with_ = answer.refusal ? std::string(answer.refusal->field) : "refused";
    output_ = std::move(answer.message);
    output_descriptor_ = answer.descriptor;
    sent_ = 0;
    send_rest();
}

void VfioUserSession::send_rest() {
    while (sent_ < output_.size()) {
        std::error_code error;
        const int descriptor = sent_ == 0 ? output_descriptor_ : -1;
        sent_ += avp::send(socket_.native_handle(), std::span(output_).subspan(sent_), descriptor, error);
        if (error == std::errc::resource_unavailable_try_again)
            return wait_writable();
        if (error)
            return end(error.message());
    }
    output_.clear();
    stop_deadline();
    if (ends_with_)
        end(*ends_with_);
}

void VfioUserSession::wait_writable() {
    if (!deadline_runs_)
        begin_deadline("an answer to be taken");
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
        if (error || !self->open_)
            return;
        self->send_rest();
        if (self->open_ && self->output_.empty())
            self->read_some();
    });
}

void VfioUserSession::begin_deadline(const char* awaited) {
    deadline_runs_ = true;
    timer_.expires_after(deadline_);
    timer_.async_wait([self = shared_from_this(), awaited](const error_code& error) {
        if (!error && self->open_ && self->deadline_runs_)
            self->end(std::string("deadline passed: ") + awaited);
    });
}

void VfioUserSession::stop_deadline() {
    timer_.cancel();
    deadline_runs_ = false;
}

void VfioUserSession::end(const std::string& why) {
    close();
    on_end_(why);
}

}  // namespace vnf::avp
