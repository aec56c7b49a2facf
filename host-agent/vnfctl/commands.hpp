// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// vnfctl's commands: one request to host-agent each, its answer printed, and an exit status that a script can use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace vnf::vnfctl {

enum class Exit : int {
    Done = 0,
    Error = 1,
    Usage = 2,
    Rejected = 3,  ///< the guest rejected the vote
    NoAnswer = 4,  ///< no usable answer in time: allowed by the documented rule
    UnknownInstance = 5,
    NotReachable = 6,  ///< host-agent is not there
};

struct Connection {
    std::string socket;
    bool json = false;
};

struct ActionArguments {
    std::string id, event, origin;
    std::optional<std::int64_t> timeout_ms;
};

Exit list(const Connection& to);
Exit show(const Connection& to, const std::string& id);
Exit status(const Connection& to);
Exit metrics(const Connection& to);
Exit vote(const Connection& to, const ActionArguments& arguments);
Exit notify(const Connection& to, const ActionArguments& arguments);
Exit cancel(const Connection& to, const std::string& id, const std::string& reason);
Exit add(const Connection& to, const std::string& id, const std::string& socket, const std::string& qmp);
Exit remove(const Connection& to, const std::string& id);
/// `id` empty: of all guests.
Exit reporting(const Connection& to, const std::string& id, const std::string& wanted);
Exit watch(const Connection& to, std::optional<std::uint64_t> since);

}  // namespace vnf::vnfctl
