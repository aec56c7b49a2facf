// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Fan-out and fan-in of one action.
#include "guest-client/action_runner.hpp"

#include <chrono>
#include <utility>

namespace vnf::guest {

using runtime::Milliseconds;
using runtime::TimePoint;

ActionRunner::ActionRunner(ApplicationTable& applications, ApplicationSink& sink, Scripts& scripts,
                           HostSession& session, RandomId random)
    : applications_(applications),
      sink_(sink),
      scripts_(scripts),
      session_(session),
      random_(std::move(random)) {}

void ActionRunner::start(const HostSession::StartAction& order, TimePoint now) {
    ActionSpec spec{order.request.event,   order.request.notification,
                    order.request.timeout, return_allowance(order.request.timeout, order.action_control),
                    order.request.origin,  order.action_control};
    running_.emplace(
        Running{order.serial, static_cast<std::uint32_t>(random_()), now, Action(std::move(spec), now)});
    ask_applications(now);
    ask_script(now);
    running_->action.seal();
}

void ActionRunner::ask_applications(TimePoint now) {
    Action& action = running_->action;
    const ActionSpec& spec = action.spec();
    for (const Application* app : applications_.registered()) {
        const Registration& registration = app->registration();
        const Milliseconds given =
            action.ask(app->key(), registration.name, registration.limit(spec.event, spec.notification), now);
        const wire::RecordActionNotify notify{running_->id, spec.event, spec.notification,
                                              static_cast<std::uint32_t>(given.count()), spec.origin};
        if (!sink_.send(app->key(), notify, app->version())) {
            action.failed(app->key(), "can't be reached");
        }
    }
}

void ActionRunner::ask_script(TimePoint now) {
    if (!scripts_.has_event_script()) {
        return;
    }
    Action& action = running_->action;
    const Milliseconds all = action.spec().timeout - action.spec().allowance;
    const Milliseconds limit = action.ask(script_voice, "event script", scripts_.event_limit(all), now);
    scripts_.run_event(
        action.spec().event, action.spec().notification, limit,
        [this, serial = running_->serial](const EventFinding& finding) { on_script_(serial, finding); });
}

void ActionRunner::stop(const HostSession::StopAction& order) {
    if (!running_ || running_->serial != order.serial) {
        return;
    }
    switch (order.reason) {
        case HostSession::StopReason::HostCancelled:
        case HostSession::StopReason::Superseded:
            running_->action.abandon(wire::CancelReason::HostCancelled);
            break;
        case HostSession::StopReason::HostLost:
            running_->action.abandon(wire::CancelReason::HostLost);
            break;
    }
    perform_all(runtime::never);
    running_.reset();
}

void ActionRunner::extended(const HostSession::Extended& answer, TimePoint now) {
    if (running_ && running_->serial == answer.serial) {
        running_->action.host_extended(answer.granted, answer.remaining, now);
    }
}

void ActionRunner::answered(ApplicationKey key, const wire::RecordActionResponse& response) {
    if (!running_ || response.invocation_id != running_->id || !running_->action.waits_for(key)) {
        ++counters_.stray_answers;
        return;
    }
    running_->action.answered(key, response.vote, response.log);
}

void ActionRunner::extend(ApplicationKey key, const wire::RecordActionExtend& wish, TimePoint now) {
    const bool ours = running_ && wish.invocation_id == running_->id && running_->action.waits_for(key);
    const Milliseconds extra(wish.extra_ms);
    if (!ours || extra.count() == 0 || extra > wire::extension_most) {
        ++counters_.extensions_refused;
        sink_.send(key, wire::RecordActionExtended{wish.invocation_id, false, 0}, wire::RecordVersion::V3);
        return;
    }
    running_->action.extend(key, extra, wish.log, now);
}

void ActionRunner::left(ApplicationKey key, bool failed, const std::string& reason) {
    if (!running_) {
        return;
    }
    if (failed) {
        running_->action.failed(key, reason);
    } else {
        running_->action.deregistered(key);
    }
}

void ActionRunner::script_ended(HostSession::ActionSerial serial, const EventFinding& finding) {
    if (running_ && running_->serial == serial) {
        running_->action.answered(script_voice, finding.vote, finding.text);
    }
}

void ActionRunner::timer(TimePoint now) {
    if (running_) {
        running_->action.timer(now);
    }
}

TimePoint ActionRunner::next_deadline() const {
    return running_ ? running_->action.next_deadline() : runtime::never;
}

void ActionRunner::settle(TimePoint now) {
    perform_all(now);
    if (!running_ || !running_->action.decision()) {
        return;
    }
    // Out of the way first: the session may answer with the next order.
    Running done = std::move(*running_);
    running_.reset();
    const Decision& decision = *done.action.decision();
    ++counters_.results.at(static_cast<std::size_t>(decision.result));
    counters_.latency.observe(now - done.started);
    last_ =
        DecidedAction{done.action.spec().event, done.action.spec().notification, done.action.spec().origin,
                      decision, std::chrono::duration_cast<Milliseconds>(now - done.started)};
    session_.action_decided(done.serial, decision.result, decision.log, now);
}

void ActionRunner::perform_all(TimePoint now) {
    while (running_) {
        const auto effects = running_->action.take_effects();
        if (effects.empty()) {
            return;
        }
        host_refused_ = false;
        for (const Action::Effect& effect : effects) {
            std::visit([this](const auto& one) { perform(one); }, effect);
        }
        if (host_refused_) {
            running_->action.host_extended(false, Milliseconds(0), now);
        }
    }
}

void ActionRunner::perform(const Action::Dismiss& effect) {
    if (effect.key == script_voice) {
        scripts_.cancel_event();
        return;
    }
    const Application* app = applications_.find(effect.key);
    if (app != nullptr && app->version() == wire::RecordVersion::V3) {
        sink_.send(effect.key, wire::RecordActionCancel{running_->id, effect.reason, {}},
                   wire::RecordVersion::V3);
    }
}

void ActionRunner::perform(const Action::AnswerExtension& effect) {
    ++(effect.granted ? counters_.extensions_granted : counters_.extensions_refused);
    const auto remaining = static_cast<std::uint32_t>(effect.remaining.count());
    sink_.send(effect.key, wire::RecordActionExtended{running_->id, effect.granted, remaining},
               wire::RecordVersion::V3);
}

void ActionRunner::perform(const Action::AskHost& effect) {
    host_refused_ = !session_.ask_extension(running_->serial, effect.extra, effect.log);
}

}  // namespace vnf::guest
