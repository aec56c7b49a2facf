// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Catch2's main, compiled once. A test that can't run says so with WARN("SKIPPED: reason"). The exit status is 4 if
// one did and nothing failed, so that CTest counts it as skipped; whatever failed before or after it is 1.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <string_view>

namespace {

constexpr int skipped = 4;  // VNF_SKIPPED of tests/CMakeLists.txt
bool skip_announced = false;

class SkipListener : public Catch::TestEventListenerBase {
  public:
    using TestEventListenerBase::TestEventListenerBase;
    bool assertionEnded(const Catch::AssertionStats& stats) override {
        const std::string message = stats.assertionResult.getMessage();
        if (std::string_view(message).starts_with("SKIPPED: ")) {
            skip_announced = true;
        }
        return true;
    }
};
CATCH_REGISTER_LISTENER(SkipListener)

}  // namespace

int main(int argc, char* argv[]) {
    // Catch2's own status is the number of failures, which might be 4.
    if (Catch::Session().run(argc, argv) != 0) {
        return 1;
    }
    return skip_announced ? skipped : 0;
}
