// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/stage.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace vnf::harness {

/// For conditions that ask a daemon or a file, which no event of the stage announces.
constexpr int look_again_ms = 10;

Actor::Actor(Stage& stage) : stage_(stage) {
    stage_.actors_.push_back(this);
}

Actor::~Actor() {
    std::erase(stage_.actors_, this);
}

void Stage::until(const std::function<bool()>& condition, std::string_view what, Milliseconds bound) {
    const Deadline deadline(bound);
    while (!condition()) {
        if (deadline.passed())
            throw std::runtime_error("waited in vain for " + std::string(what));
        turn(std::min(deadline.poll_timeout(), look_again_ms));
    }
}

void Stage::settle() {
    turn(0);
}

void Stage::turn(int timeout) {
    std::vector<pollfd> fds;
    std::vector<Actor*> waiting;
    for (Actor* actor : actors_) {
        const int events = (actor->wants_read() ? POLLIN : 0) | (actor->wants_write() ? POLLOUT : 0);
        if (actor->wait_fd() < 0 || events == 0)
            continue;
        fds.push_back({actor->wait_fd(), static_cast<short>(events), 0});
        waiting.push_back(actor);
    }
    if (::poll(fds.data(), fds.size(), timeout) < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "poll");
    for (std::size_t i = 0; i < fds.size(); ++i) {
        // An actor's step may have removed another one, or replaced its descriptor.
        const auto still = [&](Actor* actor) {
            return std::find(actors_.begin(), actors_.end(), actor) != actors_.end() &&
                   actor->wait_fd() == fds[i].fd;
        };
        if ((fds[i].revents & POLLOUT) != 0 && still(waiting[i]))
            waiting[i]->writable();
        if ((fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && still(waiting[i]) &&
            waiting[i]->wants_read())
            waiting[i]->readable();
    }
}

}  // namespace vnf::harness
