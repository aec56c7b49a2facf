// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the daemons cost while little happens: memory with one and with many applications, and wake-ups per
// second, idle and at 1 Hz. A wake-up is accounted for when a message arrived or when a deadline passed that
// somebody asked for (an application's or a guest's challenge); the rest is ours alone, and there should be
// none.
#include <fmt/core.h>

#include "tests/bench/footprint.hpp"
#include "tests/bench/measures.hpp"
#include "tests/harness/deadline.hpp"

namespace vnf::bench {
namespace {

using Kind = GuestSide::Kind;

constexpr double resident_aim_kib = 6 * 1024;
constexpr double application_aim_kib = 16;
constexpr std::size_t many = 1000;

void memory_row(Report& report, const std::string& who, const Memory& ours, const Memory& floor,
                bool has_aim) {
    report.add({who + ", resident", "KiB", ours.resident_kib, floor.resident_kib, has_aim ? "<= 6 MB" : "",
                has_aim ? std::optional(ours.resident_kib <= resident_aim_kib) : std::nullopt});
    report.add({who + ", private", "KiB", ours.private_kib, floor.private_kib, "", std::nullopt});
}

struct Wakeups {
    double total = 0, messages = 0, deadlines = 0;
};

/// One more than accounted for is the edge of the window.
void wakeup_rows(Report& report, const std::string& who, const Wakeups& seen, double seconds) {
    const double rest = std::max(seen.total - seen.messages - seen.deadlines, 0.0);
    report.add({"wake-ups, " + who + ", all", "1/s", seen.total / seconds, std::nullopt, "", std::nullopt});
    report.add({"wake-ups, " + who + ", by messages at most", "1/s", seen.messages / seconds, std::nullopt,
                "", std::nullopt});
    report.add({"wake-ups, " + who + ", by deadlines asked for at most", "1/s", seen.deadlines / seconds,
                std::nullopt, "", std::nullopt});
    report.add({"wake-ups, " + who + ", unasked", "1/s", rest / seconds, std::nullopt, "0", rest <= 1});
}

void guest_client_idle(Report& report, double seconds) {
    const GuestSide guest(Kind::Ours);
    window(std::chrono::seconds(1));  // past the start
    const std::uint64_t before = waits_of(guest.pid());
    window(std::chrono::milliseconds(static_cast<int>(seconds * 1000)));
    wakeup_rows(report, "guest-client idle", {static_cast<double>(waits_of(guest.pid()) - before), 0, 0},
                seconds);
}

/// One host and one application at 1 Hz: each second brings a challenge, a challenge to the application
/// becomes due, and its response arrives.
void guest_client_beating(Report& report, int seconds) {
    const GuestSide guest(Kind::Ours);
    const auto host = drive(guest, Kind::Ours);
    const auto application = guest.applications(1, 1000);
    host->challenge();
    const std::uint64_t before = waits_of(guest.pid());
    for (int i = 0; i < seconds; ++i) {
        window(std::chrono::seconds(1));
        host->challenge();
    }
    const double messages = 2.0 * seconds + 1;
    wakeup_rows(report, "guest-client at 1 Hz",
                {static_cast<double>(waits_of(guest.pid()) - before), messages, 1.0 * seconds + 1}, seconds);
}

void host_agent_idle(Report& report, double seconds) {
    const HostAgent host(std::vector<std::string>{});
    window(std::chrono::seconds(1));
    const std::uint64_t before = waits_of(host.pid());
    window(std::chrono::milliseconds(static_cast<int>(seconds * 1000)));
    wakeup_rows(report, "host-agent idle", {static_cast<double>(waits_of(host.pid()) - before), 0, 0},
                seconds);
}

}  // namespace

void measure_memory(Report& report, const Options& options) {
    GuestSide ours(Kind::Ours);
    GuestSide floor(Kind::Floor);
    const auto our_host = drive(ours, Kind::Ours);
    const auto floor_host = drive(floor, Kind::Floor);
    const auto our_first = ours.applications(1);
    const auto floor_first = floor.applications(1);
    our_host->vote();  // a daemon that has worked, not one that has just started
    floor_host->vote();
    const Memory one = memory_of(ours.pid());
    const Memory floor_one = memory_of(floor.pid());
    memory_row(report, "guest-client, 1 application", one, floor_one, true);

    const std::size_t more = options.quick ? 100 : many - 1;
    const auto our_rest = ours.applications(more);
    const auto floor_rest = floor.applications(more);
    our_host->vote();
    floor_host->vote();
    const Memory all = memory_of(ours.pid());
    const Memory floor_all = memory_of(floor.pid());
    memory_row(report, fmt::format("guest-client, {} applications", more + 1), all, floor_all, false);
    const double each = (all.resident_kib - one.resident_kib) / static_cast<double>(more);
    report.add({"guest-client, each further application", "KiB", each,
                (floor_all.resident_kib - floor_one.resident_kib) / static_cast<double>(more), "<= 16 KB",
                each <= application_aim_kib});
}

void measure_wakeups(Report& report, const Options& options) {
    const int seconds = options.quick ? 3 : 20;
    guest_client_idle(report, seconds);
    guest_client_beating(report, seconds);
    host_agent_idle(report, seconds);
}

}  // namespace vnf::bench
