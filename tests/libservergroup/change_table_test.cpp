// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The table of docs/libservergroup.md, row by row.

#include "libservergroup/src/change_table.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

using namespace vnf;
using libservergroup::ChangeMeaning;

namespace {

wire::JsonText json(const std::string& text) {
    return std::get<wire::JsonText>(wire::JsonText::parse(text));
}

ChangeMeaning meaning(const std::string& event, const std::string& cause = "",
                      const std::string& state = "active",
                      const wire::GroupMember& before = {.state = "active"}) {
    wire::GroupNotice notice{event.empty() ? "" : "compute.instance." + event, "", {}, json("{}")};
    notice.member.state = state;
    notice.member.cause = cause;
    return libservergroup::meaning_of_notice(notice, before);
}

/// "| `create.end` | joined | created |" of the guide, for every word in the first column.
std::string row_of(const std::string& word) {
    std::ifstream guide("docs/libservergroup.md");
    for (std::string line; std::getline(guide, line);)
        if (line.starts_with("| ") && line.find("`" + word + "`") != std::string::npos &&
            line.find("`" + word + "`") < line.find(" | "))
            return line.substr(line.find(" | "));
    return "";
}

struct Row {
    const char* word;
    vnf_sg_change_kind kind;
    vnf_sg_change_reason reason;
};

void check_guide(const Row& row) {
    CHECK(row_of(row.word) == " | " + std::string(vnf_sg_change_kind_name(row.kind)) + " | " +
                                  vnf_sg_change_reason_name(row.reason) + " |");
}

}  // namespace

TEST_CASE("the cause of an update says what became of the member, as the guide has it") {
    const Row row =
        GENERATE(Row{"joined", VNF_SG_MEMBER_JOINED, VNF_SG_REASON_CREATED},
                 Row{"left", VNF_SG_MEMBER_LEFT, VNF_SG_REASON_DELETED},
                 Row{"failed", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_ERROR},
                 Row{"gone", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_GONE},
                 Row{"heartbeat_lost", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_HEARTBEAT_LOST},
                 Row{"unhealthy", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_UNHEALTHY},
                 Row{"host_lost", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_HOST_LOST},
                 Row{"returned", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STARTED},
                 Row{"running", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_RESUMED},
                 Row{"heartbeat_initialized", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_HEARTBEAT_FOUND},
                 Row{"heartbeat_regained", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_HEARTBEAT_FOUND},
                 Row{"healthy", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_HEALTHY});
    INFO(row.word);
    CHECK(meaning("update", row.word) == ChangeMeaning{row.kind, row.reason});
    CHECK(meaning("exists", row.word) == ChangeMeaning{});
    check_guide(row);
}

TEST_CASE("the type of an event says what became of the member, as the guide has it") {
    const Row row =
        GENERATE(Row{"create.end", VNF_SG_MEMBER_JOINED, VNF_SG_REASON_CREATED},
                 Row{"delete.end", VNF_SG_MEMBER_LEFT, VNF_SG_REASON_DELETED},
                 Row{"soft_delete.end", VNF_SG_MEMBER_LEFT, VNF_SG_REASON_DELETED},
                 Row{"create.error", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_ERROR},
                 Row{"reboot.error", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_ERROR},
                 Row{"rebuild.error", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_ERROR},
                 Row{"evacuate", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_HOST_LOST},
                 Row{"power_on.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STARTED},
                 Row{"rebuild.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STARTED},
                 Row{"restore.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STARTED},
                 Row{"unrescue.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STARTED},
                 Row{"unshelve.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STARTED},
                 Row{"power_off.start", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPING},
                 Row{"shutdown.start", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPING},
                 Row{"power_off.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                 Row{"shutdown.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                 Row{"shelve.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                 Row{"rescue.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                 Row{"reboot.start", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_REBOOTING},
                 Row{"reboot.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_REBOOTED},
                 Row{"pause.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_PAUSED},
                 Row{"suspend.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_SUSPENDED},
                 Row{"unpause.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_RESUMED},
                 Row{"resume.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_RESUMED},
                 Row{"live_migration.pre.start", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_MIGRATING},
                 Row{"live_migration._post.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_MIGRATED},
                 Row{"live_migration.post.dest.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_MIGRATED},
                 Row{"finish_resize.end", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_RESIZED});
    INFO(row.word);
    CHECK(meaning(row.word) == ChangeMeaning{row.kind, row.reason});
    check_guide(row);
}

TEST_CASE("a state that is another one says what became of the member, as the guide has it") {
    const Row row = GENERATE(Row{"error", VNF_SG_MEMBER_FAILED, VNF_SG_REASON_ERROR},
                             Row{"deleted", VNF_SG_MEMBER_LEFT, VNF_SG_REASON_DELETED},
                             Row{"soft-delete", VNF_SG_MEMBER_LEFT, VNF_SG_REASON_DELETED},
                             Row{"stopped", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                             Row{"shelved", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                             Row{"shelved_offloaded", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                             Row{"rescued", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED},
                             Row{"paused", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_PAUSED},
                             Row{"suspended", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_SUSPENDED},
                             Row{"resized", VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_RESIZED});
    INFO(row.word);
    CHECK(meaning("update", "", row.word) == ChangeMeaning{row.kind, row.reason});
    CHECK(meaning("update", "", row.word, {.state = row.word}) == ChangeMeaning{});
    check_guide(row);
}

TEST_CASE("a member that is active again was resumed or started, by what it was before") {
    const auto from = [](const char* state) {
        return meaning("update", "", "active", {.state = state}).reason;
    };
    CHECK(from("paused") == VNF_SG_REASON_RESUMED);
    CHECK(from("suspended") == VNF_SG_REASON_RESUMED);
    CHECK(from("stopped") == VNF_SG_REASON_STARTED);
    CHECK(from("error") == VNF_SG_REASON_STARTED);
    CHECK(from("active") == VNF_SG_REASON_UPDATED);
    CHECK(from("") == VNF_SG_REASON_UPDATED);
}

TEST_CASE("a VM that ends while it is being stopped has not failed") {
    const ChangeMeaning stopped{VNF_SG_MEMBER_CHANGED, VNF_SG_REASON_STOPPED};
    CHECK(meaning("update", "gone", "stopped", {.state = "stopped"}) == stopped);
    CHECK(meaning("update", "gone", "stopped", {.state = "active", .state_description = "powering-off"}) ==
          stopped);
    CHECK(meaning("update", "gone", "stopped", {.state = "active", .state_description = "rebooting"}).kind ==
          VNF_SG_MEMBER_FAILED);
}

TEST_CASE("an event that nobody knows, and the bare form, tell by the state alone") {
    CHECK(meaning("volume.attach") == ChangeMeaning{});
    CHECK(meaning("") == ChangeMeaning{});
    CHECK(meaning("", "", "error").kind == VNF_SG_MEMBER_FAILED);
    CHECK(meaning("update", "a tenant's own word") == ChangeMeaning{});
}
