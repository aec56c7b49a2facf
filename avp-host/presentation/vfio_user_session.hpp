// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One connection of a vfio-user client on the control thread's loop: cuts the stream into messages, sends the answers.
//
// Policy. One message at a time: nothing more is read before its answer is out, so no queue grows. A message that has
// begun, and the first one, must be whole within a time, and an answer must be taken within it; else the client is let
// go. After a number of messages the loop's other work has its turn.
#pragma once

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "avp-host/presentation/vfio_user_dialogue.hpp"
#include "runtime/clock.hpp"

namespace vnf::avp {

class VfioUserSession : public std::enable_shared_from_this<VfioUserSession> {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;
    using Answer = VfioUserDialogue::Answer;
    using OnMessage = std::function<Answer(const vfio_user::Header&, vfio_user::Bytes payload,
                                           std::vector<runtime::FileDescriptor>)>;
    /// Once, unless close() came first. `why` says what ended it; empty if the client did.
    using OnEnd = std::function<void(const std::string& why)>;

    VfioUserSession(Socket socket, runtime::Milliseconds deadline, OnMessage on_message, OnEnd on_end);

    void start();
    /// For a client that has agreed on the version with another process.
    void resume() { wait_readable(); }
    void close();
    int descriptor() const { return const_cast<Socket&>(socket_).native_handle(); }
    /// Nothing of a message is here, and no answer under way.
    bool is_between_messages() const { return filled_ == 0 && !header_ && output_.empty(); }
    /// The client has hung up, though what it said before may not be read yet.
    bool peer_is_gone() const;

  private:
    void wait_readable();
    void read_some();
    /// False: nothing more now.
    bool read_part();
    bool take_part();
    void take_message();
    void send(Answer answer);
    void send_rest();
    void wait_writable();
    void begin_deadline(const char* awaited);
    void stop_deadline();
    void end(const std::string& why);
    std::size_t wanted() const;

    Socket socket_;
    boost::asio::steady_timer timer_;
    runtime::Milliseconds deadline_;
    OnMessage on_message_;
    OnEnd on_end_;

    std::array<std::byte, AVP_VFIO_USER_MAX_MESSAGE> input_{};
    std::size_t filled_ = 0;
    std::optional<vfio_user::Header> header_;
    std::vector<runtime::FileDescriptor> descriptors_;
    bool lost_descriptors_ = false;

    vfio_user::Message output_;
    std::size_t sent_ = 0;
    int output_descriptor_ = -1;  ///< goes with the first byte
    std::optional<std::string> ends_with_;
    bool deadline_runs_ = false;
    bool open_ = true;
};

}  // namespace vnf::avp
