// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a request's target names: a path and a query, decoded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vnf::runtime {

struct HttpTarget {
    std::string path;
    std::map<std::string, std::string> query;
};

/// Nothing for a target that is not "/path?query" (or the same after "http://host"), for a bad percent code,
/// for bytes that are not text, for an encoded slash (a name with one would reach another path) and for a
/// query key that appears twice.
std::optional<HttpTarget> parse_http_target(std::string_view target);

}  // namespace vnf::runtime
