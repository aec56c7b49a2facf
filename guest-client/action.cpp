// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The lattice of voices, their deadlines and extensions.
#include "guest-client/action.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace vnf::guest {
namespace {

using runtime::Milliseconds;
using runtime::TimePoint;

/// What the old daemon said (specification 2.7), and what operators look for.
constexpr std::string_view timeout_text = "Timeout on application and/or script action responses.";
/// Bound of a joined text; the wire cuts it further.
constexpr std::size_t log_bound = 1024;

Milliseconds until(TimePoint deadline, TimePoint now) {
    return std::max(Milliseconds(0), std::chrono::duration_cast<Milliseconds>(deadline - now));
}

Voice voice_of(wire::VoteResult vote) {
    switch (vote) {
        case wire::VoteResult::Accept:
        case wire::VoteResult::Complete:
            return Voice::Accept;
        case wire::VoteResult::Reject:
            return Voice::Reject;
        case wire::VoteResult::Timeout:
            return Voice::Timeout;
        case wire::VoteResult::Error:
        case wire::VoteResult::Unknown:
            return Voice::Error;
    }
    return Voice::Error;
}

wire::VoteResult result_of(Voice voice, wire::Notification notification) {
    switch (voice) {
        case Voice::Accept:
            return notification == wire::Notification::Revocable ? wire::VoteResult::Accept
                                                                 : wire::VoteResult::Complete;
        case Voice::Timeout:
            return wire::VoteResult::Timeout;
        case Voice::Error:
            return wire::VoteResult::Error;
        case Voice::Reject:
            return wire::VoteResult::Reject;
    }
    return wire::VoteResult::Error;
}

/// The reasons that count, strongest first. One alone goes out as it was given; of several each names its
/// speaker, and of one who said nothing the name is all there is to say.
std::string joined(const std::vector<Statement>& statements) {
    std::vector<const Statement*> speaking;
    for (const Statement& one : statements) {
        if (!one.reason.empty()) {
            speaking.push_back(&one);
        }
    }
    std::stable_sort(speaking.begin(), speaking.end(),
                     [](const Statement* a, const Statement* b) { return a->voice > b->voice; });
    if (speaking.size() == 1 && speaking.front()->voice != Voice::Timeout) {
        return speaking.front()->reason;
    }
    std::string text;
    for (const Statement* one : speaking) {
        if (text.size() > log_bound) {
            break;
        }
        text += (text.empty() ? "" : "; ") + one->who + ": " + one->reason;
    }
    return text;
}

}  // namespace

std::string_view word(Voice voice) {
    switch (voice) {
        case Voice::Accept:
            return "accept";
        case Voice::Timeout:
            return "timeout";
        case Voice::Error:
            return "error";
        case Voice::Reject:
            return "reject";
    }
    return "error";
}

Milliseconds return_allowance(Milliseconds timeout, bool action_control) {
    constexpr Milliseconds longest{1000};
    if (action_control) {
        return std::min(longest, timeout / 10);
    }
    return timeout > longest ? longest : Milliseconds(0);
}

Action::Action(ActionSpec spec, TimePoint now)
    : spec_(std::move(spec)), deadline_(now + spec_.timeout - spec_.allowance) {}

Milliseconds Action::ask(VoiceKey key, std::string who, Milliseconds own_limit, TimePoint now) {
    const TimePoint limit = std::min(deadline_, now + own_limit);
    voices_.insert_or_assign(key, Waiting{std::move(who), now, limit});
    waiting_.emplace(limit, key);
    return until(limit, now);
}

void Action::seal() {
    sealed_ = true;
    decide_if_possible();
}

void Action::answered(VoiceKey key, wire::VoteResult vote, std::string reason) {
    const Voice voice = voice_of(vote);
    if (vote == wire::VoteResult::Unknown) {
        reason = "unknown vote" + (reason.empty() ? std::string() : ": " + reason);
    }
    state(key, voice, std::move(reason));
}

void Action::failed(VoiceKey key, std::string reason) {
    state(key, Voice::Error, std::move(reason));
}

void Action::deregistered(VoiceKey key) {
    drop(key);
    decide_if_possible();
}

void Action::timer(TimePoint now) {
    while (!decision_ && !waiting_.empty() && waiting_.begin()->first <= now) {
        const VoiceKey key = waiting_.begin()->second;
        effects_.emplace_back(Dismiss{key, wire::CancelReason::DeadlinePassed});
        state(key, Voice::Timeout, no_answer(voices_.at(key), now));
    }
}

