// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The real event loop, run until something has happened.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>

#include "tests/runtime/surroundings.hpp"

namespace vnf::test {

using runtime::test::ScopedVariable;
using runtime::test::ScratchFolder;

/// Only a failing test waits that long.
inline constexpr std::chrono::seconds patience{60};

/// Runs the loop until `happened()`; false if it never did.
template <typename Predicate>
bool run_until(boost::asio::io_context& io, Predicate happened) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!happened() && std::chrono::steady_clock::now() < end) {
        io.restart();
        io.run_one_until(end);
    }
    return happened();
}

/// The same for what the loop does not hear of: looks every few milliseconds.
template <typename Predicate>
bool run_until_seen(boost::asio::io_context& io, Predicate seen) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!seen() && std::chrono::steady_clock::now() < end) {
        io.restart();
        io.run_one_for(std::chrono::milliseconds(2));
    }
    return seen();
}

/// Runs what is ready now, and what that makes ready, without waiting.
inline void run_ready(boost::asio::io_context& io) {
    do
        io.restart();
    while (io.poll() != 0);
}

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
        ++count;
    return count;
}

}  // namespace vnf::test
