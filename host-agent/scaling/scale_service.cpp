// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_service.hpp.
#include "host-agent/scaling/scale_service.hpp"

#include <algorithm>

#include "host-agent/scaling/scale_address.hpp"
#include "runtime/log.hpp"

namespace vnf::host {

namespace {

using runtime::Clock;

constexpr std::uint64_t journal_burst = 20;
constexpr Milliseconds journal_period{1000};

}  // namespace

/// One guest of the service. Destroyed only between two turns of its own (take_over comes from the loop).
class ScaleService::Guest final : public std::enable_shared_from_this<Guest>, private DeadlineEntry {
  public:
    Guest(ScaleService& service, std::string id, std::shared_ptr<const ScalingSpec> spec,
          const ScaleAccount& account)
        : service_(service),
          id_(std::move(id)),
          spec_(std::move(spec)),
          address_(scale_address_of(spec_->instance)),
          scaling_(service.rules_, *spec_, account),
          journal_budget_(journal_burst, journal_period) {}
    ~Guest() {
        service_.deadlines_.set(*this, runtime::never);
        if (on_decided_) {
            on_decided_(
                {ScaleTask::Check, std::nullopt, ScaleResult::Failed, "removed", "the settings changed"});
        }
    }

    /// Runs one step of the pure core, carries its effects out and sets the next deadline.
    template <typename Step>
    void run(Step step) {
        const auto self = shared_from_this();
        const TimePoint now = Clock::now();
        ScaleEffects effects;
        step(scaling_, now, effects);
        for (ScaleEffect& effect : effects) {
            std::visit([this](auto& one) { carry_out(one); }, effect);
        }
        service_.deadlines_.set(*this, scaling_.deadline());
    }

    GuestScaling& scaling() { return scaling_; }
    const ScalingSpec& spec() const { return *spec_; }
    const std::string& address() const { return address_; }
    void wait_for(OnDecided on_decided) { on_decided_ = std::move(on_decided); }

  private:
    void due(TimePoint) override {
        run([](GuestScaling& scaling, TimePoint now, ScaleEffects& out) { scaling.due(now, out); });
    }
    void carry_out(const AskScale& effect);
    void carry_out(const NackScale& effect);
    void carry_out(const ActuateScale& effect);
    void carry_out(const KeepAccount& effect);
    void carry_out(const LateScale&) {}  // counted with its report
    void carry_out(const ScaleDecided& effect);
    void carry_out(const Report& effect);
    void count(const ScaleOutcome& outcome);

