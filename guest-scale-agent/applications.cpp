// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A table of at most some dozens: looked through, never indexed.
#include "guest-scale-agent/applications.hpp"

#include <algorithm>
#include <utility>

namespace vnf::scale {

using runtime::TimePoint;

std::string_view word(Answer answer) {
    switch (answer) {
        case Answer::NotAsked:
            return "not_asked";
        case Answer::Waited:
            return "waited_for";
        case Answer::Ready:
            return "ready";
        case Answer::Refused:
            return "refused";
        case Answer::Silent:
            return "silent";
    }
    return "";
}

ApplicationKey Applications::opened(ApplicationPeer peer, TimePoint now) {
    const auto same_user = std::count_if(
        all_.begin(), all_.end(), [&peer](const auto& one) { return one.second.peer.uid == peer.uid; });
    if (all_.size() >= limits_.clients || static_cast<std::size_t>(same_user) >= limits_.per_user) {
        ++refused_clients_;
        return 0;
    }
    Application& application = all_[++last_key_];
    application.peer = peer;
    application.greet_by = now + greeting_time;
    return last_key_;
}

Application* Applications::find(ApplicationKey key) {
    const auto place = all_.find(key);
    return place == all_.end() ? nullptr : &place->second;
}

void Applications::greeted(ApplicationKey key, std::string name) {
    if (Application* application = find(key)) {
        application->name = std::move(name);
        application->greeted = true;
        application->greet_by = runtime::never;
    }
}

void Applications::forget_answers() {
    for (auto& [key, one] : all_) {
        one.answer = Answer::NotAsked;
        one.concerned = false;
        one.choice.reset();
        one.reason.clear();
    }
}

std::vector<ApplicationKey> Applications::ask(const std::function<bool(const Application&)>& ready) {
    std::vector<ApplicationKey> asked;
    for (auto& [key, one] : all_) {
        if (!one.greeted) {
            continue;
        }
        one.concerned = true;
        one.answer = ready(one) ? Answer::Ready : Answer::Waited;
        if (one.answer == Answer::Waited) {
            asked.push_back(key);
        }
    }
    return asked;
}

bool Applications::anybody() const {
    return std::any_of(all_.begin(), all_.end(), [](const auto& one) { return one.second.greeted; });
}

bool Applications::waiting() const {
    return std::any_of(all_.begin(), all_.end(),
                       [](const auto& one) { return one.second.answer == Answer::Waited; });
}

std::size_t Applications::stop_waiting() {
    std::size_t silent = 0;
    for (auto& [key, one] : all_) {
        if (one.answer == Answer::Waited) {
            one.answer = Answer::Silent;
            ++one.silences;
            ++silent;
        }
    }
    return silent;
}

const Application* Applications::refusal() const {
    const auto place = std::find_if(all_.begin(), all_.end(),
                                    [](const auto& one) { return one.second.answer == Answer::Refused; });
    return place == all_.end() ? nullptr : &place->second;
}

void Applications::choose(Application& application, wire::Cpu cpu) {
    application.choice = cpu;
    application.chosen = ++choices_;
}

std::optional<wire::Cpu> Applications::choice(const std::function<bool(wire::Cpu)>& usable) const {
    const Application* first = nullptr;
    for (const auto& [key, one] : all_) {
        if (one.choice && usable(*one.choice) && (first == nullptr || one.chosen < first->chosen)) {
            first = &one;
        }
    }
    return first == nullptr ? std::nullopt : first->choice;
}

std::vector<ApplicationKey> Applications::overdue(TimePoint now) const {
    std::vector<ApplicationKey> found;
    for (const auto& [key, one] : all_) {
        if (one.greet_by <= now) {
            found.push_back(key);
        }
    }
    return found;
}

TimePoint Applications::next_deadline() const {
    TimePoint next = runtime::never;
    for (const auto& [key, one] : all_) {
        next = std::min(next, one.greet_by);
    }
    return next;
}

}  // namespace vnf::scale
