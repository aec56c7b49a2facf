// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/bench/footprint.hpp"

#include <poll.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "tests/harness/deadline.hpp"

namespace vnf::bench {
namespace {

namespace fs = std::filesystem;

fs::path proc(pid_t pid) {
    return fs::path("/proc") / std::to_string(pid);
}

/// The first number of the line that begins with `key`.
std::uint64_t field(const fs::path& file, const std::string& key) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        if (line.compare(0, key.size(), key) == 0)
            return std::stoull(line.substr(key.size()));
    }
    return 0;
}

std::uint64_t sum_over_threads(pid_t pid, const std::function<std::uint64_t(const fs::path&)>& one) {
    std::uint64_t sum = 0;
    for (const auto& thread : fs::directory_iterator(proc(pid) / "task"))
        sum += one(thread.path());
    return sum;
}

}  // namespace

Memory memory_of(pid_t pid) {
    const fs::path file = proc(pid) / "smaps_rollup";
    return {static_cast<double>(field(file, "Rss:")),
            static_cast<double>(field(file, "Private_Clean:") + field(file, "Private_Dirty:"))};
}

std::uint64_t waits_of(pid_t pid) {
    return sum_over_threads(
        pid, [](const fs::path& task) { return field(task / "status", "voluntary_ctxt_switches:"); });
}

std::chrono::nanoseconds processor_time_of(pid_t pid) {
    return std::chrono::nanoseconds(
        sum_over_threads(pid, [](const fs::path& task) { return field(task / "schedstat", ""); }));
}

void window(std::chrono::milliseconds length) {
    const harness::Deadline end(length);
    while (!end.passed())
        ::poll(nullptr, 0, end.poll_timeout());
}

}  // namespace vnf::bench