std::string Action::no_answer(const Waiting& voice, TimePoint now) const {
    const auto waited = std::chrono::duration_cast<Milliseconds>(now - voice.asked);
    return "no answer within " + std::to_string(waited.count()) + " ms";
}

void Action::state(VoiceKey key, Voice voice, std::string reason) {
    const auto place = voices_.find(key);
    if (place == voices_.end() || decision_) {
        return;
    }
    statements_.push_back({key, place->second.who, voice, std::move(reason)});
    drop(key);
    decide_if_possible();
}

void Action::drop(VoiceKey key) {
    if (const auto place = voices_.find(key); place != voices_.end()) {
        waiting_.erase({place->second.deadline, key});
        voices_.erase(place);
    }
    std::erase_if(wishes_, [key](const Wish& wish) { return wish.key == key; });
}

void Action::decide_if_possible() {
    if (!sealed_ || decision_) {
        return;
    }
    const bool vetoed = spec_.notification == wire::Notification::Revocable &&
                        std::any_of(statements_.begin(), statements_.end(),
                                    [](const Statement& one) { return one.voice == Voice::Reject; });
    if (vetoed || waiting_.empty()) {
        decide();
    }
}

void Action::decide() {
    Voice worst = Voice::Accept;
    for (const Statement& one : statements_) {
        worst = std::max(worst, one.voice);
    }
    Decision decision{result_of(worst, spec_.notification), joined(statements_), statements_};
    if (worst == Voice::Timeout) {
        decision.log = std::string(timeout_text) + " " + decision.log;
    }
    decision_ = std::move(decision);
    abandon(wire::CancelReason::AlreadyDecided);
}

void Action::abandon(wire::CancelReason reason) {
    for (const auto& [key, voice] : voices_) {
        effects_.emplace_back(Dismiss{key, reason});
    }
    voices_.clear();
    waiting_.clear();
    wishes_.clear();
}

void Action::extend(VoiceKey key, Milliseconds extra, const std::string& reason, TimePoint now) {
    const auto place = voices_.find(key);
    if (place == voices_.end()) {
        effects_.emplace_back(AnswerExtension{key, false, Milliseconds(0)});
        return;
    }
    const TimePoint wanted = place->second.deadline + extra;
    if (wanted <= deadline_) {
        move(key, wanted);
        answer_extension(key, true, now);
    } else if (!spec_.host_extends) {
        answer_extension(key, false, now);
    } else {
        std::erase_if(wishes_, [key](const Wish& wish) { return wish.key == key; });
        wishes_.push_back({key, wanted, reason});
        ask_host();
    }
}

/// One request at a time, for the longest wish; the shorter ones ride on its answer, later ones wait for it.
void Action::ask_host() {
    const auto furthest = std::max_element(wishes_.begin(), wishes_.end(),
                                           [](const Wish& a, const Wish& b) { return a.until < b.until; });
    if (asked_for_ || furthest == wishes_.end()) {
        return;
    }
    constexpr Milliseconds longest{600000};
    const auto extra =
        std::clamp(std::chrono::ceil<Milliseconds>(furthest->until - deadline_), Milliseconds(1), longest);
    asked_for_ = deadline_ + extra;
    effects_.emplace_back(AskHost{extra, furthest->reason});
}

void Action::host_extended(bool granted, Milliseconds remaining, TimePoint now) {
    const std::optional<TimePoint> asked_for = std::exchange(asked_for_, std::nullopt);
    if (!asked_for) {
        return;
    }
    if (granted) {
        deadline_ = std::max(deadline_, now + remaining - spec_.allowance);
    }
    std::vector<Wish> later;
    for (Wish& wish : std::exchange(wishes_, {})) {
        if (granted && wish.until > *asked_for) {
            later.push_back(std::move(wish));
        } else {
            move(wish.key, granted ? std::min(wish.until, deadline_) : TimePoint::min());
            answer_extension(wish.key, granted, now);
        }
    }
    wishes_ = std::move(later);
    ask_host();
}

void Action::move(VoiceKey key, TimePoint deadline) {
    Waiting& voice = voices_.at(key);
    waiting_.erase({voice.deadline, key});
    voice.deadline = std::max(voice.deadline, deadline);
    waiting_.emplace(voice.deadline, key);
}

void Action::answer_extension(VoiceKey key, bool granted, TimePoint now) {
    effects_.emplace_back(AnswerExtension{key, granted, until(voices_.at(key).deadline, now)});
}

TimePoint Action::next_deadline() const {
    return waiting_.empty() ? runtime::never : waiting_.begin()->first;
}

std::vector<Action::Effect> Action::take_effects() {
    return std::exchange(effects_, {});
}

}  // namespace vnf::guest
