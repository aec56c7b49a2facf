// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See guest_session.hpp.
#include "host-agent/guest_session.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "host-agent/qmp_run_state.hpp"

namespace vnf::host {

namespace {

using runtime::Clock;

/// A guest that does not read has been silent long before this fills: challenges stop with the first loss.
constexpr std::size_t write_queue = 16 * 1024;
constexpr std::uint64_t journal_burst = 50;
constexpr Milliseconds journal_period{100};

runtime::PortOptions port_options(GuestOrigin origin) {
    runtime::PortOptions options;
    options.write_queue_limit = write_queue;
    options.only_sockets = origin == GuestOrigin::Discovered;
    return options;
}

JournalFields corrective_fields(const Corrective& what) {
    return {{"action", std::string(word(what.action))},
            {"cause", std::string(what.cause)},
            {"application", what.application},
            {"reason", what.reason}};
}

}  // namespace

GuestSession::GuestSession(SessionContext& context, GuestSpec spec, OnIdle on_idle)
    : context_(context),
      spec_(std::move(spec)),
      on_idle_(std::move(on_idle)),
      channel_(context.rules, context.random, context.counters),
      runner_(context.corrective, context.budgets),
      journal_budget_(journal_burst, journal_period),
      state_since_(Clock::now()),
      port_(context.io, spec_.socket, port_options(spec_.origin), *this) {
    if (!spec_.qmp.empty()) {
        source_ = std::make_unique<QmpRunState>(context.io, spec_.qmp);
        channel_.monitor().has_run_state_source(true);
    }
}

GuestSession::~GuestSession() {
    port_.stop();
    context_.deadlines.set(*this, runtime::never);
    if (OnDecided on_decided = std::exchange(on_decided_, nullptr)) {
        boost::asio::post(context_.io, [on_decided = std::move(on_decided), action = channel_.action()] {
            on_decided(action->interrupted("the instance was removed", Clock::now()));
        });
    }
}

void GuestSession::start() {
    port_.start();
}

/// Runs one step of the pure core, carries its effects out and sets the next deadline.
template <typename Step>
void GuestSession::run(Step step) {
    const TimePoint now = Clock::now();
    Effects effects = std::exchange(context_.effects, Effects());
    step(now, effects);
    for (Effect& effect : effects) {
        apply(effect, now);
    }
    effects.clear();
    context_.effects = std::move(effects);
    settle(now);
}

void GuestSession::settle(TimePoint now) {
    const GuestState state = channel_.monitor().state();
    if (state != seen_state_) {
        seen_state_ = state;
        state_since_ = now;
    }
    context_.deadlines.set(*this, std::min(channel_.deadline(), runner_.deadline()));
}

void GuestSession::apply(Effect& effect, TimePoint now) {
    std::visit([this, now](auto& one) { carry_out(one, now); }, effect);
}

void GuestSession::port_up() {
    closing_ = false;
    run([this](TimePoint now, Effects& out) { channel_.connected(now, out); });
}

void GuestSession::port_down(std::string_view why) {
    const ClosedBy by = std::exchange(closing_, false) ? ClosedBy::Us : ClosedBy::Guest;
    const bool gone = by == ClosedBy::Guest && channel_.monitor().in_session();
    context_.counters.gone += gone ? 1 : 0;
    run([this, by, why](TimePoint now, Effects& out) { channel_.disconnected(by, why, now, out); });
    on_idle_(spec_.id);
}

void GuestSession::port_bytes(std::string_view bytes) {
    run([this, bytes](TimePoint now, Effects& out) { channel_.bytes(bytes, now, out); });
}

void GuestSession::due(TimePoint) {
    // The time is taken anew: with many guests due at once the first one's is old for the last.
    run([this](TimePoint now, Effects& out) {
        channel_.due(now, out);
        CorrectiveSteps steps;
        runner_.due(now, steps);
        carry_out(steps, now);
    });
}

GuestChannel::Beginning GuestSession::begin_action(ActionRequest request, OnDecided on_decided) {
    GuestChannel::Beginning beginning = GuestChannel::Busy{};
    run([this, &beginning, &request](TimePoint now, Effects& out) {
        beginning = channel_.begin_action(std::move(request), now, out);
    });
    if (std::holds_alternative<GuestChannel::Asked>(beginning)) {
        on_decided_ = std::move(on_decided);
    }
    return beginning;
}

bool GuestSession::cancel_action(const std::string& reason) {
    bool cancelled = false;
    run([this, &cancelled, &reason](TimePoint now, Effects& out) {
        cancelled = channel_.cancel_action(reason, now, out);
    });
    return cancelled;
}

void GuestSession::set_reporting(bool enabled) {
    if (std::exchange(spec_.reporting, enabled) != enabled) {
        record(JournalKind::ReportingChanged, {{"enabled", enabled}});
    }
}

void GuestSession::rules_changed() {
    runner_.rules_changed();
}

// ---- effects -------------------------------------------------------------------------------------------

void GuestSession::carry_out(SendMessage& effect, TimePoint) {
    ++context_.counters.messages_sent;
    if (auto* ack = std::get_if<wire::InitAck>(&effect.message);
        ack != nullptr && context_.observer != nullptr && ack->capabilities.has(wire::Capability::Scale)) {
        ack->offline_cpus = context_.observer->offline_cpus(spec_.id);
    }
    if (port_.send(channel_.encode(effect.message)) != runtime::SendOutcome::Accepted) {
        ++context_.counters.send_failures;
    }
}

void GuestSession::carry_out(AskRunState&, TimePoint) {
    source_->ask([weak = weak_from_this()](RunState state, std::string_view detail) {
        if (const auto self = weak.lock()) {
            self->run([&self, state, detail](TimePoint now, Effects& out) {
                self->channel_.monitor().run_state(state, detail, now, out);
            });
        }
    });
}

void GuestSession::carry_out(Corrective& effect, TimePoint now) {
    CorrectiveSteps steps;
    runner_.request(std::move(effect), context_.reporting && spec_.reporting, now, steps);
    carry_out(steps, now);
}

void GuestSession::carry_out(Recovered&, TimePoint now) {
    CorrectiveSteps steps;
    runner_.recovered(steps);
    carry_out(steps, now);
}

void GuestSession::carry_out(Reconnect& effect, TimePoint) {
    closing_ = true;
    ++context_.counters.reconnects;
    port_.reconnect(effect.pause);
}

void GuestSession::carry_out(Report& effect, TimePoint now) {
    if (context_.observer != nullptr) {
        context_.observer->guest_event(spec_.id, effect.kind, effect.fields);
    }
    if (is_guest_driven(effect.kind) && !journal_budget_.take(now)) {
        ++context_.counters.journal_suppressed;
        return;
    }
    record(effect.kind, effect.fields);
}

void GuestSession::carry_out(Decided& effect, TimePoint) {
    if (OnDecided on_decided = std::exchange(on_decided_, nullptr)) {
        boost::asio::post(context_.io, [on_decided = std::move(on_decided),
                                        outcome = std::move(effect.outcome)] { on_decided(outcome); });
    }
}

void GuestSession::carry_out(TellMetrics& effect, TimePoint) {
    if (context_.observer != nullptr) {
        context_.observer->guest_metrics(spec_.id, effect.values);
    }
}

void GuestSession::carry_out(CorrectiveSteps& steps, TimePoint now) {
    for (CorrectiveStep& step : steps) {
        if (auto* start = std::get_if<CorrectiveStart>(&step)) {
            begin_corrective(*start, now);
        } else {
            give_up_corrective(std::get<CorrectiveVerdict>(step));
        }
    }
}

void GuestSession::begin_corrective(CorrectiveStart& start, TimePoint now) {
    ++context_.counters.corrective_started;
    JournalFields fields = corrective_fields(start.what);
    fields.emplace_back("attempt", std::int64_t{start.attempt});
    if (context_.observer != nullptr) {
        context_.observer->guest_event(spec_.id, JournalKind::CorrectiveStarted, fields);
    }
    const std::uint64_t event = context_.recorder.record(JournalKind::CorrectiveStarted, spec_.id, fields);
    context_.actuator->run({spec_.id, start.what, start.attempt, event},
                           [weak = weak_from_this(), what = start.what, now](const ActuatorResult& result) {
                               if (const auto self = weak.lock()) {
                                   self->corrective_ended(what, result, now);
                               }
                           });
}

void GuestSession::corrective_ended(const Corrective& what, const ActuatorResult& result, TimePoint begun) {
    const TimePoint now = Clock::now();
    context_.counters.corrective_latency.observe(now - begun);
    JournalFields fields = corrective_fields(what);
    fields.emplace_back("detail", result.detail);
    if (result.succeeded) {
        ++context_.counters.corrective_done;
    } else {
        ++context_.counters.corrective_failed;
    }
    record(result.succeeded ? JournalKind::CorrectiveDone : JournalKind::CorrectiveFailed, fields);
    CorrectiveSteps steps;
    runner_.finished(result.succeeded, now, steps);
    carry_out(steps, now);
    settle(now);
    on_idle_(spec_.id);
}

bool GuestSession::idle() const {
    return !port_.up() && !runner_.running() && !runner_.waiting();
}

void GuestSession::give_up_corrective(CorrectiveVerdict& verdict) {
    // The failed runs themselves were counted as they ended.
    context_.counters.corrective_dropped += verdict.kind == JournalKind::CorrectiveDropped ? 1 : 0;
    context_.counters.corrective_suppressed += verdict.kind == JournalKind::CorrectiveSuppressed ? 1 : 0;
    JournalFields fields = corrective_fields(verdict.what);
    fields.emplace_back("why", std::move(verdict.reason));
    Report report{verdict.kind, std::move(fields)};
    carry_out(report, Clock::now());
}

void GuestSession::record(JournalKind kind, const JournalFields& fields) {
    context_.recorder.record(kind, spec_.id, fields);
}

}  // namespace vnf::host
