// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See scale_address.hpp.
#include "host-agent/scaling/scale_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace vnf::host {

namespace {

constexpr std::string_view instance_prefix = "instance-";
constexpr std::size_t address_limit = 15;

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::uint32_t fnv1a(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char byte : text) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    }
    return hash;
}

}  // namespace

std::string scale_address_of(std::string_view instance) {
    if (instance.starts_with(instance_prefix)) {
        const std::string_view number = instance.substr(instance_prefix.size());
        if (!number.empty() && std::all_of(number.begin(), number.end(), is_hex)) {
            return std::string("scale-").append(number).substr(0, address_limit);
        }
    }
    return fmt::format("scale-{:08x}", fnv1a(instance));
}

}  // namespace vnf::host
