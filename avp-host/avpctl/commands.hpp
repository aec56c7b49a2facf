// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// avpctl's commands: one request to avp-host each, its answer printed, and an exit status that a script can use.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace vnf::avpctl {

enum class Exit : int {
    Done = 0,
    Error = 1,
    Usage = 2,
    Refused = 3,      ///< by the guest, or because the port or avp-host is in no state for it
    NoAnswer = 4,     ///< the guest did not answer in time, or the successor
    Unknown = 5,      ///< no such port or switch
    NotReachable = 6  ///< avp-host is not there
};

struct Connection {
    std::string socket;
    bool json = false;
};

struct Migration {
    std::string port;
    bool is_attach = false;
    std::int64_t timeout_ms = 5000;
    bool by_force = false;
};

Exit ports(const Connection& to);
Exit show(const Connection& to, const std::string& port);
/// `port` empty: of all.
Exit counters(const Connection& to, const std::string& port);
Exit switches(const Connection& to);
Exit macs(const Connection& to, const std::string& name);
Exit migrate(const Connection& to, const Migration& migration);
Exit link(const Connection& to, const std::string& port, bool is_up);
/// No number: without end.
Exit send(const Connection& to, const std::string& port, std::optional<std::int64_t> frames);
Exit status(const Connection& to);
/// Until its successor answers, avp-host refuses, or the time is over.
Exit restart(const Connection& to, std::chrono::milliseconds patience);
Exit metrics(const Connection& to);

}  // namespace vnf::avpctl
