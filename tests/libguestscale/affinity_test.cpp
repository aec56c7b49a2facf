// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Masks of real threads, recorded and given back.
#include "libguestscale/src/affinity.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/harness/scratch_directory.hpp"
#include "waiting_thread.hpp"

namespace {

using namespace vnf::guestscale;
using vnf::test::mask_of;
using vnf::test::set_mask;

struct Stage : vnf::test::TwoCpus {
    vnf::test::WaitingThread worker;
    AffinityRecord record;

    Stage() {
        if (is_possible) {
            set_mask(worker.id(), first);
        }
    }
    void record_threads() { CHECK(record.record(::getpid()).threads >= 2); }
};

}  // namespace

TEST_CASE("a thread that lost its only vCPU gets it back, though nobody registered it") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    set_mask(stage.worker.id(), stage.both);
    stage.record.note_loss(stage.second);
    CHECK(stage.record.restore(stage.second).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.both);
    CHECK(stage.record.restore(stage.both).threads == 1);
    CHECK(mask_of(stage.worker.id()) == stage.first);
    CHECK(stage.record.restore(stage.both).threads == 0);
}

TEST_CASE("a thread that its application moved elsewhere stays there") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    set_mask(stage.worker.id(), stage.second);
    stage.record.note_loss(stage.second);
    CHECK(stage.record.restore(stage.both).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.second);
}

TEST_CASE("a thread that widened its mask though none of its vCPUs went keeps it") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    stage.record.note_loss(stage.both);
    set_mask(stage.worker.id(), stage.both);
    CHECK(stage.record.restore(stage.both).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.both);
    CHECK(stage.record.restore_all().threads == 1);
    CHECK(mask_of(stage.worker.id()) == stage.first);
}

TEST_CASE("a second loss while the first lasts does not overwrite what was recorded") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    set_mask(stage.worker.id(), stage.both);
    stage.record.note_loss(stage.second);
    stage.record_threads();
    CHECK(stage.record.restore(stage.both).threads == 1);
    CHECK(mask_of(stage.worker.id()) == stage.first);
}

TEST_CASE("a thread that slept through it all has its mask still, and needs nothing") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    stage.record.note_loss(stage.second);
    CHECK(stage.record.restore(stage.both).threads == 0);
    CHECK(mask_of(stage.worker.id()) == stage.first);
}

TEST_CASE("a thread that ended is forgotten") {
    Stage stage;
    if (!stage.is_possible) {
        return;
    }
    stage.record_threads();
    const auto before = stage.record.size();
    stage.worker.end();
    stage.record.note_loss(stage.second);
    const auto outcome = stage.record.restore(stage.both);
    CHECK(outcome.failed == 0);
    CHECK(stage.record.size() < before);
}

TEST_CASE("a process that is not there has no threads") {
    AffinityRecord record;
    CHECK(record.record(0x7FFFFFF0).threads == 0);
    vnf::harness::ScratchDirectory empty;
    AffinityRecord nowhere(empty.path().string());
    CHECK(nowhere.record(1).threads == 0);
}

TEST_CASE("a thread whose files make no sense is passed over, one that started later is another one") {
    vnf::harness::ScratchDirectory proc;
    const auto thread = [&proc](const std::string& id, const std::string& stat, const std::string& status) {
        std::filesystem::create_directories(proc.path() / "7/task" / id);
        proc.write("7/task/" + id + "/stat", stat);
        proc.write("7/task/" + id + "/status", status);
    };
    const std::string stat = "8 (a) b) c) S 1 8 8 0 -1 1 2 3 4 5 6 7 8 9 20 0 1 0 ";
    const std::string status = "Name:\ta\nCpus_allowed:\tc\nCpus_allowed_list:\t0-1\nMems_allowed:\t1\n";
    thread("8", stat + "1234 0\n", status);
    thread("9", "9 (x", status);
    thread("10", stat + "x", status);
    thread("11", stat + "1 0\n", "Name:\ta\n");
    thread("12", stat + "1 0\n", "Name:\ta\nCpus_allowed_list:\t\n");
    thread("13", stat + "1 0\n", "Name:\ta\nCpus_allowed_list:\t9-1\n");
    thread("word", stat + "1 0\n", status);
    AffinityRecord record(proc.path().string());
    CHECK(record.record(7).threads == 1);
    thread("8", stat + "1235 0\n", status);
    record.note_loss({0});
    CHECK(record.restore({0, 1}).threads == 0);
    CHECK(record.size() == 0);
}
