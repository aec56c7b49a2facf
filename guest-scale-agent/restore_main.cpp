// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-scale-restore: runs once after a boot. Exit status: 0 everything is as it should be, also if nobody knew of
// anything; 1 some vCPU is still online, or the settings are wrong; 2 wrong usage.
#include <cstdio>

#include "guest-scale-agent/command_line.hpp"
#include "guest-scale-agent/restore.hpp"
#include "guest-scale-agent/state_file.hpp"
#include "runtime/log.hpp"
#include "runtime/program_run.hpp"

namespace {

using namespace vnf;

void keep(const scale::Settings& settings, const scale::Restoration& restoration) {
    if (settings.state_file.empty() || restoration.source.empty() || restoration.source == "state file") {
        return;
    }
    if (const std::string problem = scale::write_state_file(settings.state_file, restoration.wanted);
        !problem.empty()) {
        runtime::log_warning("the set can't be kept", {{"error", problem}});
    }
}

int run(const scale::CommandLine& line) {
    const scale::Settings settings = scale::settings_for(line);
    runtime::set_log_level(settings.log_level);
    if (line.check_config) {
        std::printf("%s: good\n", settings.source.c_str());
        return 0;
    }
    scale::Restoration restoration = scale::find_offline_set(settings);
    if (!line.dry_run) {
        scale::take_offline(guestscale::CpuTree(line.sysfs), restoration);
        keep(settings, restoration);
    }
    for (const std::string& problem : restoration.problems) {
        runtime::log_warning("restore", {{"problem", problem}});
    }
    const bool all = line.dry_run || restoration.done == restoration.wanted;
    runtime::log_info(line.dry_run ? "would restore" : "restored",
                      {{"source", restoration.source.empty() ? "none" : restoration.source},
                       {"wanted", wire::format_cpu_list(restoration.wanted)},
                       {"offline", wire::format_cpu_list(restoration.done)}});
    return all ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    scale::CommandLine line;
    if (const auto status = scale::parse_restore_line(argc, argv, line)) {
        return *status;
    }
    return runtime::run_program("guest-scale-restore", [&line] { return run(line); });
}
