// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "helper_contract.hpp"

#include <sys/wait.h>

namespace vnf::guestscale {
namespace {

constexpr int cannot_do = 255;

}  // namespace

std::vector<std::string> helper_down_arguments(const std::string& path) {
    return {path, "--cpu_del"};
}

std::vector<std::string> helper_up_arguments(const std::string& path, wire::Cpu cpu,
                                             const wire::CpuSet& online) {
    return {path, "--cpu_add", std::to_string(cpu.number()), wire::format_cpu_array(online)};
}

HelperVerdict verdict_of_exit(int status) {
    if (status == 0) {
        return {std::nullopt, "left the choice open"};
    }
    if (status < 0 || status >= cannot_do) {
        return {std::nullopt, "failed with exit status " + std::to_string(status)};
    }
    return {wire::Cpu::of(status), {}};
}

HelperVerdict verdict_of_signal(int signal) {
    return {std::nullopt, "was killed by signal " + std::to_string(signal)};
}

HelperVerdict verdict_of_wait_status(int wait_status) {
    if (WIFEXITED(wait_status)) {
        return verdict_of_exit(WEXITSTATUS(wait_status));
    }
    if (WIFSIGNALED(wait_status)) {
        return verdict_of_signal(WTERMSIG(wait_status));
    }
    return {std::nullopt, "has not ended"};
}

std::optional<std::string> complaint_of_up(int status) {
    return status == 0 ? std::nullopt : std::optional("failed with exit status " + std::to_string(status));
}

}  // namespace vnf::guestscale
