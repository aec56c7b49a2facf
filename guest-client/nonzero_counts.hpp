// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Counts by an enumeration, as JSON: those that are not zero, as word() names them. Reasons are many, and few happen.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>

namespace vnf::guest {

template <typename Kind, std::size_t kinds>
boost::json::object nonzero_counts(const std::array<std::uint64_t, kinds>& counts) {
    boost::json::object by_kind;
    for (std::size_t i = 0; i < kinds; ++i) {
        if (counts[i] != 0) {
            by_kind[word(static_cast<Kind>(i))] = counts[i];
        }
    }
    return by_kind;
}

}  // namespace vnf::guest
