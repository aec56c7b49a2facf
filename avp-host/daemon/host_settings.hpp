// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// avp-host's settings: read once, strictly, into plain values (docs/avp-host.md describes every key).
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "avp-host/daemon/end_settings.hpp"
#include "avp-host/device_settings.hpp"
#include "avp-host/ports/learning_switch.hpp"
#include "avp-host/ports/worker.hpp"
#include "avp-host/presentation/device_files.hpp"
#include "runtime/log.hpp"
#include "runtime/socket_settings.hpp"

namespace vnf::avp {

/// On a switch.
struct SwitchPlace {
    std::string switch_name;
    SwitchPortSettings port;
    friend bool operator==(const SwitchPlace&, const SwitchPlace&) = default;
};

/// Wired to an end of its own.
struct DirectPlace {
    std::string name;    ///< of the end
    std::string worker;  ///< that serves both
    EndSettings end;
    friend bool operator==(const DirectPlace&, const DirectPlace&) = default;
};

/// By vfio-user.
struct SocketPlace {
    runtime::SocketSettings socket;
    bool has_msix = true;
};

struct DevicePortSettings {
    std::string name;
    std::variant<SocketPlace, DevicePlace> presentation;  ///< vfio-user, files
    DeviceSettings device;
    std::variant<SwitchPlace, DirectPlace> behind;
};

struct SwitchEndSettings {
    std::string name;
    EndSettings end;
    SwitchPortSettings port;
    friend bool operator==(const SwitchEndSettings&, const SwitchEndSettings&) = default;
};

struct SwitchSettings {
    std::string name;
    std::string worker;
    std::chrono::seconds mac_age{300};
    std::vector<SwitchEndSettings> ends;
    friend bool operator==(const SwitchSettings&, const SwitchSettings&) = default;
};

struct HostSettings {
    runtime::LogLevel log_level = runtime::LogLevel::Info;
    runtime::SocketSettings control;
    std::vector<WorkerSettings> workers;  ///< at least one
    std::vector<SwitchSettings> switches;
    std::vector<DevicePortSettings> ports;
};

/// Ports vm1 and vm2 on a switch `lan`, their sockets in runtime::default_avp_directory().
HostSettings default_settings();

/// Throws runtime::SettingsError. Without `ports` and `switches` they are the default ones.
HostSettings load_settings(const std::string& file);
HostSettings parse_settings(const std::string& text, const std::string& file_name);

/// The keys that a running avp-host does not take anew: all but the log level and what a device offers its guest, which
/// counts from the port's next attachment on.
std::vector<std::string> needs_restart(const HostSettings& running, const HostSettings& wanted);

}  // namespace vnf::avp
