// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's configuration, parsed: what the C struct may get wrong has been refused by name, defaults are filled in.
#pragma once

#include <chrono>
#include <string>

#include "libhandle/back_off.hpp"
#include "vnf/servergroup.h"

namespace vnf::libservergroup {

struct Settings {
    std::string name;
    std::string socket_path;
    std::chrono::milliseconds status_timeout{5000};
    libhandle::BackOffRange back_off{};
};

/// Leaves `settings` in an unspecified state after an error.
vnf_sg_error parse_settings(const vnf_sg_config& config, Settings& settings);

/// A null pointer gives a struct without callbacks.
vnf_sg_error parse_callbacks(const vnf_sg_callbacks* given, vnf_sg_callbacks& callbacks);

}  // namespace vnf::libservergroup
