// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The one descriptor that an application waits on: an epoll instance that stays, with the socket in it that comes and
// goes, and an eventfd by which another thread wakes whoever waits. The sockets belong to others.
#pragma once

#include "descriptor.hpp"

namespace vnf::libhandle {

class WaitSet {
  public:
    /// False, with errno set, when the system has no descriptor left. Once, before anything else.
    bool create();
    int descriptor() const { return epoll_.get(); }

    /// For reading. False with errno set.
    bool add(int fd);
    /// Before the close: a forked child may hold the socket open, and epoll would go on reporting it here.
    void remove(int fd);
    void watch_output(int fd, bool wanted);

    void wake();
    void clear_wake();
    /// In a forked child: closes the copies without a word to the epoll instance, which the parent still uses.
    void abandon();

  private:
    bool control(int operation, int fd, unsigned events);

    Descriptor epoll_, wake_;
    bool watches_output_ = false;
    bool is_woken_ = false;
};

}  // namespace vnf::libhandle
