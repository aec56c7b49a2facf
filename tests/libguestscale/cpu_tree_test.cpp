// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The vCPUs of a folder that looks like /sys: what is read, what is written, and every way in which it can lie.
#include "libguestscale/src/cpu_tree.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "tests/libguestscale/fake_sysfs.hpp"

namespace {

using namespace vnf::guestscale;
using vnf::test::FakeSysfs;
using vnf::wire::Cpu;
using vnf::wire::CpuSet;
namespace wire = vnf::wire;

CpuTreeFault fault_of(const std::variant<CpuSet, CpuTreeError>& result) {
    REQUIRE(std::holds_alternative<CpuTreeError>(result));
    return std::get<CpuTreeError>(result).fault;
}

/// Four vCPUs, all online, the first without a switch.
struct Four : FakeSysfs {
    Four() : FakeSysfs("0-3", "0-3") {
        add(0);
        for (int cpu = 1; cpu < 4; ++cpu) {
            add(cpu, "1\n");
        }
    }
    CpuTree tree{root()};
};

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/fd")) {
        ++count;
    }
    return count;
}

/// No file of this process grows while it lives: a write that fails as one to a switch may.
class NoSpace {
  public:
    NoSpace() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit none{0, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~NoSpace() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    NoSpace(const NoSpace&) = delete;
    NoSpace& operator=(const NoSpace&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

}  // namespace

TEST_CASE("the sets of online and present vCPUs are the kernel's lists") {
    FakeSysfs sysfs("0-3,6", "0,2");
    const CpuTree tree(sysfs.root());
    CHECK(std::get<CpuSet>(tree.present()) == CpuSet{0, 1, 2, 3, 6});
    CHECK(std::get<CpuSet>(tree.online()) == CpuSet{0, 2});
}

TEST_CASE("the machine that this runs on can be looked at") {
    const auto view = CpuTree().view();
    REQUIRE(std::holds_alternative<CpuView>(view));
    CHECK_FALSE(std::get<CpuView>(view).online.empty());
    CHECK_FALSE(std::get<CpuView>(view).removable.contains(0));
}

TEST_CASE("removable is what is present, has a switch and is not 0") {
    FakeSysfs sysfs("0-3", "0-2");
    sysfs.add(0, "1\n");
    sysfs.add(1);
    sysfs.add(2, "1\n");
    sysfs.add(3, "0\n");
    sysfs.add(7, "1\n");
    CHECK(std::get<CpuView>(CpuTree(sysfs.root()).view()).removable == CpuSet{2, 3});
}

TEST_CASE("B-14: a list that can't be read is an error with its name, no crash") {
    Four four;
    std::filesystem::remove(four.folder() + "/online");
    CHECK(fault_of(four.tree.online()) == CpuTreeFault::Unreadable);
    const auto error = std::get<CpuTreeError>(four.tree.online());
    CHECK(error.system_error == ENOENT);
    CHECK(to_string(error) == "can't read " + four.folder() + "/online: No such file or directory");
    CHECK(four.tree.set(3, false)->fault == CpuTreeFault::Unreadable);
    CHECK(std::holds_alternative<CpuTreeError>(four.tree.view()));
    std::filesystem::create_directory(four.folder() + "/online");
    CHECK(std::get<CpuTreeError>(four.tree.online()).system_error == EISDIR);
}

TEST_CASE("B-14: a list that is none is an error with its name, no crash") {
    Four four;
    for (const auto* const text : {"0-", "x", "3-0", "0,5000", "0-3\n0-3\n", " 0-3"}) {
        CAPTURE(text);
        four.write("online", text);
        CHECK(fault_of(four.tree.online()) == CpuTreeFault::NotAList);
    }
    four.write("online", std::string(100000, '1'));
    CHECK(fault_of(four.tree.online()) == CpuTreeFault::NotAList);
    four.write("online", "0-3");
    four.write("present", "?");
    CHECK(std::get<CpuTreeError>(four.tree.view()).fault == CpuTreeFault::NotAList);
}

TEST_CASE("B-13: gaps of the list are offline, and vCPUs above 1019 are seen") {
    FakeSysfs sysfs("0-4095", "0,2-3,6,9,1020-1023,4095");
    const auto online = std::get<CpuSet>(CpuTree(sysfs.root()).online());
    CHECK(online.count() == 10);
    CHECK_FALSE(online.contains(1));
    CHECK_FALSE(online.contains(4));
    CHECK(online.contains(1023));
    CHECK(online.last() == Cpu(4095));
}

TEST_CASE("B-26: a list of one vCPU and one of more than 256 bytes are read") {
    FakeSysfs sysfs("0-1023", "0");
    const CpuTree tree(sysfs.root());
    CHECK(std::get<CpuSet>(tree.online()) == CpuSet{0});
    CpuSet even;
    for (int cpu = 0; cpu < 1024; cpu += 2) {
        even.insert(*Cpu::of(cpu));
    }
    const auto text = wire::format_cpu_list(even);
    CHECK(text.size() > 1000);
    sysfs.write("online", text + "\n");
    CHECK(std::get<CpuSet>(tree.online()) == even);
}

TEST_CASE("a vCPU goes, and comes back") {
    Four four;
    four.write("online", "0-2\n");
    CHECK_FALSE(four.tree.set(3, false));
    CHECK(four.state_of(3) == "0\n");
    four.write("online", "0-3\n");
    CHECK_FALSE(four.tree.set(3, true));
    CHECK(four.state_of(3) == "1\n");
}

TEST_CASE("already there is success, and nothing is written") {
    Four four;
    std::filesystem::permissions(four.switch_of(3), std::filesystem::perms::owner_read);
    const NoSpace nothing_can_be_written;
    CHECK_FALSE(four.tree.set(3, true));
    CHECK_FALSE(four.tree.set(0, true));
}

TEST_CASE("a vCPU that is absent, or has no switch, is told apart") {
    Four four;
    CHECK(four.tree.set(7, false)->fault == CpuTreeFault::Absent);
    CHECK(four.tree.set(7, true)->fault == CpuTreeFault::Absent);
    CHECK(four.tree.set(0, false)->fault == CpuTreeFault::NoOnlineFile);
    CHECK(to_string(*four.tree.set(7, true)) == "there is no " + four.folder() + "/cpu7");
    CHECK_FALSE(four.tree.has_online_file(0));
    CHECK(four.tree.has_online_file(1));
}

TEST_CASE("a write that the kernel does not take is told with its errno") {
    Four four;
    const NoSpace nothing_can_be_written;
    const auto error = four.tree.set(3, false);
    REQUIRE(error);
    CHECK(error->fault == CpuTreeFault::Refused);
    CHECK(error->system_error == EFBIG);
    CHECK(four.state_of(3) == "1\n");
}

TEST_CASE("sysfs that takes a write and does nothing is found out") {
    Four four;
    // The switch turns, the list stays.
    auto error = four.tree.set(3, false);
    REQUIRE(error);
    CHECK(error->fault == CpuTreeFault::Unchanged);
    CHECK(error->path == four.folder() + "/online");
    // The list changes, the switch does not: what is written into it is lost.
    std::filesystem::remove(four.switch_of(2));
    std::filesystem::create_symlink("/proc/self/comm", four.switch_of(2));
    error = four.tree.set(2, false);
    REQUIRE(error);
    CHECK(error->fault == CpuTreeFault::NotAList);
}

TEST_CASE("a list that already denies what the switch says is not believed") {
    Four four;
    four.write("online", "0-2\n");
    const auto error = four.tree.set(3, true);
    REQUIRE(error);
    CHECK(error->fault == CpuTreeFault::Unchanged);
}

TEST_CASE("a switch that is neither 0 nor 1 is an error") {
    Four four;
    for (const auto* const text : {"", "2\n", "10\n", "on\n", "1\n1\n"}) {
        CAPTURE(text);
        four.write("cpu3/online", text);
        CHECK(four.tree.set(3, false)->fault == CpuTreeFault::NotAList);
    }
}

TEST_CASE("B-25: no operation leaves a descriptor open, failed ones neither") {
    Four four;
    const auto before = open_descriptors();
    for (int round = 0; round < 50; ++round) {
        four.tree.set(3, round % 2 == 0);
        four.tree.set(7, false);
        four.tree.set(0, false);
        static_cast<void>(four.tree.view());
    }
    CHECK(open_descriptors() == before);
}
