// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The real event loop, run until something has happened, and a directory of one's own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace vnf::host {

/// Runs the loop until `happened()`; false if it never did. Only a failing test waits that long.
template <typename Predicate>
bool run_until(boost::asio::io_context& io, Predicate happened) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!happened() && std::chrono::steady_clock::now() < end) {
        io.restart();
        io.run_one_until(end);
    }
    return happened();
}

/// Runs what is ready now, and what that makes ready.
inline void run_ready(boost::asio::io_context& io) {
    do
        io.restart();
    while (io.poll() != 0);
}

class OwnDirectory {
  public:
    OwnDirectory() {
        char pattern[] = "/tmp/vnf-host-XXXXXX";
        if (::mkdtemp(pattern) == nullptr)
            std::abort();
        path_ = pattern;
    }
    ~OwnDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    OwnDirectory(const OwnDirectory&) = delete;
    OwnDirectory& operator=(const OwnDirectory&) = delete;

    const std::string& path() const { return path_; }
    std::string at(const std::string& name) const { return path_ + '/' + name; }

  private:
    std::string path_;
};

}  // namespace vnf::host
