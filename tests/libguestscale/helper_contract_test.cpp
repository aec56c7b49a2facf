// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The helper's arguments, and every end it may come to.
#include "libguestscale/src/helper_contract.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

namespace {

using namespace vnf::guestscale;
using vnf::wire::Cpu;

/// What a real child's end is made of.
int wait_status_of(int exit_status, int signal) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (signal != 0) {
            ::signal(signal, SIG_DFL);
            ::raise(signal);
        }
        ::_exit(exit_status);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

}  // namespace

TEST_CASE("the helper gets the old arguments, the list as one of them") {
    CHECK(helper_down_arguments("/h") == std::vector<std::string>{"/h", "--cpu_del"});
    CHECK(helper_up_arguments("/h", 2, {0, 1, 2}) ==
          std::vector<std::string>{"/h", "--cpu_add", "2", "[0,1,2]"});
    CHECK(helper_up_arguments("/h", 4095, {}).back() == "[]");
    CHECK(std::string(helper_default_path) == "/usr/sbin/app_scale_helper");
}

TEST_CASE("an exit status names the vCPU, 0 leaves the choice open") {
    CHECK(verdict_of_exit(1).cpu == Cpu(1));
    CHECK(verdict_of_exit(2).cpu == Cpu(2));
    CHECK(verdict_of_exit(254).cpu == Cpu(254));
    CHECK(verdict_of_exit(0) == HelperVerdict{{}, "left the choice open"});
}

TEST_CASE("B-16: 126, 127 and 128 and more are vCPUs when the helper says them itself, 255 is a failure") {
    for (const int status : {126, 127, 128, 137, 143, 200}) {
        CHECK(verdict_of_exit(status).cpu == Cpu::of(status));
    }
    CHECK(verdict_of_exit(255) == HelperVerdict{{}, "failed with exit status 255"});
    CHECK_FALSE(verdict_of_exit(-1).cpu);
    CHECK_FALSE(verdict_of_exit(256).cpu);
}

TEST_CASE("B-16: a helper that dies of a signal has named no vCPU") {
    CHECK(verdict_of_signal(9) == HelperVerdict{{}, "was killed by signal 9"});
    CHECK(verdict_of_wait_status(wait_status_of(0, SIGTERM)) == HelperVerdict{{}, "was killed by signal 15"});
    CHECK(verdict_of_wait_status(wait_status_of(0, SIGKILL)) == HelperVerdict{{}, "was killed by signal 9"});
    CHECK(verdict_of_wait_status(wait_status_of(3, 0)).cpu == Cpu(3));
    CHECK_FALSE(verdict_of_wait_status(wait_status_of(0, 0)).cpu);
    CHECK_FALSE(verdict_of_wait_status(0x137F).cpu);
}

TEST_CASE("after an up any exit but 0 is worth a line of the log") {
    CHECK_FALSE(complaint_of_up(0));
    CHECK(complaint_of_up(2) == "failed with exit status 2");
}
