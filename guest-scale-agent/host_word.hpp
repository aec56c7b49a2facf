// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the host wants offline after a boot, as guest-client's control socket says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "wire/cpu_list.hpp"

namespace vnf::scale {

/// What guest-client knows of the host's word.
struct HostWord {
    enum class State : std::uint8_t {
        Pending,  ///< no host yet, or it has not answered
        Silent,   ///< it has answered, and does not know
        Known,    ///< `offline` is its word
    };
    State state = State::Pending;
    wire::CpuSet offline;
};
/// guest-client's document /v1/scale, or what is wrong with it.
std::variant<HostWord, std::string> parse_host_word(std::string_view document);

}  // namespace vnf::scale
