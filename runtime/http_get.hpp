// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One blocking GET over TCP, for command-line tools: a metadata service on the link's own network. Plain HTTP alone, no
// proxy of the environment, no redirection, no name that is longer looked up than the whole may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "runtime/http_client.hpp"

namespace vnf::runtime {

/// `largest` bounds the body; a longer one is an error and not cut.
HttpResult http_get(const std::string& url, std::chrono::milliseconds timeout, std::size_t largest);

}  // namespace vnf::runtime
