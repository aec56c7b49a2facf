// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The vCPUs of sysfs as the desk wants them.
#pragma once

#include <string>

#include "guest-scale-agent/cpu_source.hpp"
#include "guest-scale-agent/scale_desk.hpp"
#include "runtime/log.hpp"

namespace vnf::scale {

class KernelCpus final : public CpuSource {
  public:
    explicit KernelCpus(const std::string& sysfs) : tree_(sysfs) {}
    std::optional<CpuState> state() const override;
    std::optional<guestscale::CpuView> view() const override;
    const guestscale::CpuTree& tree() const { return tree_; }

  private:
    void say_unreadable(const guestscale::CpuTreeError& error) const;

    guestscale::CpuTree tree_;
    mutable runtime::LogLimit unreadable_log_;
};

/// Blocks. Nothing is written after effect.not_after, however long this had to wait for its turn.
SwitchEnd switch_cpu(const guestscale::CpuTree& tree, const ScaleDesk::Switch& effect);

}  // namespace vnf::scale
