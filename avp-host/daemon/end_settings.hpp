// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The ends that can be behind a port or on a switch: how each is set, and made.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "avp-host/ports/end_port.hpp"
#include "avp-host/ports/generator_port.hpp"
#include "avp-host/ports/pcap_port.hpp"
#include "runtime/settings.hpp"

namespace vnf::avp {

struct NullEnd {
    friend bool operator==(const NullEnd&, const NullEnd&) = default;
};
struct EchoEnd {
    bool swaps_addresses = true;
    friend bool operator==(const EchoEnd&, const EchoEnd&) = default;
};
struct CounterEnd {
    bool verifies = false;
    friend bool operator==(const CounterEnd&, const CounterEnd&) = default;
};
struct TapEnd {
    std::string interface_name;       ///< empty: the descriptor
    std::optional<int> descriptor{};  ///< that this process was started with
    friend bool operator==(const TapEnd&, const TapEnd&) = default;
};

using EndSettings = std::variant<NullEnd, EchoEnd, CounterEnd, GeneratorSettings, TapEnd, PcapSettings>;

/// The word in the settings: "tap".
std::string_view kind_of(const EndSettings& settings);
/// Key `end` and those of that kind. `destination` is a generator's unless it has one of its own.
EndSettings read_end(runtime::SettingsMap& map, const MacAddress& destination);
/// Throws std::exception that says what is missing.
std::unique_ptr<EndPort> make_end(const EndSettings& settings);

/// "10" or "10-20", within these bounds.
std::optional<std::pair<unsigned, unsigned>> number_range(std::string_view text, unsigned least,
                                                          unsigned most);
/// Six bytes between colons; the error names the key.
MacAddress read_mac(runtime::SettingsMap& map, std::string_view key, const MacAddress& fallback);

}  // namespace vnf::avp
