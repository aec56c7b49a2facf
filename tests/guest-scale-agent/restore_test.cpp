// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client's word, the state file, the kernel's events: texts in, values out.
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include "guest-scale-agent/cpu_events.hpp"
#include "guest-scale-agent/host_word.hpp"
#include "guest-scale-agent/state_file.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::scale::test {
namespace {

using State = HostWord::State;

TEST_CASE("The host's word counts where it has been said, and is waited for where it may still come") {
    const auto [document, state, offline] = GENERATE(table<std::string, State, wire::CpuSet>({
        {R"({"host":"scales","offline_cpus":[2,3]})", State::Known, {2, 3}},
        {R"({"host":"scales","offline_cpus":[]})", State::Known, {}},
        {R"({"host":"scales","offline_cpus":null})", State::Silent, {}},
        {R"({"host":"scales"})", State::Silent, {}},
        {R"({"host":"without","offline_cpus":[2]})", State::Silent, {}},
        {R"({"host":"asked","offline_cpus":[2]})", State::Pending, {}},
        {R"({"host":"absent","offline_cpus":[2]})", State::Pending, {}},
    }));
    INFO(document);
    const auto parsed = parse_host_word(document);
    REQUIRE(std::holds_alternative<HostWord>(parsed));
    CHECK(std::get<HostWord>(parsed).state == state);
    CHECK(std::get<HostWord>(parsed).offline == offline);
}

TEST_CASE("B-34: a word that is not exactly one counts for nothing") {
    const std::string document =
        GENERATE("", "null", "[]", "{}", R"({"host":7})", R"({"host":"scales","offline_cpus":"2"})",
                 R"({"host":"scales","offline_cpus":[-1]})", R"({"host":"scales","offline_cpus":[4096]})",
                 R"({"host":"scales","offline_cpus":[1.0]})", R"({"host":"scales","offline_cpus":[1,"2"]})",
                 R"({"host":"scales","offline_cpus":{"2":3}})");
    INFO(document);
    CHECK(std::holds_alternative<std::string>(parse_host_word(document)));
}

TEST_CASE("The state file is written whole, read back, and its folder is made") {
    const harness::ScratchDirectory directory;
    const std::string path = directory / "a/b/offline_cpus";
    for (const wire::CpuSet& set : {wire::CpuSet{1, 2, 3, 9}, wire::CpuSet{}, wire::CpuSet{4095}}) {
        CHECK(write_state_file(path, set).empty());
        CHECK(std::get<wire::CpuSet>(read_state_file(path)) == set);
    }
    CHECK(harness::read_file(path) == "4095\n");
    CHECK_FALSE(write_state_file("/proc/nowhere/file", {}).empty());
}

TEST_CASE("A state file that is absent, no list, longer than any list or no file is an error with its name") {
    const harness::ScratchDirectory directory;
    const std::string path = directory / "offline_cpus";
    CHECK_THAT(std::get<std::string>(read_state_file(path)), Catch::Contains(path));
    for (const std::string& text :
         {std::string("1 2"), std::string("x"), std::string("1\n\n"), std::string(40000, '1')}) {
        directory.write("offline_cpus", text);
        CHECK_THAT(std::get<std::string>(read_state_file(path)), Catch::Contains(path));
    }
    CHECK(std::holds_alternative<std::string>(read_state_file(directory.path().string())));
    REQUIRE(::mkfifo((directory / "fifo").c_str(), 0600) == 0);
    read_state_file(directory / "fifo");  // comes back
}

TEST_CASE("Of the kernel's events those of vCPUs count") {
    const auto [event, counts] = GENERATE(table<std::string, bool>({
        {"online@/devices/system/cpu/cpu3", true},
        {"offline@/devices/system/cpu/cpu12", true},
        {"add@/devices/system/cpu/cpu0", true},
        {std::string("online@/devices/system/cpu/cpu3\0ACTION=online\0", 46), true},
        {"@/devices/system/cpu/cpu3", false},
        {"online@/devices/system/cpu/cpu", false},
        {"online@/devices/system/cpu/cpufreq", false},
        {"change@/devices/system/cpu/cpu3/cache", false},
        {"online@/devices/system/memory/memory3", false},
        {"", false},
    }));
    INFO(event);
    CHECK(CpuEvents::is_of_cpu(event) == counts);
}

}  // namespace
}  // namespace vnf::scale::test
