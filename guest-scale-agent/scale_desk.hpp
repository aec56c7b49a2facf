// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The state machine of scale requests: what is asked of whom, which vCPU goes, when it is too late, and the one answer of
// each. Pure: events and times in, effects out; sysfs, the helper, sockets and the disk are others'.
//
// Policy.
// - One change at a time; 16 wait in the order of their arrival. Each is answered once and before its deadline, also
//   while it waits (ScaleTimes). A status request is answered at once.
// - Down: the helper names the vCPU; else an application; else it is the highest online one that can go (never 0). The
//   helper may name one that is offline already, which is a success (specification 4.5). Up: the host names it; the
//   helper is told afterwards, and what comes of that is only logged.
// - Applications are asked before a change. While the choice is open, which vCPU they would give up; when it is made,
//   everybody but who chose it is told. One refusal ends a down. Silence, and leaving, count as ready.
// - A helper or an application that is late is not waited for; what it says later is ignored.
// - A kernel that does not come back: the answer is a failure at its time, and the next change waits until the kernel
//   has ended the first, since two at once have no order.
// - Every answer shows the set as it was read after the change, and in the same turn. A set that changed without us is told to the
//   applications and counted.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "guest-scale-agent/applications.hpp"
#include "guest-scale-agent/cpu_source.hpp"
#include "guest-scale-agent/scale_times.hpp"
#include "wire/scale_message.hpp"
#include "wire/scale_record.hpp"

namespace vnf::scale {

enum class Phase : std::uint8_t {
    HelperChooses,        ///< the helper runs with --cpu_del
    ApplicationsChoose,   ///< applications were asked which vCPU to give up
    ApplicationsPrepare,  ///< applications were told which vCPU it is
    Switching,            ///< the kernel switches it
    HelperAdds,           ///< the change is made; the helper runs with --cpu_add
    Overdue,              ///< answered as a failure; the kernel is still at it
};
std::string_view word(Phase phase);

/// Who named the vCPU.
enum class ChosenBy : std::uint8_t { Helper, Application, Default, Host };
std::string_view word(ChosenBy chooser);

/// How the helper ended.
struct HelperEnd {
    std::optional<wire::Cpu> choice;  ///< of --cpu_del: what its exit status names
    std::string what;                 ///< "exited with status 3"
    bool late = false;                ///< killed at its deadline, which may be seen before the desk's own
};
/// How a change ended.
struct SwitchEnd {
    bool done = false;    ///< written, or already so, and read back
    std::string problem;  ///< why not
};

struct ScaleCounters {
    std::uint64_t requests = 0, downs = 0, ups = 0, statuses = 0, failures = 0, refused = 0,
                  refused_to_old_hosts = 0, too_many = 0, too_late = 0, overdue = 0, late_ends = 0,
                  helper_runs = 0, helper_late = 0, silent_applications = 0, unexpected_records = 0,
                  changed_elsewhere = 0;
};

/// For operators: the last change that was answered.
struct LastChange {
    wire::ScaleDirection direction{};
    std::optional<wire::Cpu> cpu;
    ChosenBy chooser{};
    std::string result;  ///< "success", or the reason
    runtime::Milliseconds took{0};
};

class ScaleDesk {
  public:
    static constexpr std::size_t queue_limit = 16;
    /// A rule of the guest's own may bring back at once what we took; looked at again after this.
    static constexpr std::chrono::seconds look_again{1};

    struct RunHelper {
        wire::ScaleDirection direction;
        std::optional<wire::Cpu> cpu;  ///< of an up
        wire::CpuSet expected;         ///< of an up
        runtime::Milliseconds time;
    };
    struct StopHelper {};
    struct Switch {
        wire::Cpu cpu;
        bool online;
        runtime::TimePoint not_after;  ///< looked at once more by whoever writes
    };
    struct Tell {
        std::vector<ApplicationKey> whom;
        wire::ScaleAgentRecord record;
    };
    struct Expel {
        ApplicationKey whom;
        std::string_view why;
    };
    struct Reply {
        std::string to;
        wire::ScaleResponse response;
        wire::ScalePeer peer;
    };
    /// What is to be offline after the next boot.
    struct Remember {
        wire::CpuSet offline;
    };
    struct Note {  ///< for the log
        bool warning;
        std::string text;
    };
    using Effect = std::variant<RunHelper, StopHelper, Switch, Tell, Expel, Reply, Remember, Note>;

    /// `cpus` outlives the desk. Without a helper none is ever run.
    ScaleDesk(const CpuSource& cpus, ApplicationLimits limits, bool helper);

