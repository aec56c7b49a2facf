// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: one byte for the form, then a settings file of guest-client, YAML or the old KEY=VALUE. It is read, or refused
// with a place; what was read is within the ranges that the daemon relies on.
#include <string>

#include "guest-client/legacy_settings.hpp"
#include "guest-client/settings.hpp"
#include "runtime/settings.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::fuzz;
using namespace vnf::guest;

namespace {

void check(const Settings& settings) {
    const auto& session = settings.session;
    promise(session.interval.count() >= 10 && session.interval.count() <= 60000, "an interval in its range");
    // The old file allows 0: the second for the way is added to it.
    promise(session.vote.count() >= 0 && session.restart.count() >= 0, "no timeout below nothing");
    promise(settings.applications.limit >= 1, "room for an application");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = text_of(data, size);
    const bool legacy = (take_byte(input) & 1U) != 0;
    try {
        check(legacy ? parse_legacy_settings(input, "fuzz.conf")
                     : parse_settings(std::string(input), "fuzz.yaml"));
    } catch (const vnf::runtime::SettingsError& error) {
        promise(std::string_view(error.what()).starts_with("fuzz."), "an error names the file");
    }
    return 0;
}
