// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A folder that looks like /sys to CpuTree. Its files do nothing by themselves: a test writes into the lists what the kernel
// would, before or instead of what follows from the switches.
#pragma once

#include <filesystem>
#include <string>

#include "tests/harness/scratch_directory.hpp"

namespace vnf::test {

class FakeSysfs {
  public:
    FakeSysfs(const std::string& present, const std::string& online) {
        std::filesystem::create_directories(folder());
        write("present", present + "\n");
        write("online", online + "\n");
    }
    std::string root() const { return directory_.path().string(); }
    std::string folder() const { return root() + "/devices/system/cpu"; }
    std::string switch_of(int cpu) const { return folder() + "/cpu" + std::to_string(cpu) + "/online"; }

    void write(const std::string& name, const std::string& content) const {
        directory_.write("devices/system/cpu/" + name, content);
    }
    /// A vCPU without a switch.
    void add(int cpu) const { std::filesystem::create_directories(folder() + "/cpu" + std::to_string(cpu)); }
    void add(int cpu, const std::string& state) const {
        add(cpu);
        write("cpu" + std::to_string(cpu) + "/online", state);
    }
    std::string state_of(int cpu) const { return harness::read_file(switch_of(cpu)); }

  private:
    harness::ScratchDirectory directory_;
};

}  // namespace vnf::test
