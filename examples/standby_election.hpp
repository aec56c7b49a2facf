// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who of an active/standby pair is active. No clock and no messages of its own: what was heard and the time go in, the
// role comes out. More than two work too: the others stand by.
//
// Policy. Everybody listens for the silence time first. If nobody is active by then, the smallest id is; every taking
// over is a new term, and of two active ones the older term, then the greater id, steps down. A standby takes over at
// once when the host says that the active one's guest is out, or it says itself that it leaves; otherwise when it has
// been silent too long. An active one without a link steps down in half that time, before its peer takes over, and so
// does one that was not running for the silence time (a paused guest).
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace standby {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

enum class Role { Standby, Active, Leaving };

/// What a member of the pair broadcasts of itself. Names have no blanks.
struct Announcement {
    std::string pair, id, guest;
    Role role = Role::Standby;
    unsigned long term = 0;
};
std::string to_text(const Announcement& announcement);
/// Nothing for what somebody else broadcast.
std::optional<Announcement> parse_announcement(const std::string& text);

class Election {
  public:
    Election(const Announcement& self, milliseconds silence, Clock::time_point now);

    void heard(const Announcement& other, Clock::time_point now);
    /// The host says that this guest can't serve.
    void guest_is_out(const std::string& guest, const std::string& why, Clock::time_point now);
    void link_changed(bool is_up, const std::string& why, Clock::time_point now);
    /// What the time makes due. Often, also when nothing happens.
    void tick(Clock::time_point now);

    bool is_active() const { return self_.role == Role::Active; }
    const Announcement& self() const { return self_; }
    /// "role: active (won the election, term 1)", once for each change.
    std::optional<std::string> take_change();

  private:
    struct Peer {
        std::string guest;
        bool is_active = false;
        Clock::time_point heard_at;
    };

    void listen_anew(Clock::time_point now);
    void forget_silent(Clock::time_point now);
    void lose(std::map<std::string, Peer>::iterator peer, const std::string& why, Clock::time_point now);
    void stand_by(const std::string& why);
    void take_over();
    bool may_take_over(Clock::time_point now) const;
    void note(const std::string& role, const std::string& why);

    Announcement self_;
    milliseconds silence_;
    std::map<std::string, Peer> peers_;  ///< by id
    std::string active_id_;              ///< the last other one that was active
    std::string why_;                    ///< why there is nobody active
    Clock::time_point listen_until_, last_tick_, link_lost_at_;
    bool has_link_ = false;
    std::string change_;
};

}  // namespace standby
