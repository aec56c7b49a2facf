// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's SEQPACKET socket to its agent, which comes and goes, in the set that the application waits on. Nothing here
// blocks or raises SIGPIPE. What a packet says is for its owner to read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "descriptor.hpp"
#include "wait_set.hpp"

namespace vnf::libhandle {

/// What one read found.
struct PacketRead {
    enum class Kind {
        Packet,
        Drained,  ///< none is there
        Reset,    ///< the agent left packets unread; what it had said before is still to come
        TooLong,  ///< more than a packet may have
        Ended,    ///< the connection; of itself if system_error is 0
    } kind;
    std::string_view packet{};  ///< valid until the next read
    int system_error = 0;
};

class PacketSocket {
  public:
    /// `limit` is the longest packet that is read.
    PacketSocket(WaitSet& waiting, std::size_t limit) : waiting_(waiting), buffer_(limit, '\0') {}
    PacketSocket(const PacketSocket&) = delete;
    PacketSocket& operator=(const PacketSocket&) = delete;
    ~PacketSocket() { close(); }

    /// 0 or an errno, which leaves the socket as it was. Not while one is open.
    int connect(const std::string& path);
    bool is_open() const { return socket_.is_open(); }
    void close();
    /// In a forked child: closes the copy without a word to the epoll instance, which the parent still uses.
    void abandon() { socket_.reset(); }

    PacketRead read();
    /// 0 or an errno.
    int send(std::string_view packet) const;
    void watch_output(bool wanted) { waiting_.watch_output(socket_.get(), wanted); }

  private:
    WaitSet& waiting_;
    Descriptor socket_;
    std::string buffer_;
};

/// An errno of send() that passes: the packet is to be sent again once the socket takes output.
bool is_sent_later(int error);

}  // namespace vnf::libhandle
