// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include <catch2/catch.hpp>
#include <cstring>

#include "avp-host/presentation/pci_config_space.hpp"

using vnf::avp::PciConfigSpace;

namespace {

constexpr std::size_t bar_0 = 0x10;
constexpr std::size_t capability = 0x40;

template <typename Value>
Value read(const PciConfigSpace& config, std::size_t offset) {
    Value value{};
    std::memcpy(&value, config.read(offset, sizeof value).data(), sizeof value);
    return value;
}

void write(PciConfigSpace& config, std::size_t offset, std::uint32_t value) {
    config.write(offset, std::as_bytes(std::span(&value, 1)));
}

}  // namespace

TEST_CASE("the configuration says that it is an AVP device") {
    const PciConfigSpace config(16 << 20, 9);
    CHECK(read<std::uint32_t>(config, 0x00) == 0x1110'1AF4);
    CHECK(read<std::uint32_t>(config, 0x2C) == 0x1104'1AF4);
    CHECK(read<std::uint32_t>(config, 0x08) >> 8 == 0x050000);
    CHECK(read<std::uint8_t>(config, 0x0E) == 0);
    CHECK((read<std::uint16_t>(config, 0x06) & 0x10) != 0);
    CHECK(read<std::uint8_t>(config, 0x34) == capability);
    CHECK(read<std::uint8_t>(config, 0x3D) == 0);
}

TEST_CASE("a BAR tells its size to whoever writes ones, and keeps an address") {
    PciConfigSpace config(std::uint64_t{8} << 30, 9);
    for (std::size_t bar = 0; bar < 6; ++bar)
        write(config, bar_0 + 4 * bar, 0xFFFFFFFF);
    CHECK(read<std::uint32_t>(config, bar_0) == 0xFFFFF000);
    CHECK(read<std::uint32_t>(config, bar_0 + 4) == 0xFFFFF000);
    CHECK(read<std::uint64_t>(config, bar_0 + 8) == ((~std::uint64_t{0} << 33) | 0xC));
    CHECK(read<std::uint32_t>(config, bar_0 + 16) == 0xFFFF0000);
    CHECK(read<std::uint32_t>(config, bar_0 + 20) == 0xFFFFF000);
    write(config, bar_0, 0xFEBF1234);
    CHECK(read<std::uint32_t>(config, bar_0) == 0xFEBF1000);
    config.reset();
    CHECK(read<std::uint32_t>(config, bar_0) == 0);
    CHECK(read<std::uint32_t>(config, bar_0 + 8) == 0xC);
}

TEST_CASE("a card without vectors has no capability") {
    const PciConfigSpace config(16 << 20, 0);
    CHECK((read<std::uint16_t>(config, 0x06) & 0x10) == 0);
    CHECK(read<std::uint8_t>(config, 0x34) == 0);
    CHECK(read<std::uint32_t>(config, capability) == 0);
    CHECK(read<std::uint32_t>(config, bar_0 + 8) == 0xC);
}

TEST_CASE("the one capability is MSI-X with its table in BAR 1") {
    PciConfigSpace config(16 << 20, 9);
    CHECK(read<std::uint16_t>(config, capability) == 0x11);
    CHECK(read<std::uint16_t>(config, capability + 2) == 8);
    CHECK(read<std::uint32_t>(config, capability + 4) == 1);
    CHECK(read<std::uint32_t>(config, capability + 8) == 0x801);
    write(config, capability, 0xFFFFFFFF);
    CHECK(read<std::uint32_t>(config, capability) == 0xC008'0011);
}

TEST_CASE("what is read-only stays, whatever is written over all of it") {
    PciConfigSpace config(16 << 20, 9);
    const std::vector<std::byte> ones(PciConfigSpace::kBytes, std::byte{0xFF});
    config.write(0, ones);
    CHECK(read<std::uint32_t>(config, 0x00) == 0x1110'1AF4);
    CHECK(read<std::uint32_t>(config, 0x2C) == 0x1104'1AF4);
    CHECK(read<std::uint16_t>(config, 0x04) == 0x0406);
    CHECK(read<std::uint8_t>(config, 0xFF) == 0);
}
