// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A handle's configuration, parsed: what the C struct may get wrong has been refused by name, defaults are
// filled in.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "libhandle/back_off.hpp"
#include "vnf/heartbeat.h"
#include "wire/application_record.hpp"
#include "wire/heartbeat_words.hpp"

namespace vnf::libheartbeat {

struct Settings {
    std::string name;
    std::string socket_path;
    std::uint32_t interval_ms = 1000;
    std::uint32_t vote_ms = 8000, shutdown_notice_ms = 5000, suspend_notice_ms = 5000,
                  resume_notice_ms = 5000;
    wire::CorrectiveAction corrective_action = wire::CorrectiveAction::Log;
    wire::SilentClose silent_close = wire::SilentClose::DaemonDefault;
    libhandle::BackOffRange back_off{};
    bool require_version_3 = false;
};

/// Leaves `settings` in an unspecified state after an error.
vnf_heartbeat_error parse_settings(const vnf_heartbeat_config& config, Settings& settings);

/// A null pointer gives a struct without callbacks.
vnf_heartbeat_error parse_callbacks(const vnf_heartbeat_callbacks* given, vnf_heartbeat_callbacks& callbacks);

/// What the application waits for by its own numbers, for a daemon that does not say (specification 2.6).
std::chrono::milliseconds class_timeout(const Settings& settings, wire::Event event,
                                        wire::Notification notification);

}  // namespace vnf::libheartbeat
