// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One thread on which every scripted peer of a test plays: a test says what it waits for, and while it waits
// all peers go on reading, answering and writing. A wait that outlasts its bound throws and names what did
// not come.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/harness/deadline.hpp"

namespace vnf::harness {

class Stage;

/// Something with a file descriptor. On its stage from construction to destruction.
class Actor {
  public:
    explicit Actor(Stage& stage);
    virtual ~Actor();
    Actor(const Actor&) = delete;
    Actor& operator=(const Actor&) = delete;

    /// -1 while there is nothing to wait for.
    virtual int wait_fd() const = 0;
    virtual bool wants_read() const { return true; }
    virtual bool wants_write() const { return false; }
    virtual void readable() = 0;
    virtual void writable() {}

  protected:
    Stage& stage() const { return stage_; }

  private:
    Stage& stage_;
};

class Stage {
  public:
    /// Plays until `condition`; throws std::runtime_error("waited in vain for WHAT") after `bound`.
    /// `condition` is looked at once more after every turn, never in between.
    void until(const std::function<bool()>& condition, std::string_view what, Milliseconds bound = patience);

    /// Plays every event that is already there, without waiting.
    void settle();

  private:
    friend class Actor;
    void turn(int timeout);

    std::vector<Actor*> actors_;
};

}  // namespace vnf::harness
