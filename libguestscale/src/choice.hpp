// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which vCPU goes. Policy: the helper's word counts first, then an application's, then the highest online one; never 0,
// and never one without a switch. A word that names none of those is passed over. The helper may name a vCPU that is
// offline already, as the old agent had it (specification 4.5): nothing is written then, and the host says what is
// wrong. An application may not: its word is about what it runs on. Which vCPU comes back is the host's word alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cpu_tree.hpp"
#include "wire/cpu_list.hpp"

namespace vnf::guestscale {

enum class ChoiceSource : std::uint8_t { Helper, Application, Default };
std::string_view word(ChoiceSource source);

struct Choice {
    wire::Cpu cpu;
    ChoiceSource source;
    friend bool operator==(const Choice&, const Choice&) = default;
};

/// Nothing if no vCPU can go.
std::optional<Choice> choose_down(const CpuView& view, std::optional<wire::Cpu> helper,
                                  std::optional<wire::Cpu> application);

}  // namespace vnf::guestscale