    ScaleService& service_;
    std::string id_;
    std::shared_ptr<const ScalingSpec> spec_;
    std::string address_;
    GuestScaling scaling_;
    OnDecided on_decided_;
    runtime::RateBudget journal_budget_;
    std::uint64_t event_ = 0;  ///< of the journal's last scale_started
    TimePoint begun_{};
};

// ---- effects -------------------------------------------------------------------------------------------

void ScaleService::Guest::carry_out(const AskScale& effect) {
    service_.counters_.checks += std::holds_alternative<wire::ScaleStatus>(effect.request.change) ? 1 : 0;
    // A question that the port did not take is one without an answer: its time runs out.
    if (!service_.host_.send_scale(id_, encode(effect.request), address_)) {
        runtime::log_warning("a scale request was not sent", {{"instance", id_}});
    }
}

void ScaleService::Guest::carry_out(const NackScale& effect) {
    ++service_.counters_.nacks;
    service_.host_.send_scale(id_, encode(effect.nack), address_);
}

void ScaleService::Guest::carry_out(const ActuateScale& effect) {
    const bool up = effect.direction == wire::ScaleDirection::Up;
    wire::CpuSet after = scaling_.account().host;
    up ? after.insert(effect.cpu) : after.erase(effect.cpu);
    service_.host_.actuator().scale(
        {id_, effect.direction, effect.cpu, after, scaling_.cause(), event_},
        [weak = weak_from_this()](const ActuatorResult& result) {
            if (const auto self = weak.lock()) {
                self->run([&result](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
                    scaling.actuated(result.succeeded, result.detail, now, out);
                });
            }
        });
}

void ScaleService::Guest::carry_out(const KeepAccount& effect) {
    const ScaleAccount& account = scaling_.account();
    const std::string error =
        service_.store_.save(id_, {account.limits.max, account.offline(), effect.pending});
    if (!error.empty()) {
        ++service_.counters_.keep_failures;
        service_.recorder_.record(JournalKind::ScaleNotKept, id_, {{"reason", error}});
    }
}

void ScaleService::Guest::carry_out(const ScaleDecided& effect) {
    count(effect.outcome);
    if (OnDecided on_decided = std::exchange(on_decided_, nullptr)) {
        on_decided(effect.outcome);
    }
}

void ScaleService::Guest::count(const ScaleOutcome& outcome) {
    ScaleCounters& counters = service_.counters_;
    counters.refused += outcome.code == "refused" ? 1 : 0;
    counters.no_answer += outcome.code == "no_answer" ? 1 : 0;
    const auto result = static_cast<std::size_t>(outcome.result);
    switch (outcome.task) {
        case ScaleTask::Up:
            ++counters.up[result];
            break;
        case ScaleTask::Down:
            ++counters.down[result];
            break;
        case ScaleTask::Reconcile:
            ++counters.reconcile[result];
            break;
        case ScaleTask::Check:
        case ScaleTask::Resume:
            return;
    }
    counters.latency.observe(Clock::now() - begun_);
}

void ScaleService::Guest::carry_out(const Report& effect) {
    service_.counters_.diverged += effect.kind == JournalKind::ScaleDiverged ? 1 : 0;
    service_.counters_.late += effect.kind == JournalKind::ScaleLate ? 1 : 0;
    if (is_guest_driven(effect.kind) && !journal_budget_.take(Clock::now())) {
        return;
    }
    const std::uint64_t number = service_.recorder_.record(effect.kind, id_, effect.fields);
    if (effect.kind == JournalKind::ScaleStarted) {
        event_ = number;
        begun_ = Clock::now();
    }
}

// ---- guests --------------------------------------------------------------------------------------------

ScaleService::ScaleService(EventRecorder& recorder, DeadlineTimer& deadlines, ScaleHost& host,
                           const ScaleSettings& settings)
    : recorder_(recorder),
      deadlines_(deadlines),
      host_(host),
      rules_(settings.rules),
      store_(settings.state_directory) {}

ScaleService::~ScaleService() = default;

void ScaleService::take_over(const ScaleSettings& settings, const Specs& specs) {
    rules_ = settings.rules;
    std::map<std::string, KeptAccount> changed;
    for (auto one = guests_.begin(); one != guests_.end();) {
        const auto wanted = specs.find(one->first);
        const bool same = wanted != specs.end() && *wanted->second == one->second->spec();
        if (same) {
            ++one;
            continue;
        }
        const ScaleAccount& account = one->second->scaling().account();
        changed[one->first] = {account.limits.max, account.offline(), std::nullopt};
        one = guests_.erase(one);
    }
    for (const auto& [id, spec] : specs) {
        if (!guests_.contains(id)) {
            const auto before = changed.find(id);
            add(id, spec, before == changed.end() ? std::nullopt : std::optional(before->second));
        }
    }
}

/// `before`: of an entry that the settings changed; what is kept may say more, of an operation that this has ended.
void ScaleService::add(const std::string& id, const std::shared_ptr<const ScalingSpec>& spec,
                       const std::optional<KeptAccount>& before) {
    const auto kept = store_.load(id);
    ScaleAccount account(spec->limits);
    const auto* found = std::get_if<KeptAccount>(&kept);
    if (found != nullptr) {
        account = restored(spec->limits, *found);
    } else if (before) {
        account = restored(spec->limits, *before);
    }
    if (const auto* trouble = std::get_if<std::string>(&kept)) {
        recorder_.record(JournalKind::ScaleNotKept, id, {{"reason", *trouble}});
    }
    const auto added = std::make_shared<Guest>(*this, id, spec, account);
    guests_[id] = added;
    added->run([this, &id, found](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
        if (host_.messaging_connected(id)) {
            scaling.messaging_up(now);
            scaling.initialized(host_.scales(id), now, out);
        }
        if (found != nullptr && found->pending) {
            scaling.resume(*found->pending, now, out);
        }
    });
}

std::shared_ptr<ScaleService::Guest> ScaleService::guest(std::string_view id) const {
    const auto found = guests_.find(id);
    return found == guests_.end() ? nullptr : found->second;
}

const GuestScaling* ScaleService::find(std::string_view id) const {
    const auto found = guest(id);
    return found ? &found->scaling() : nullptr;
}

std::vector<std::string> ScaleService::ids() const {
    std::vector<std::string> ids;
    for (const auto& [id, guest] : guests_) {
        ids.push_back(id);
    }
    return ids;
}

// ---- what is asked of them -----------------------------------------------------------------------------

GuestScaling::Beginning ScaleService::begin(const std::string& id, ScaleTask task, std::string cause,
                                            OnDecided on_decided) {
    const auto one = guest(id);
    GuestScaling::Beginning beginning = GuestScaling::Beginning::NotConnected;
    if (!one) {
        return beginning;
    }
    one->run([&](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
        beginning = scaling.begin(task, std::move(cause), now, out);
        if (beginning == GuestScaling::Beginning::Begun) {
            one->wait_for(std::move(on_decided));
        }
    });
    return beginning;
}

std::string ScaleService::set_offline(const std::string& id, const wire::CpuSet& offline,
                                      const std::string& cause) {
    std::string error;
    if (const auto one = guest(id)) {
        one->run([&](GuestScaling& scaling, TimePoint, ScaleEffects& out) {
            error = scaling.set_offline(offline, cause, out);
        });
    }
    return error;
}

void ScaleService::metrics(const std::string& id, const wire::MetricValues& values) {
    if (const auto one = guest(id)) {
        counters_.metrics += values.size();
        one->run([&values](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
            scaling.metrics(values, now, out);
        });
    }
}

void ScaleService::initialized(const std::string& id) {
    if (const auto one = guest(id)) {
        one->run([this, &id](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
            scaling.initialized(host_.scales(id), now, out);
        });
    }
}

std::optional<wire::CpuSet> ScaleService::offline_of(const std::string& id) const {
    const GuestScaling* scaling = find(id);
    return scaling != nullptr ? std::optional(scaling->account().offline()) : std::nullopt;
}

std::string ScaleService::scale_address(const std::string& id) const {
    const auto one = guest(id);
    return one ? one->address() : std::string();
}

void ScaleService::messaging_up(const std::string& id) {
    if (const auto one = guest(id)) {
        one->run([this, &id](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
            scaling.messaging_up(now);
            scaling.initialized(host_.scales(id), now, out);
        });
    }
}

void ScaleService::messaging_down(const std::string& id) {
    if (const auto one = guest(id)) {
        one->run([](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
            scaling.messaging_down(now, out);
        });
    }
}

void ScaleService::scale_reply(const std::string& id, const wire::JsonText& data) {
    if (const auto one = guest(id)) {
        one->run([&data](GuestScaling& scaling, TimePoint now, ScaleEffects& out) {
            scaling.reply(data, now, out);
        });
    }
}

}  // namespace vnf::host
