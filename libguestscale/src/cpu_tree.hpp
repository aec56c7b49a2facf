// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The kernel's vCPUs under /sys/devices/system/cpu: which there are, which are online, and the switch of each. Nothing is
// kept between calls: each opens what it reads and closes it (B-25), of any length (B-26), and a file that can't be read
// or holds no list is an error with a name (B-14). A write counts once both the switch and the list say what was wanted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wire/cpu_list.hpp"

namespace vnf::guestscale {

enum class CpuTreeFault : std::uint8_t {
    Unreadable,    ///< the list or the switch can't be opened or read
    NotAList,      ///< the list is none, or the switch is neither 0 nor 1
    Absent,        ///< there is no such vCPU
    NoOnlineFile,  ///< the vCPU has no switch, as vCPU 0 on most machines
    Refused,       ///< the kernel did not take the write: EBUSY for the last one, EPERM, ...
    Unchanged,     ///< the write was taken, and the state is not what was written
};

struct CpuTreeError {
    CpuTreeFault fault = CpuTreeFault::Unreadable;
    std::string path{};    ///< of the file that said so
    int system_error = 0;  ///< errno, 0 if none
};
/// One line: "can't write /sys/devices/system/cpu/cpu3/online: Device or resource busy".
std::string to_string(const CpuTreeError& error);

/// What a choice is made from.
struct CpuView {
    wire::CpuSet online;
    wire::CpuSet removable;  ///< present, not 0, and with a switch
    wire::CpuSet present{};
};

class CpuTree {
  public:
    /// `sysfs` is where sysfs is mounted, or a test's copy of it.
    explicit CpuTree(const std::string& sysfs = "/sys") : folder_(sysfs + "/devices/system/cpu") {}

    std::variant<wire::CpuSet, CpuTreeError> online() const { return read_list("online"); }
    /// Plugged in, online or not.
    std::variant<wire::CpuSet, CpuTreeError> present() const { return read_list("present"); }
    bool has_online_file(wire::Cpu cpu) const;
    std::variant<CpuView, CpuTreeError> view() const;

    /// Already there is success, for a vCPU without a switch too. Blocks for as long as the kernel takes, some 100 ms.
    std::optional<CpuTreeError> set(wire::Cpu cpu, bool online) const;

  private:
    std::string switch_of(wire::Cpu cpu) const;
    std::variant<wire::CpuSet, CpuTreeError> read_list(std::string_view name) const;
    std::optional<CpuTreeError> set_without_switch(wire::Cpu cpu, bool online) const;
    std::optional<CpuTreeError> verify_list(wire::Cpu cpu, bool online) const;

    std::string folder_;
};

}  // namespace vnf::guestscale
