// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Requests, their queue and their answers; applications coming, speaking and leaving. The phases of a change are in
// scale_change.cpp.
#include "guest-scale-agent/scale_desk.hpp"

#include <algorithm>
#include <utility>

namespace vnf::scale {

using runtime::TimePoint;

std::string_view word(Phase phase) {
    switch (phase) {
        case Phase::HelperChooses:
            return "helper_chooses";
        case Phase::ApplicationsChoose:
            return "applications_choose";
        case Phase::ApplicationsPrepare:
            return "applications_prepare";
        case Phase::Switching:
            return "switching";
        case Phase::HelperAdds:
            return "helper_adds";
        case Phase::Overdue:
            return "overdue";
    }
    return "";
}

std::string_view word(ChosenBy chooser) {
    switch (chooser) {
        case ChosenBy::Helper:
            return "helper";
        case ChosenBy::Application:
            return "application";
        case ChosenBy::Default:
            return "default";
        case ChosenBy::Host:
            return "host";
    }
    return "";
}

ScaleDesk::ScaleDesk(const CpuSource& cpus, ApplicationLimits limits, bool helper)
    : cpus_(cpus), helper_(helper), known_(online()) {
    applications_.set_limits(limits);
}

void ScaleDesk::apply(ApplicationLimits limits, bool helper) {
    applications_.set_limits(limits);
    helper_ = helper;
}

// ---- requests ---------------------------------------------------------------------------------------------

void ScaleDesk::requested(std::string reply_to, const wire::ScaleRequest& request, TimePoint now) {
    ++counters_.requests;
    Request one{std::move(reply_to), request, now, ScaleTimes::of(request.timeout, now)};
    if (std::holds_alternative<wire::ScaleStatus>(request.change)) {
        ++counters_.statuses;
        look(now);
        const auto now_online = online();
        if (!now_online) {
            return answer_failure(one, "can't read which vCPUs are online", false);
        }
        effects_.emplace_back(Reply{std::move(one.reply_to), wire::ScaleOnline{*now_online}, request.peer});
        return;
    }
    if (ending_) {
        return answer_failure(one, "guest-scale-agent ends", false);
    }
    if (waiting_.size() >= queue_limit) {
        ++counters_.too_many;
        return answer_failure(one, "too many requests wait for their turn", false);
    }
    waiting_.push_back(std::move(one));
    begin_next(now);
}

void ScaleDesk::refused(std::string reply_to, wire::ScaleRefused refused) {
    ++counters_.requests;
    ++counters_.failures;
    refused.answer.online = online();
    effects_.emplace_back(Reply{std::move(reply_to), std::move(refused.answer), refused.peer});
}

void ScaleDesk::begin_next(TimePoint now) {
    while (!change_ && !waiting_.empty()) {
        change_ = Change{std::move(waiting_.front())};
        waiting_.pop_front();
        begin(now);
    }
}

void ScaleDesk::answer_failure(const Request& request, std::string reason, bool refused) {
    ++counters_.failures;
    effects_.emplace_back(
        Reply{request.reply_to,
              wire::ScaleFailed{wire::echo_of(request.request), std::move(reason), refused, online()},
              request.request.peer});
}

// ---- time -------------------------------------------------------------------------------------------------

TimePoint ScaleDesk::next_deadline() const {
    TimePoint next = std::min(look_at_, applications_.next_deadline());
    if (change_) {
        next = std::min(next, change_->deadline);
    }
    for (const Request& one : waiting_) {
        next = std::min(next, one.times.last_write);
    }
    return next;
}

void ScaleDesk::timer(TimePoint now) {
    for (const ApplicationKey key : applications_.overdue(now)) {
        effects_.emplace_back(Expel{key, "it has not said its name"});
        application_closed(key, now);
    }
    if (change_ && change_->deadline <= now) {
        phase_over(now);
    }
    begin_next(now);
    // Those whose turn came are not late by this: what has begun looks at the time itself.
    const auto late = [now](const Request& one) {
        return one.times.last_write <= now;
    };
    for (auto one = std::find_if(waiting_.begin(), waiting_.end(), late); one != waiting_.end();
         one = std::find_if(waiting_.begin(), waiting_.end(), late)) {
        ++counters_.too_late;
        answer_failure(*one, "another change took this one's time", false);
        waiting_.erase(one);
    }
    if (look_at_ <= now) {
        look_at_ = runtime::never;
        look(now);
    }
}

void ScaleDesk::look(TimePoint) {
    if (change_ && (change_->phase == Phase::Switching || change_->phase == Phase::Overdue)) {
        return;  // its end will tell
    }
    const auto now_online = online();
    if (!now_online || now_online == known_) {
        return;
    }
    ++counters_.changed_elsewhere;
    note(true, "vCPUs were switched by somebody else: " + (known_ ? wire::format_cpu_list(*known_) : "?") +
                   " were online, now " + wire::format_cpu_list(*now_online) + " are");
    known_ = now_online;
    std::vector<ApplicationKey> everybody;
    for (const auto& [key, one] : applications_.all()) {
        if (one.greeted) {
            everybody.push_back(key);
        }
    }
    if (!everybody.empty()) {
        effects_.emplace_back(Tell{std::move(everybody), state_of(*now_online)});
    }
}

std::vector<ScaleDesk::Effect> ScaleDesk::take_effects() {
    return std::exchange(effects_, {});
}

// ---- applications -----------------------------------------------------------------------------------------

ApplicationKey ScaleDesk::application_opened(ApplicationPeer peer, TimePoint now) {
    return applications_.opened(peer, now);
}

void ScaleDesk::application_closed(ApplicationKey key, TimePoint now) {
    applications_.closed(key);
    applications_answered(now);
    begin_next(now);
}

void ScaleDesk::application_said(ApplicationKey key, const wire::ScaleClientRecord& record, TimePoint now) {
    if (applications_.find(key) != nullptr) {
        std::visit([&](const auto& one) { take(key, one, now); }, record);
        begin_next(now);
    }
}

void ScaleDesk::take(ApplicationKey key, const wire::ScaleHello& hello, TimePoint) {
    applications_.greeted(key, hello.name);
    effects_.emplace_back(Tell{{key}, state_of(online().value_or(wire::CpuSet{}))});
}

/// Who was asked about this event and has not answered; else the record means nothing.
Application* ScaleDesk::asked(ApplicationKey key, std::uint32_t event) {
    Application* application = applications_.find(key);
    if (!change_ || change_->event != event || application->answer != Answer::Waited) {
        ++counters_.unexpected_records;
        return nullptr;
    }
    return application;
}

void ScaleDesk::take(ApplicationKey key, const wire::ScaleReady& ready, TimePoint now) {
    if (Application* application = asked(key, ready.event)) {
        application->answer = Answer::Ready;
        applications_answered(now);
    }
}

void ScaleDesk::take(ApplicationKey key, const wire::ScaleRefuse& refuse, TimePoint now) {
    Application* application = asked(key, refuse.event);
    if (application == nullptr) {
        return;
    }
    if (change_->direction == wire::ScaleDirection::Up) {
        ++counters_.unexpected_records;  // only a down can be refused; it has heard of it all the same
        application->answer = Answer::Ready;
    } else {
        application->answer = Answer::Refused;
        application->reason = refuse.reason;
        ++application->refusals;
    }
    applications_answered(now);
}

void ScaleDesk::take(ApplicationKey key, const wire::ScaleChoose& choose, TimePoint) {
    Application* application = asked(key, choose.event);
    if (application != nullptr && change_->phase == Phase::ApplicationsChoose) {
        applications_.choose(*application, choose.cpu);
    }
}

wire::ScaleState ScaleDesk::state_of(const wire::CpuSet& now_online) const {
    return {now_online, next_to_go()};
}

void ScaleDesk::shut_down(TimePoint now) {
    for (const Request& one : std::exchange(waiting_, {})) {
        answer_failure(one, "guest-scale-agent ends", false);
    }
    ending_ = true;
    if (change_ && change_->phase == Phase::HelperAdds) {
        succeed(now);
    } else if (busy() && change_->phase != Phase::Switching) {
        fail("guest-scale-agent ends", now);
    }
}

// ---- what can be seen -------------------------------------------------------------------------------------

std::optional<Phase> ScaleDesk::phase() const {
    return change_ ? std::optional(change_->phase) : std::nullopt;
}

std::optional<wire::CpuSet> ScaleDesk::online() const {
    const auto state = cpus_.state();
    return state ? std::optional(state->online) : std::nullopt;
}

std::optional<wire::Cpu> ScaleDesk::next_to_go() const {
    const auto view = cpus_.view();
    const auto choice = view ? guestscale::choose_down(*view, {}, {}) : std::nullopt;
    return choice ? std::optional(choice->cpu) : std::nullopt;
}

void ScaleDesk::note(bool warning, std::string text) {
    effects_.emplace_back(Note{warning, std::move(text)});
}

}  // namespace vnf::scale
