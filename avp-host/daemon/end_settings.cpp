// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See end_settings.hpp.
#include "avp-host/daemon/end_settings.hpp"

#include <array>
#include <charconv>

#include "avp-host/ports/counter_port.hpp"
#include "avp-host/ports/echo_port.hpp"
#include "avp-host/ports/null_port.hpp"
#include "avp-host/ports/tap_port.hpp"

namespace vnf::avp {
namespace {

using runtime::SettingsMap;

constexpr std::size_t kMostSizeItems = 64;

std::vector<std::uint16_t> read_sizes(SettingsMap& map) {
    std::vector<std::uint16_t> sizes;
    for (const std::string& text : map.texts("sizes", kMostSizeItems)) {
        const auto range = number_range(text, GeneratorSettings::kLeastBytes, AVP_MAX_FRAME_BYTES);
        if (!range)
            map.fail("sizes", text + " is not allowed, must be " +
                                  std::to_string(GeneratorSettings::kLeastBytes) + ".." +
                                  std::to_string(AVP_MAX_FRAME_BYTES) + ", or two with a '-' between them");
        for (unsigned size = range->first; size <= range->second; ++size)
            sizes.push_back(static_cast<std::uint16_t>(size));
        if (sizes.size() > GeneratorSettings::kMostSizes)
            map.fail("sizes", "must be at most " + std::to_string(GeneratorSettings::kMostSizes) + " in all");
    }
    if (sizes.empty())
        map.fail("sizes", "must have at least one");
    return sizes;
}

GeneratorSettings read_generator(SettingsMap& map, const MacAddress& destination) {
    GeneratorSettings settings;
    if (map.has("sizes"))
        settings.sizes = read_sizes(map);
    settings.frames_per_second = static_cast<std::uint64_t>(
        map.integer("frames_per_second", 0, 0, static_cast<std::int64_t>(GeneratorSettings::kMostPerSecond)));
    if (map.has("frames"))
        settings.frames = static_cast<std::uint64_t>(map.integer("frames", 0, 0, INT64_MAX));
    settings.flows = static_cast<unsigned>(map.integer("flows", 1, 1, GeneratorSettings::kMostFlows));
    settings.source = read_mac(map, "source", settings.source);
    settings.destination = read_mac(map, "destination", destination);
    if (map.has("tag"))
        settings.tci = static_cast<std::uint16_t>(map.integer("tag", 0, 0, 65535));
    settings.verifies = map.boolean("verify", false);
    return settings;
}

TapEnd read_tap(SettingsMap& map) {
    TapEnd tap;
    tap.interface_name = map.text("interface", "", 15);
    if (map.has("descriptor"))
        tap.descriptor = static_cast<int>(map.integer("descriptor", 3, 3, 1023));
    if (tap.interface_name.empty() != tap.descriptor.has_value())
        map.fail("interface", "a TAP has either an interface or a descriptor");
    return tap;
}

PcapSettings read_pcap(SettingsMap& map) {
    PcapSettings settings;
    settings.file = map.text("file", "", 4095);
    if (!settings.file.is_absolute())
        map.fail("file", "must be an absolute path");
    settings.max_bytes = static_cast<std::uint64_t>(
        map.integer("max_bytes", static_cast<std::int64_t>(settings.max_bytes), 24, 1LL << 40));
    settings.bytes_of_frame =
        static_cast<std::uint32_t>(map.integer("bytes_of_frame", settings.bytes_of_frame, 14, 65535));
    return settings;
}

std::unique_ptr<EndPort> make(const NullEnd&) {
    return std::make_unique<NullPort>();
}
std::unique_ptr<EndPort> make(const EchoEnd& settings) {
    return std::make_unique<EchoPort>(settings.swaps_addresses);
}
std::unique_ptr<EndPort> make(const CounterEnd& settings) {
    return std::make_unique<CounterPort>(settings.verifies);
}
std::unique_ptr<EndPort> make(const GeneratorSettings& settings) {
    return std::make_unique<GeneratorPort>(settings);
}
std::unique_ptr<EndPort> make(const TapEnd& settings) {
    return std::make_unique<TapPort>(settings.descriptor ? runtime::FileDescriptor(*settings.descriptor)
                                                         : TapPort::open(settings.interface_name));
}
std::unique_ptr<EndPort> make(const PcapSettings& settings) {
    return std::make_unique<PcapPort>(settings);
}

}  // namespace

std::string_view kind_of(const EndSettings& settings) {
    constexpr std::array<std::string_view, std::variant_size_v<EndSettings>> kinds{
        "null", "echo", "counter", "generator", "tap", "pcap"};
    return kinds[settings.index()];
}

EndSettings read_end(SettingsMap& map, const MacAddress& destination) {
    if (!map.has("end"))
        map.fail("end", "must be one of null, echo, counter, generator, tap, pcap");
    switch (map.choice("end", 0, {"null", "echo", "counter", "generator", "tap", "pcap"})) {
        case 1:
            return EchoEnd{map.boolean("swap_addresses", true)};
        case 2:
            return CounterEnd{map.boolean("verify", false)};
        case 3:
            return read_generator(map, destination);
        case 4:
            return read_tap(map);
        case 5:
            return read_pcap(map);
        default:
            return NullEnd{};
    }
}

std::unique_ptr<EndPort> make_end(const EndSettings& settings) {
    return std::visit([](const auto& of_kind) { return make(of_kind); }, settings);
}

std::optional<std::pair<unsigned, unsigned>> number_range(std::string_view text, unsigned least,
                                                          unsigned most) {
    std::pair<unsigned, unsigned> range;
    const char* end = text.data() + text.size();
    auto parsed = std::from_chars(text.data(), end, range.first);
    range.second = range.first;
    if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '-')
        parsed = std::from_chars(parsed.ptr + 1, end, range.second);
    if (parsed.ec != std::errc() || parsed.ptr != end || range.first < least || range.second < range.first ||
        range.second > most)
        return std::nullopt;
    return range;
}

MacAddress read_mac(SettingsMap& map, std::string_view key, const MacAddress& fallback) {
    if (!map.has(key))
        return fallback;
    const auto mac = mac_of(map.text(key, ""));
    if (!mac)
        map.fail(key, "must be six bytes in hexadecimal, like 02:00:00:00:00:01, in quotes");
    return *mac;
}

}  // namespace vnf::avp
