// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The helper of a vendor: every way in which it ends, and what it is given (specification 4.5; B-15, B-16).
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <sstream>

#include "tests/daemon/scale_stage.hpp"

namespace vnf::test {
namespace {

const std::string note = "echo \"$*\" >> \"$(dirname \"$0\")/said\"\n";

TEST_CASE("B-16: the helper's exit status is the vCPU if it is one that can go, and else the highest goes") {
    if (!enter_own_network())
        return;
    const auto [how, cpu] = GENERATE(table<std::string, int>({{"exit 0", 3},
                                                              {"exit 1", 1},
                                                              {"exit 2", 2},
                                                              {"exit 4", 3},
                                                              {"exit 126", 3},
                                                              {"exit 127", 3},
                                                              {"exit 255", 3},
                                                              {"kill -TERM $$", 3},
                                                              {"kill -KILL $$", 3},
                                                              {"exec /nowhere/at/all", 3}}));
    INFO(how);
    ScaleGuest at({.helper = note + how});
    const std::string online = cpu == 3 ? "[0,1,2]" : cpu == 2 ? "[0,1,3]" : "[0,2,3]";
    CHECK(at.exchange(scale_down()) == scaled_down(cpu, online));
    CHECK(at.agent.said_by_helper() == "--cpu_del\n");
}

TEST_CASE("vCPUs 126 and 127 are vCPUs where they exist") {
    if (!enter_own_network())
        return;
    const int cpu = GENERATE(126, 127);
    Stage stage;
    ServicePeer client(stage, "cgcs.messaging");
    ScaleAgentUnderTest agent(stage, {.helper = "exit " + std::to_string(cpu)}, 130);
    client.expect();
    client.send(delivery(scale_down(), "s"), "cgcs.scale");
    CHECK_THAT(client.expect(), Catch::Contains("\"offline_cpu\":" + std::to_string(cpu)));
}

TEST_CASE("A helper that is missing, not executable, or no program leaves the choice to the agent") {
    if (!enter_own_network())
        return;
    const std::string what = GENERATE("missing", "not executable", "no program", "a directory");
    INFO(what);
    ScaleGuest at;
    const std::string path = at.agent.helper();
    if (what == "not executable")
        at.agent.scratch.write("helper", "#!/bin/sh\nexit 1\n");
    if (what == "no program")
        at.agent.scratch.write("helper", "no magic number\n", std::filesystem::perms::owner_all);
    if (what == "a directory")
        std::filesystem::create_directory(path);
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
    CHECK(at.exchange(scale_up(3, "[0,1,2,3]")) == scaled_up(3, "[0,1,2,3]"));
}

TEST_CASE("A helper that names an offline vCPU has the old answer: success with that number") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = "exit 3"});
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
}

TEST_CASE("B-15: a helper that hangs is killed with its whole group, and the answer comes in time") {
    if (!enter_own_network())
        return;
    ScaleGuest at(
        {.helper =
             "echo $$ >> \"$(dirname \"$0\")/said\"\nsleep 1000 &\necho $! >> \"$(dirname \"$0\")/said\"\n"
             "trap '' TERM\nwait\nsleep 1000"});
    CHECK(at.exchange(scale_down(1200)) == scaled_down(3, "[0,1,2]"));
    CHECK(at.agent.counter("too_late") == 0);
    CHECK(at.agent.counter("helper_late") == 1);
    std::istringstream pids(at.agent.said_by_helper());
    for (pid_t pid = 0; pids >> pid;) {
        INFO(pid);
        // A zombie that nobody reaps has no program any more.
        at.stage.until([pid] { return !std::filesystem::exists("/proc/" + std::to_string(pid) + "/exe"); },
                       "the helper's group to be gone");
    }
}

TEST_CASE(
    "Up: the helper is told the vCPU and the request's list, after the vCPU is there, as one argument each") {
    if (!enter_own_network())
        return;
    ScaleGuest at(
        {.helper =
             "[ \"$1\" = --cpu_del ] && exit 0\n"
             "echo \"$#:$1:$2:$3:$(cat \"$(dirname \"$0\")\"/online-list)\" >> \"$(dirname \"$0\")/said\"\n"
             "exit " +
             std::string(GENERATE("0", "1", "3", "255"))});
    std::filesystem::create_symlink(at.agent.machine.folder() + "/online", at.agent.scratch / "online-list");
    CHECK(at.exchange(scale_down()) == scaled_down(3, "[0,1,2]"));
    CHECK(at.exchange(scale_up(3, "[0,1,2]")) == scaled_up(3, "[0,1,2,3]"));
    CHECK(at.agent.said_by_helper() == "3:--cpu_add:3:[0,1,2]:0,1,2,3\n");
}

TEST_CASE("Up: a helper that hangs does not cost the answer") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = "[ \"$1\" = --cpu_del ] && exit 0\nsleep 1000"});
    at.exchange(scale_down());
    CHECK(at.exchange(scale_up(3, "[0,1,2,3]", 1000)) == scaled_up(3, "[0,1,2,3]"));
    // The answer does not wait for the helper's end.
    at.stage.until([&at] { return at.agent.counter("helper_late") == 1; }, "the helper's end");
}

TEST_CASE("The working directory and the files in it are nothing to the helper's arguments") {
    if (!enter_own_network())
        return;
    ScaleGuest at({.helper = note + "exit 0"});
    at.exchange(scale_down());
    at.exchange(scale_up(3, "[0,1,2]"));
    CHECK_THAT(at.agent.said_by_helper(), Catch::EndsWith("--cpu_add 3 [0,1,2]\n"));
}

}  // namespace
}  // namespace vnf::test
