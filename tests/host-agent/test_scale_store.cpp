// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The account on disk: what is written is read, anything else is refused, and the limits of now hold.
#include "host-agent/scaling/scale_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "host-agent/exec_actuator.hpp"
#include "tests/host-agent/agent_loop.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

wire::CpuSet cpus(const std::string& list) {
    return std::get<wire::CpuSet>(wire::parse_cpu_list(list));
}

const std::string kept_text = "vnf-guest-sdk scale 1\nmax 4\noffline 2-3\n";

}  // namespace

TEST_CASE("An account is what was kept, with what was under way") {
    const auto pending = GENERATE(values<std::optional<PendingScale>>({
        std::nullopt,
        PendingScale{PendingScale::Step::Asking, std::nullopt},
        PendingScale{PendingScale::Step::Giving, wire::Cpu(2)},
        PendingScale{PendingScale::Step::Taking, wire::Cpu(4095)},
    }));
    const KeptAccount account{4, cpus("2-3"), pending};
    CHECK(parse_kept_account(encode(account)) == account);
    CHECK(parse_kept_account(encode(KeptAccount{1, {}, pending})) == KeptAccount{1, {}, pending});
    CHECK(encode(KeptAccount{4, cpus("2-3"), {}}) == kept_text);
}

TEST_CASE("Every cut of an account, and every byte too many, is refused or whole") {
    const std::string whole = kept_text + "pending taking 3\n";
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        INFO(cut);
        CHECK(parse_kept_account(whole.substr(0, cut)).has_value() == (cut == kept_text.size()));
    }
    CHECK(parse_kept_account(whole));
    CHECK_FALSE(parse_kept_account(whole + "x"));
    CHECK_FALSE(parse_kept_account(whole + "\n"));
    for (const std::string wrong :
         {"max 0\noffline \n", "max 4097\noffline \n", "max four\noffline \n", "max -1\noffline \n",
          "max 4\noffline 4096\n", "max 4\noffline x\n", "max 4\n", "offline 3\nmax 4\n",
          "max 4\noffline \npending \n", "max 4\noffline \npending taking\n",
          "max 4\noffline \npending taking 4096\n", "max 4\noffline \npending losing 3\n",
          "max 4\noffline \npending asking 3\n"}) {
        INFO(wrong);
        CHECK_FALSE(parse_kept_account("vnf-guest-sdk scale 1\n" + wrong));
    }
    CHECK_FALSE(parse_kept_account("vnf-guest-sdk scale 2\nmax 4\noffline \n"));
}

TEST_CASE("What was kept under other limits is fitted to those of now; vCPU 0 is always online") {
    const auto online = [](ScaleLimits limits, const std::string& offline) {
        return format_cpu_list(restored(limits, {4, cpus(offline), {}}).host);
    };
    CHECK(online({1, 4}, "2-3") == "0-1");
    CHECK(online({3, 4}, "2-3") == "0-2");
    CHECK(online({1, 2}, "2-3") == "0-1");
    CHECK(online({1, 8}, "2-3") == "0-1,4-7");
    CHECK(online({1, 4}, "0-3") == "0");
    CHECK(online({4, 4}, "1-3") == "0-3");
}

TEST_CASE(
    "A store without a directory keeps nothing; one with a directory makes it, and nobody else reads it") {
    const ScaleStore none("");
    CHECK(none.save("vm1", {4, {}, {}}).empty());
    CHECK(std::holds_alternative<std::monostate>(none.load("vm1")));
    OwnDirectory directory;
    const ScaleStore store(directory.at("a"));
    CHECK(std::holds_alternative<std::monostate>(store.load("vm1")));
    CHECK(store.save("vm1", {4, cpus("2-3"), {}}).empty());
    CHECK(std::get<KeptAccount>(store.load("vm1")) == KeptAccount{4, cpus("2-3"), {}});
    CHECK(std::holds_alternative<std::monostate>(store.load("vm2")));
    struct stat file {};
    REQUIRE(::stat(directory.at("a/vm1.scale").c_str(), &file) == 0);
    CHECK((file.st_mode & 0777) == 0600);
    CHECK_FALSE(std::filesystem::exists(directory.at("a/vm1.scale.new")));
}

TEST_CASE("An account that is a link, a directory or too long is refused") {
    OwnDirectory directory;
    const ScaleStore store(directory.path());
    std::ofstream(directory.at("elsewhere")) << kept_text;
    REQUIRE(::symlink(directory.at("elsewhere").c_str(), directory.at("vm1.scale").c_str()) == 0);
    CHECK(std::holds_alternative<std::string>(store.load("vm1")));
    std::filesystem::create_directory(directory.at("vm2.scale"));
    CHECK(std::holds_alternative<std::string>(store.load("vm2")));
    CHECK_FALSE(store.save("vm2", {4, {}, {}}).empty());
    std::ofstream(directory.at("vm3.scale")) << kept_text << std::string(100000, ' ');
    CHECK(std::holds_alternative<std::string>(store.load("vm3")));
}

TEST_CASE("The actuator's program is told the vCPU, what is online then, who wants it, and the event") {
    ExecRules rules;
    rules.command = {"/bin/act", "first"};
    const auto spec = child_spec(
        rules, ScaleOrder{"vm1", wire::ScaleDirection::Down, wire::Cpu(3), cpus("0-2"), "rule: a\nb", 17});
    CHECK(spec.argv == std::vector<std::string>{"/bin/act", "first", "scale_down"});
    CHECK(spec.environment == std::vector<std::string>{"VNF_INSTANCE=vm1", "VNF_ACTION=scale_down",
                                                       "VNF_CPU=3", "VNF_ONLINE_CPUS=0-2",
                                                       "VNF_CAUSE=rule: a b", "VNF_EVENT_ID=17"});
}
