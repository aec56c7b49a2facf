// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What becomes of host-agent's answer: printed as it came or for people, and an exit status.
#pragma once

#include <boost/json/fwd.hpp>
#include <chrono>
#include <string>

#include "host-agent/vnfctl/commands.hpp"
#include "runtime/http_client.hpp"

namespace vnf::vnfctl {

/// How long an answer that waits for nobody may take.
inline constexpr std::chrono::seconds usual{10};

using Render = std::string (*)(const boost::json::value&);

Exit show_answer(const Connection& to, const runtime::HttpResult& result, Render render);
/// Says on standard error what went wrong.
Exit failed(const runtime::HttpResult& result);

}  // namespace vnf::vnfctl
