// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "standby_election.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace standby {
namespace {

constexpr const char* format = "standby-pair/1";

const char* word(Role role) {
    switch (role) {
        case Role::Standby:
            return "standby";
        case Role::Active:
            return "active";
        case Role::Leaving:
            return "leaving";
    }
    return "standby";
}

}  // namespace

std::string to_text(const Announcement& one) {
    std::ostringstream text;
    text << format << ' ' << one.pair << ' ' << one.id << ' ' << one.guest << ' ' << word(one.role) << ' '
         << one.term;
    return text.str();
}

std::optional<Announcement> parse_announcement(const std::string& text) {
    std::istringstream words(text);
    std::string first;
    std::string role;
    Announcement one;
    if (!(words >> first >> one.pair >> one.id >> one.guest >> role >> one.term) || first != format)
        return std::nullopt;
    for (const Role known : {Role::Standby, Role::Active, Role::Leaving}) {
        if (role != word(known))
            continue;
        one.role = known;
        return one;
    }
    return std::nullopt;
}

Election::Election(const Announcement& self, milliseconds silence, Clock::time_point now)
    : self_(self), silence_(silence), last_tick_(now), link_lost_at_(now) {
    listen_anew(now);
    note("standby", "started");
}

void Election::listen_anew(Clock::time_point now) {
    peers_.clear();
    why_ = "won the election";
    listen_until_ = now + silence_;
}

void Election::heard(const Announcement& other, Clock::time_point now) {
    if (other.pair != self_.pair || other.id == self_.id)
        return;
    if (other.role == Role::Leaving) {
        if (const auto found = peers_.find(other.id); found != peers_.end())
            lose(found, other.id + " left", now);
        return;
    }
    const bool is_active = other.role == Role::Active;
    peers_[other.id] = {other.guest, is_active, now};
    if (is_active && self_.role == Role::Active) {
        const bool yields = other.term > self_.term || (other.term == self_.term && other.id < self_.id);
        if (!yields)
            return;
    }
    self_.term = std::max(self_.term, other.term);
    if (is_active && (self_.role == Role::Active || active_id_ != other.id)) {
        active_id_ = other.id;
        stand_by(other.id + " is active, term " + std::to_string(other.term));
    }
}

void Election::guest_is_out(const std::string& guest, const std::string& why, Clock::time_point now) {
    const auto found = std::find_if(peers_.begin(), peers_.end(),
                                    [&guest](const auto& peer) { return peer.second.guest == guest; });
    if (found != peers_.end())
        lose(found, "guest " + guest + " " + why, now);
}

void Election::lose(std::map<std::string, Peer>::iterator peer, const std::string& why,
                    Clock::time_point now) {
    if (peer->second.is_active) {
        why_ = why;
        active_id_.clear();
        listen_until_ = now;
    }
    peers_.erase(peer);
}

void Election::link_changed(bool is_up, const std::string& why, Clock::time_point now) {
    if (is_up && !has_link_ && !is_active())
        listen_anew(now);
    if (!is_up && has_link_) {
        link_lost_at_ = now;
        why_ = why;
    }
    has_link_ = is_up;
}

void Election::tick(Clock::time_point now) {
    const auto pause = now - std::exchange(last_tick_, now);
    if (pause > silence_) {
        listen_anew(now);
        if (is_active())
            stand_by("was not running");
        return;
    }
    if (!has_link_) {
        if (is_active() && now - link_lost_at_ > silence_ / 2)
            stand_by("no link: " + why_);
        return;
    }
    forget_silent(now);
    if (may_take_over(now))
        take_over();
}

void Election::forget_silent(Clock::time_point now) {
    for (auto peer = peers_.begin(); peer != peers_.end();) {
        const auto next = std::next(peer);
        if (now - peer->second.heard_at > silence_)
            lose(peer, peer->first + " silent for " + std::to_string(silence_.count()) + " ms", now);
        peer = next;
    }
}

bool Election::may_take_over(Clock::time_point now) const {
    return !is_active() && now >= listen_until_ &&
           std::none_of(peers_.begin(), peers_.end(),
                        [this](const auto& peer) { return peer.second.is_active || peer.first < self_.id; });
}

void Election::take_over() {
    self_.role = Role::Active;
    ++self_.term;
    note("active", why_ + ", term " + std::to_string(self_.term));
    why_ = "won the election";
}

void Election::stand_by(const std::string& why) {
    self_.role = Role::Standby;
    note("standby", why);
}

void Election::note(const std::string& role, const std::string& why) {
    change_ = "role: " + role + " (" + why + ")";
}

std::optional<std::string> Election::take_change() {
    return change_.empty() ? std::nullopt : std::optional(std::exchange(change_, {}));
}

}  // namespace standby
