// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The exit status of a test program, seen by running this one again with a hidden case.
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

namespace {

int status_of(const std::string& test_case) {
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    // NOLINTNEXTLINE(concurrency-mt-unsafe,cert-env33-c): one thread, and names of this file only
    return WEXITSTATUS(std::system(("'" + self + "' '" + test_case + "' >/dev/null").c_str()));
}

}  // namespace

TEST_CASE("hidden: passes", "[.]") {
    CHECK(true);
}

TEST_CASE("hidden: skips", "[.]") {
    WARN("SKIPPED: to see what becomes of it");
}

TEST_CASE("hidden: skips and fails", "[.]") {
    WARN("SKIPPED: to see what becomes of it");
    CHECK(false);
}

TEST_CASE("hidden: fails in four places", "[.]") {
    for (int i = 0; i < 4; ++i) {
        CHECK(false);
    }
}

TEST_CASE("hidden: warns", "[.]") {
    WARN("not SKIPPED: at all");
}

TEST_CASE("a test that announced a skip is skipped only if nothing failed") {
    CHECK(status_of("hidden: passes") == 0);
    CHECK(status_of("hidden: warns") == 0);
    CHECK(status_of("hidden: skips") == 4);
    CHECK(status_of("hidden: skips and fails") == 1);
    CHECK(status_of("hidden: fails in four places") == 1);
}
