// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's configuration, parsed: what the C struct may get wrong has been refused by name, defaults are filled in.
#pragma once

#include <string>

#include "libhandle/back_off.hpp"
#include "vnf/guestscale.h"

namespace vnf::guestscale {

struct Settings {
    std::string name;
    std::string socket_path;
    libhandle::BackOffRange back_off{};
    bool answers_later = false;
    bool keeps_affinity = true;
};

/// Leaves `settings` in an unspecified state after an error.
vnf_gs_error parse_settings(const vnf_gs_config& config, Settings& settings);

/// A null pointer gives a struct without callbacks.
vnf_gs_error parse_callbacks(const vnf_gs_callbacks* given, vnf_gs_callbacks& callbacks);

}  // namespace vnf::guestscale
