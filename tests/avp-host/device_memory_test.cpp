// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Regions: what a guest that holds the descriptor can't do to them, and files in their place.
#include "avp-host/device_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <system_error>

#include "tests/harness/scratch_directory.hpp"

using namespace vnf::avp;
using vnf::runtime::FileDescriptor;

TEST_CASE("a sealed region can be neither cut, nor grown, nor unsealed by who holds its descriptor") {
    const auto region = Region::sealed_memory("test", 8192);
    REQUIRE(region.bytes().size() == 8192);
    CHECK(::ftruncate(region.descriptor(), 4096) == -1);
    CHECK(::ftruncate(region.descriptor(), 16384) == -1);
    CHECK(::ftruncate(region.descriptor(), 0) == -1);
    CHECK(::fcntl(region.descriptor(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == -1);
    CHECK((::fcntl(region.descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
    region.bytes()[8191] = std::byte{1};
}

TEST_CASE("a region keeps its mapping when it is moved") {
    auto first = Region::sealed_memory("first", 4096);
    first.bytes()[0] = std::byte{42};
    auto second = Region::sealed_memory("second", 8192);
    second = std::move(first);
    CHECK(second.bytes().size() == 4096);
    CHECK(second.bytes()[0] == std::byte{42});
    const Region third(std::move(second));
    CHECK(third.bytes()[0] == std::byte{42});
    CHECK(third.descriptor() >= 0);
}

TEST_CASE("a region that is handed over shows the same bytes, if it is sealed and large enough") {
    const auto region = Region::sealed_memory("test", 8192);
    region.bytes()[5000] = std::byte{7};
    const auto again = Region::adopted(FileDescriptor(::dup(region.descriptor())), 8192);
    CHECK(again.bytes()[5000] == std::byte{7});
    CHECK_THROWS_AS(Region::adopted(FileDescriptor(::dup(region.descriptor())), 8193), std::system_error);
    FileDescriptor open(::memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    REQUIRE(::ftruncate(open.get(), 8192) == 0);
    CHECK_THROWS_AS(Region::adopted(std::move(open), 8192), std::system_error);
    CHECK_THROWS_AS(Region::adopted(FileDescriptor(), 8192), std::system_error);
}

TEST_CASE("a region in a file is as large as asked for, has its room, and is the owner's alone") {
    const vnf::harness::ScratchDirectory directory;
    const auto path = directory.path() / "resource2";
    const auto region = Region::in_file(path, 65536);
    region.bytes()[65535] = std::byte{9};
    CHECK(std::filesystem::file_size(path) == 65536);
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::mask) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    std::ifstream file(path, std::ios::binary);
    file.seekg(65535);
    CHECK(file.get() == 9);
}

TEST_CASE("a region that is wiped is empty for whoever has it mapped") {
    const vnf::harness::ScratchDirectory directory;
    for (const bool in_file : {false, true}) {
        auto region = in_file ? Region::in_file(directory.path() / "resource2", 65536)
                              : Region::sealed_memory("test", 65536);
        CHECK(region.is_sealed() == !in_file);
        region.bytes()[60000] = std::byte{5};
        void* other = ::mmap(nullptr, 65536, PROT_READ, MAP_SHARED, region.descriptor(), 0);
        REQUIRE(other != MAP_FAILED);
        region.wipe();
        CHECK(region.bytes()[60000] == std::byte{0});
        CHECK(static_cast<std::byte*>(other)[60000] == std::byte{0});
        ::munmap(other, 65536);
    }
}

TEST_CASE("a region is not made through a link or in a folder that is not there") {
    const vnf::harness::ScratchDirectory directory;
    std::filesystem::create_symlink(directory.path() / "elsewhere", directory.path() / "link");
    CHECK_THROWS_AS(Region::in_file(directory.path() / "link", 4096), std::system_error);
    CHECK_THROWS_AS(Region::in_file(directory.path() / "none" / "file", 4096), std::system_error);
    CHECK_FALSE(std::filesystem::exists(directory.path() / "elsewhere"));
}