    void requested(std::string reply_to, const wire::ScaleRequest& request, runtime::TimePoint now);
    /// A request that was no good, and its answer.
    void refused(std::string reply_to, wire::ScaleRefused refused);
    void helper_ended(const HelperEnd& end, runtime::TimePoint now);
    void switched(const SwitchEnd& end, runtime::TimePoint now);
    /// The set may have changed.
    void look(runtime::TimePoint now);
    void timer(runtime::TimePoint now);

    ApplicationKey application_opened(ApplicationPeer peer, runtime::TimePoint now);
    void application_said(ApplicationKey key, const wire::ScaleClientRecord& record, runtime::TimePoint now);
    void application_closed(ApplicationKey key, runtime::TimePoint now);

    void apply(ApplicationLimits limits, bool helper);

    runtime::TimePoint next_deadline() const;
    std::vector<Effect> take_effects();

    const Applications& applications() const { return applications_; }
    const ScaleCounters& counters() const { return counters_; }
    std::optional<Phase> phase() const;
    std::size_t waiting() const { return waiting_.size(); }
    const std::optional<LastChange>& last() const { return last_; }
    /// The daemon ends: answers everything but a change that the kernel is at, and from now on everything at once.
    void shut_down(runtime::TimePoint now);
    /// Somebody still waits for an answer that a change under way will give.
    bool busy() const { return change_ && change_->phase != Phase::Overdue; }

    /// What would go if nobody chose.
    std::optional<wire::Cpu> next_to_go() const;

  private:
    struct Request {
        std::string reply_to;
        wire::ScaleRequest request;
        runtime::TimePoint arrived;
        ScaleTimes times;
    };
    struct Change {
        Request request;
        Phase phase = Phase::HelperChooses;
        runtime::TimePoint deadline = runtime::never;
        wire::ScaleDirection direction{};
        std::uint32_t event = 0;
        std::optional<wire::Cpu> cpu{};
        ChosenBy chooser = ChosenBy::Default;
        bool idle = false;  ///< all is as wanted already
    };

    void take(ApplicationKey key, const wire::ScaleHello& hello, runtime::TimePoint now);
    void take(ApplicationKey key, const wire::ScaleReady& ready, runtime::TimePoint now);
    void take(ApplicationKey key, const wire::ScaleRefuse& refuse, runtime::TimePoint now);
    void take(ApplicationKey key, const wire::ScaleChoose& choose, runtime::TimePoint now);
    Application* asked(ApplicationKey key, std::uint32_t event);

    void begin_next(runtime::TimePoint now);
    void begin(runtime::TimePoint now);
    void run_helper(Phase phase, runtime::TimePoint until, runtime::TimePoint now);
    void let_applications_choose(runtime::TimePoint now);
    void applications_chose(runtime::TimePoint now);
    void decided(wire::Cpu cpu, ChosenBy chooser, const std::optional<CpuState>& state,
                 runtime::TimePoint now);
    void applications_answered(runtime::TimePoint now);
    void write(runtime::TimePoint now);
    void switch_failed(const std::string& problem, runtime::TimePoint now);
    void made(const CpuState& state, runtime::TimePoint now);
    void ended_late(const SwitchEnd& end, runtime::TimePoint now);
    void phase_over(runtime::TimePoint now);

    void about(std::optional<wire::Cpu> cpu, const std::vector<ApplicationKey>& whom, runtime::TimePoint now);
    void tell_end(const wire::ScaleAgentRecord& record, const wire::CpuSet& online);
    void remember(const wire::CpuSet& offline);
    void succeed(runtime::TimePoint now);
    void succeed(const wire::CpuSet& online, runtime::TimePoint now);
    void fail(std::string reason, runtime::TimePoint now, bool refused = false);
    void answer_failure(const Request& request, std::string reason, bool refused);
    void close_change(std::string result, runtime::TimePoint now);
    void note(bool warning, std::string text);
    std::optional<wire::CpuSet> online() const;
    wire::ScaleState state_of(const wire::CpuSet& online) const;

    const CpuSource& cpus_;
    bool helper_, ending_ = false;
    Applications applications_;
    std::deque<Request> waiting_;
    std::optional<Change> change_;
    std::uint32_t last_event_ = 0;
    std::optional<wire::CpuSet> known_;       ///< as we last saw it
    std::optional<wire::CpuSet> remembered_;  ///< what Remember said last
    runtime::TimePoint look_at_ = runtime::never;
    std::optional<LastChange> last_;
    std::vector<Effect> effects_;
    ScaleCounters counters_;
};

}  // namespace vnf::scale
