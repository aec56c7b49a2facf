// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// host-agent with 1 to 10,000 guests at 1 Hz: sockets of one responder process in place of VMs, found by the
// watch of their directory. Its processor time, wake-ups and memory, beside a floor that writes and reads the
// same lines.
#include <fmt/core.h>

#include <sstream>

#include "bench_binaries.hpp"
#include "tests/bench/footprint.hpp"
#include "tests/bench/measures.hpp"
#include "tests/harness/deadline.hpp"

namespace vnf::bench {
namespace {

using namespace std::chrono_literals;

constexpr double whole_core = 100;

struct Answered {
    std::size_t connected = 0;
    std::uint64_t challenges = 0;
};

/// A directory of guests and the process behind them.
class Crowd {
  public:
    explicit Crowd(std::size_t count)
        : count_(count), responder_({guests_path, directory_.path(), std::to_string(count), "1000"}) {}

    std::string directory() const { return directory_.path(); }
    Answered ask() {
        Answered answered;
        std::istringstream(responder_.ask()) >> answered.connected >> answered.challenges;
        return answered;
    }
    /// Until every guest was challenged: all are connected, initialised and asked.
    std::chrono::milliseconds await_all() {
        const auto start = harness::Clock::now();
        const harness::Deadline deadline(120s);
        for (Answered now = ask(); now.connected < count_ || now.challenges < count_; now = ask()) {
            if (deadline.passed())
                throw std::runtime_error(
                    fmt::format("only {} of {} guests are served", now.connected, count_));
            window(20ms);
        }
        return std::chrono::duration_cast<std::chrono::milliseconds>(harness::Clock::now() - start);
    }

  private:
    harness::ScratchDirectory directory_;
    std::size_t count_;
    Program responder_;
};

struct Cost {
    double core_percent = 0, wakeups = 0, answers = 0;
    Memory memory;
};

Cost cost_of(pid_t pid, Crowd& crowd, std::chrono::seconds length) {
    const auto time_before = processor_time_of(pid);
    const auto waits_before = waits_of(pid);
    const Answered before = crowd.ask();
    window(length);
    const Answered after = crowd.ask();
    const auto seconds = static_cast<double>(length.count());
    const std::chrono::duration<double> used = processor_time_of(pid) - time_before;
    return {100 * used.count() / seconds, static_cast<double>(waits_of(pid) - waits_before) / seconds,
            static_cast<double>(after.challenges - before.challenges) / seconds, memory_of(pid)};
}

Cost floor_cost(std::size_t count, std::chrono::seconds length) {
    Crowd crowd(count);
    const Program host({floor_host_path, "beat", crowd.directory(), std::to_string(count)});
    crowd.await_all();
    return cost_of(host.pid(), crowd, length);
}

void rows(Report& report, const Options& options, std::size_t count) {
    const auto length = options.quick ? 3s : 15s;
    Crowd crowd(count);
    const HostAgent host({"--directory", crowd.directory()});
    const auto attach = crowd.await_all();
    window(2s);  // the attach storm is over, and every guest has its own phase
    const Cost ours = cost_of(host.pid(), crowd, length);
    const auto lost = harness::number(host.get("/v1/status").at("states").as_object(), "lost");
    const Cost floor = floor_cost(count, length);
    const std::string who = fmt::format("host-agent, {} guest{} at 1 Hz", count, count == 1 ? "" : "s");
    report.add({who + ", share of a core", "%", ours.core_percent, floor.core_percent,
                count == 10000 ? "< 100" : "",
                count == 10000 ? std::optional(ours.core_percent < whole_core) : std::nullopt});
    report.add({who + ", challenges answered", "1/s", ours.answers, floor.answers,
                fmt::format(">= {:.2f}", 0.95 * static_cast<double>(count)),
                ours.answers >= 0.95 * static_cast<double>(count)});
    report.add({who + ", guests lost", "", static_cast<double>(lost), std::nullopt, "0", lost == 0});
    report.add({who + ", wake-ups", "1/s", ours.wakeups, floor.wakeups, fmt::format("<= {}", 2 * count + 1),
                ours.wakeups <= 2.0 * static_cast<double>(count) + 1});
    report.add(
        {who + ", resident", "KiB", ours.memory.resident_kib, floor.memory.resident_kib, "", std::nullopt});
    report.add(
        {who + ", private", "KiB", ours.memory.private_kib, floor.memory.private_kib, "", std::nullopt});
    report.add({who + ", all attached after", "ms", static_cast<double>(attach.count()), std::nullopt, "",
                std::nullopt});
}

}  // namespace

void measure_scale(Report& report, const Options& options) {
    for (const std::size_t count : {1U, 100U, 1000U, 10000U}) {
        if (!options.quick || count <= 100)
            rows(report, options, count);
    }
}

}  // namespace vnf::bench
