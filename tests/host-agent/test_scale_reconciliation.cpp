// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest and the host that differ, and how they agree again.
#include "tests/host-agent/scale_stage.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

/// The guest has said, unasked, what it has online.
ScaleStage differing(const std::string& host, const std::string& guest, bool ours = false) {
    ScaleStage at({1, 4}, host, ours);
    at.answer(wire::ScaleOnline{cpus(guest)});
    return at;
}

}  // namespace

TEST_CASE("Where there is no difference, nobody is asked") {
    ScaleStage at = differing("0-2", "0-2");
    at.begin(ScaleTask::Reconcile);
    CHECK(at.decided() == "done");
    CHECK(at.find<AskScale>() == nullptr);
}

TEST_CASE("What the guest lacks it is told to bring back, one by one") {
    ScaleStage at = differing("0-3", "0,3");
    at.begin(ScaleTask::Reconcile);
    CHECK(at.asks_up() == 1);
    at.brought_back(1, "0-1,3");
    CHECK(at.asks_up() == 2);
    at.brought_back(2, "0-3");
    CHECK(at.decided() == "done");
    CHECK(at.reports(JournalKind::ScaleInStep));
    CHECK(at.host() == "0-3");
}

TEST_CASE("What the guest has too many it is asked to give up") {
    ScaleStage at = differing("0-1", "0-3");
    at.begin(ScaleTask::Reconcile);
    CHECK(at.asks_down());
    at.gave_up(3, "0-2");
    CHECK(at.asks_down());
    at.gave_up(2, "0-1");
    CHECK(at.decided() == "done");
    CHECK(at.actuates().empty());
}

TEST_CASE("Where the guest chooses another one than the host, the host follows, and the count holds") {
    ScaleStage at = differing("0-1", "0-2");
    at.begin(ScaleTask::Reconcile);
    CHECK(at.asks_down());
    at.gave_up(1, "0,2");
    CHECK(at.actuates() == "-1");
    at.actuated();
    CHECK(at.actuates() == "+2");
    at.actuated();
    CHECK(at.decided() == "done");
    CHECK(at.host() == "0,2");
}

TEST_CASE(
    "What a guest has is asked first where it is not known: ours for its state, an old one for what it "
    "should have") {
    ScaleStage ours({1, 4}, "0-2", true);
    ours.begin(ScaleTask::Reconcile);
    CHECK(ours.asks_status());
    ours.answer(wire::ScaleOnline{cpus("0-3")});
    CHECK(ours.asks_down());

    ScaleStage stale = differing("0-2", "0-2", true);
    stale.begin(ScaleTask::Reconcile);
    CHECK(stale.asks_status());

    ScaleStage old({1, 4}, "0-2");
    old.begin(ScaleTask::Reconcile);
    CHECK(old.asks_up() == 2);
    old.brought_back(2, "0-2");
    CHECK(old.decided() == "done");

    ScaleStage alone({1, 4}, "0");
    alone.begin(ScaleTask::Reconcile);
    CHECK(alone.decided() == "failed unknown_state");
}

TEST_CASE("A guest that does not follow ends it, and the difference stays shown") {
    ScaleStage at = differing("0-1", "0-3");
    at.begin(ScaleTask::Reconcile);
    SECTION("nothing changed") {
        at.gave_up(3, "0-3");
        CHECK(at.decided() == "failed not_followed");
    }
    SECTION("vCPU 0 is gone") {
        at.gave_up(0, "1-2");
        CHECK(at.decided() == "failed not_followed");
    }
    SECTION("too many are gone") {
        at.gave_up(3, "0");
        CHECK(at.decided() == "failed not_followed");
    }
    SECTION("one that is none of its own") {
        at.gave_up(3, "0,9");
        CHECK(at.decided() == "failed not_followed");
    }
    SECTION("it refuses") {
        at.fails("down", true);
        CHECK(at.decided() == "failed refused");
    }
    CHECK(at.host() == "0-1");
    CHECK(at.scaling->account().diverged());
    CHECK(at.idle());
}

TEST_CASE("An actuator that fails while the host follows leaves what was done") {
    ScaleStage at = differing("0-1", "0-2");
    at.begin(ScaleTask::Reconcile);
    at.gave_up(1, "0,2");
    at.actuated();
    at.actuated(false);
    CHECK(at.decided() == "failed actuator_failed");
    CHECK(at.host() == "0");
    CHECK(at.scaling->account().diverged());
}

TEST_CASE("All of it has the time of one operation: what is left over is for the next call") {
    ScaleStage at = differing("0-3", "0");
    at.begin(ScaleTask::Reconcile);
    at.now += 5s;
    at.brought_back(1, "0-1");
    CHECK(at.asked().timeout == 4500ms);
    at.now += 4900ms;
    at.brought_back(2, "0-2");
    CHECK(at.decided() == "failed timeout");
    CHECK(at.guest() == "0-2");
    at.begin(ScaleTask::Reconcile);
    CHECK(at.asks_up() == 3);
}

TEST_CASE(
    "From every difference of three vCPUs reconciliation ends, with a guest that gives up its highest") {
    for (int host = 0; host < 8; ++host) {
        for (int guest = 0; guest < 8; ++guest) {
            const auto set = [](int bits) {
                wire::CpuSet cpus{0};
                for (int cpu = 1; cpu < 4; ++cpu)
                    if ((bits & (1 << (cpu - 1))) != 0)
                        cpus.insert(*wire::Cpu::of(cpu));
                return cpus;
            };
            ScaleStage at({1, 4}, format_cpu_list(set(host)));
            wire::CpuSet online = set(guest);
            at.answer(wire::ScaleOnline{online});
            at.begin(ScaleTask::Reconcile);
            for (int step = 0; step < 20 && at.decided().empty(); ++step) {
                if (!at.actuates().empty()) {
                    at.actuated();
                } else if (at.asks_down()) {
                    const wire::Cpu gone = *online.last();
                    online.erase(gone);
                    at.answer(wire::ScaledDown{gone, online});
                } else {
                    const wire::Cpu back = *wire::Cpu::of(at.asks_up());
                    online.insert(back);
                    at.answer(wire::ScaledUp{back, online});
                }
            }
            INFO("host " << host << ", guest " << guest);
            CHECK(at.decided() == "done");
            CHECK(at.scaling->account().host.count() == set(host).count());
            CHECK_FALSE(at.scaling->account().diverged());
        }
    }
}
