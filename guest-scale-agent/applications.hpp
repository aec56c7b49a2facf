// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The applications that listen to scale events, and what each has answered to the event under way. Pure. Quotas are for
// all and for each user; who has not said its name is not asked, and leaves after 5 s.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/clock.hpp"
#include "wire/cpu_list.hpp"

namespace vnf::scale {

/// 0 is nobody.
using ApplicationKey = std::uint64_t;

struct ApplicationLimits {
    std::size_t clients = 64;
    std::size_t per_user = 64;
};

struct ApplicationPeer {
    pid_t pid = 0;
    uid_t uid = 0;
};

enum class Answer : std::uint8_t {
    NotAsked,  ///< of no concern to it, or it came later
    Waited,    ///< asked, and silent so far
    Ready,
    Refused,
    Silent,  ///< its time passed; counts as ready
};
std::string_view word(Answer answer);

struct Application {
    ApplicationPeer peer;
    std::string name;
    bool greeted = false;
    runtime::TimePoint greet_by = runtime::never;
    Answer answer = Answer::NotAsked;
    bool concerned = false;  ///< was asked about the event under way at least once
    std::optional<wire::Cpu> choice;
    std::uint64_t chosen = 0;  ///< the how manieth choice of all
    std::string reason;        ///< why it refused
    std::uint64_t refusals = 0, silences = 0;
};

class Applications {
  public:
    static constexpr std::chrono::seconds greeting_time{5};

    void set_limits(ApplicationLimits limits) { limits_ = limits; }
    /// 0 if there are too many.
    ApplicationKey opened(ApplicationPeer peer, runtime::TimePoint now);
    void closed(ApplicationKey key) { all_.erase(key); }
    Application* find(ApplicationKey key);
    void greeted(ApplicationKey key, std::string name);

    /// Nobody has been asked about anything any more.
    void forget_answers();
    /// Asks everybody who has said its name, except those for whom `ready` says that they are; returns whom.
    std::vector<ApplicationKey> ask(const std::function<bool(const Application&)>& ready);
    bool anybody() const;
    bool waiting() const;
    /// Who was asked and has not answered counts as ready; returns how many.
    std::size_t stop_waiting();
    /// The first who refused.
    const Application* refusal() const;
    void choose(Application& application, wire::Cpu cpu);
    /// The first one that `usable` admits.
    std::optional<wire::Cpu> choice(const std::function<bool(wire::Cpu)>& usable) const;

    /// Who never said its name, and should have by now.
    std::vector<ApplicationKey> overdue(runtime::TimePoint now) const;
    runtime::TimePoint next_deadline() const;
    const std::map<ApplicationKey, Application>& all() const { return all_; }
    std::uint64_t refused_clients() const { return refused_clients_; }

  private:
    ApplicationLimits limits_;
    std::map<ApplicationKey, Application> all_;
    ApplicationKey last_key_ = 0;
    std::uint64_t choices_ = 0;
    std::uint64_t refused_clients_ = 0;
};

}  // namespace vnf::scale
