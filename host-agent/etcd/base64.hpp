// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Base64 as etcd's JSON carries keys and values: the standard alphabet with padding (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vnf::host {

std::string base64_encoded(std::string_view bytes);
/// Nothing for a wrong length, alphabet or padding.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace vnf::host
