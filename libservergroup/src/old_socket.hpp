// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The datagram socket of the old interface: bound to the abstract name `cgcs.server_grp`, which one process of a guest can
// have, and speaking to `cgcs.messaging` alone (server-group specification, sections 1.4, 2.1). What another process
// sends there is refused (B-19); a datagram is what it is, whole or not at all (B-06).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libhandle/descriptor.hpp"

namespace vnf::libservergroup {

struct Datagram {
    enum class Kind {
        Message,
        Nothing,    ///< none is there
        Empty,      ///< of length zero
        Truncated,  ///< longer than anything an agent may send
        Foreign,    ///< not from the agent
        Broken,     ///< the socket can't be read; system_error
    } kind;
    std::string_view bytes{};  ///< valid until the next receive()
    int system_error = 0;
};

class OldSocket {
  public:
    /// 0 or an errno: EADDRINUSE if another process has the name. Nothing is left open after an error (B-24).
    int bind();
    bool is_open() const { return socket_.is_open(); }
    int get() const { return socket_.get(); }
    void close();

    /// Never blocks.
    Datagram receive();
    /// 0 or an errno: ECONNREFUSED without an agent, EAGAIN if it does not read.
    int send(std::string_view datagram) const;

    /// True if somebody has the agent's name now.
    static bool agent_is_there();

  private:
    libhandle::Descriptor socket_;
    std::vector<char> buffer_;
};

}  // namespace vnf::libservergroup
