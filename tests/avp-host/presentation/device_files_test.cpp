// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The tree below sysfs by itself: what it holds, what it takes away, and what it leaves alone.
#include "avp-host/presentation/device_files.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/runtime/surroundings.hpp"

using namespace vnf::avp;
using vnf::runtime::test::ScratchFolder;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t memory_bytes = 4 << 20;

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// All below the folder but the slots' locks.
std::size_t entries_below(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        count += entry.path().filename().string().starts_with(".slot") ? 0 : 1;
    return count;
}

}  // namespace

TEST_CASE("a device's files say what a kernel would say of it") {
    const ScratchFolder scratch;
    const DeviceFiles files({scratch.path() / "avp", 3}, memory_bytes);
    CHECK(files.pci_address() == "0000:00:03.0");
    const fs::path device = scratch.path() / "avp/devices/0000:00:03.0";
    CHECK(text_of(device / "vendor") == "0x1af4\n");
    CHECK(text_of(device / "device") == "0x1110\n");
    CHECK(text_of(device / "subsystem_vendor") == "0x1af4\n");
    CHECK(text_of(device / "subsystem_device") == "0x1104\n");
    CHECK(text_of(device / "class") == "0x050000\n");
    CHECK(fs::read_symlink(device / "driver").filename() == "uio_pci_generic");
    CHECK(fs::is_directory(device / "uio/uio3"));
    CHECK(fs::is_fifo(scratch.path() / "avp/dev/uio3"));
    CHECK(fs::equivalent(device / "config", scratch.path() / "avp/class/uio/uio3/device/config"));
    CHECK(fs::file_size(device / "config") == 256);
    CHECK(text_of(device / "resource") ==
          "0x0000000080000000 0x0000000080000fff 0x0000000000000200\n"
          "0x0000000080001000 0x0000000080001fff 0x0000000000000200\n"
          "0x0000000080002000 0x0000000080401fff 0x0000000000000200\n"
          "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
          "0x0000000080402000 0x0000000080411fff 0x0000000000000200\n"
          "0x0000000080412000 0x0000000080412fff 0x0000000000000200\n"
          "0x0000000000000000 0x0000000000000000 0x0000000000000000\n");
    const auto regions = files.open_regions();
    CHECK(regions.memory.bytes().size() == memory_bytes);
    CHECK(fs::file_size(device / "resource2") == memory_bytes);
    CHECK(files.open_registers().bytes().size() == 4096);
}

TEST_CASE("devices share a folder, and each takes its own files away") {
    const ScratchFolder scratch;
    const fs::path folder = scratch.path() / "avp";
    {
        const DeviceFiles first({folder, 0}, memory_bytes);
        const std::size_t of_one = entries_below(folder);
        {
            const DeviceFiles second({folder, 31}, memory_bytes);
            CHECK(entries_below(folder) > of_one);
        }
        CHECK(entries_below(folder) == of_one);
        std::ofstream(folder / "dev/mine") << "not yours";
    }
    CHECK(entries_below(folder) == 2);
    CHECK(text_of(folder / "dev/mine") == "not yours");
}

TEST_CASE("a slot has one host, what a crashed one left in it is replaced") {
    const ScratchFolder scratch;
    const fs::path folder = scratch.path() / "avp";
    const DeviceFiles first({folder, 1}, memory_bytes);
    CHECK_THROWS_WITH(DeviceFiles({folder, 1}, memory_bytes),
                      Catch::Contains(".slot1: another host has this slot"));
    fs::create_directories(folder / "devices/0000:00:02.0/uio/uio2");
    std::ofstream(folder / "devices/0000:00:02.0/vendor") << "stale";
    const DeviceFiles second({folder, 2}, memory_bytes);
    CHECK(text_of(folder / "devices/0000:00:02.0/vendor") == "0x1af4\n");
}

TEST_CASE("a place that can't be is refused with its name, and nothing is left behind") {
    const ScratchFolder scratch;
    CHECK_THROWS_WITH(DeviceFiles({scratch.path() / "avp", 32}, memory_bytes), "slot: 32 is not below 32");
    CHECK_THROWS_WITH(DeviceFiles({scratch.path() / "no/such", 0}, memory_bytes), Catch::Contains("no/such"));
    fs::create_directories(scratch.path() / "avp/dev/uio0/occupied");
    CHECK_THROWS_WITH(DeviceFiles({scratch.path() / "avp", 0}, memory_bytes), Catch::Contains("dev/uio0"));
    CHECK(fs::exists(scratch.path() / "avp/dev/uio0/occupied"));
    CHECK_FALSE(fs::exists(scratch.path() / "avp/devices"));
}
