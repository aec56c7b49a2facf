// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <vector>

#include "runtime/directory_watch.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::runtime;
using namespace vnf::test;

namespace {

void touch(const std::string& path) {
    std::ofstream(path).put('x');
}

DirectorySubscription::OnName count_in(int& count) {
    return [&count](std::string_view) {
        ++count;
    };
}

}  // namespace

TEST_CASE("the appearance of a name is told to who waits for it, and to who waits for any") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    int wanted = 0, other = 0, any = 0;
    const DirectorySubscription one(io, directory.path(), "wanted", count_in(wanted));
    const DirectorySubscription two(io, directory.path(), "other", count_in(other));
    const DirectorySubscription all(io, directory.path(), "", count_in(any));
    REQUIRE(one);
    touch(directory / "wanted");
    touch(directory / "unwanted");
    REQUIRE(run_until(io, [&any] { return any == 2; }));
    CHECK(wanted == 1);
    CHECK(other == 0);
}

TEST_CASE("a name that is moved in, or given other permissions, has appeared, too") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    int wanted = 0;
    touch(directory / "made");
    const DirectorySubscription one(io, directory.path(), "wanted", count_in(wanted));
    std::filesystem::rename(directory / "made", directory / "wanted");
    REQUIRE(run_until(io, [&wanted] { return wanted == 1; }));
    std::filesystem::permissions(directory / "wanted", std::filesystem::perms(0600));
    CHECK(run_until(io, [&wanted] { return wanted == 2; }));
}

TEST_CASE("a thousand who wait need one descriptor, and none when they have gone") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    int count = 0;
    std::vector<DirectorySubscription> many;
    many.emplace_back(io, directory.path(), "0", count_in(count));
    const auto descriptors = open_descriptors();
    for (int i = 1; i < 1000; ++i)
        many.emplace_back(io, directory.path(), std::to_string(i), count_in(count));
    CHECK(open_descriptors() == descriptors);
    touch(directory / "999");
    CHECK(run_until(io, [&count] { return count == 1; }));
    many.clear();
    CHECK(open_descriptors() == descriptors - 1);
    io.restart();
    io.run();  // keeps no loop alive for nobody
}

TEST_CASE("a directory that is not there cannot be watched, and one that goes says so") {
    const ScratchFolder directory;
    boost::asio::io_context io;
    int told = 0;
    CHECK_FALSE(DirectorySubscription(io, directory / "none", "x", count_in(told)));
    touch(directory / "file");
    CHECK_FALSE(DirectorySubscription(io, directory / "file", "x", count_in(told)));
    std::filesystem::create_directory(directory / "going");
    const DirectorySubscription one(io, directory / "going", "x", count_in(told));
    REQUIRE(one);
    std::filesystem::remove(directory / "going");
    REQUIRE(run_until(io, [&told] { return told == 1; }));
    CHECK_FALSE(one);
}

TEST_CASE("a subscription may outlive its loop") {
    const ScratchFolder directory;
    int told = 0;
    auto io = std::make_unique<boost::asio::io_context>();
    // As a port does that sits in a completion which the loop never runs.
    auto held = std::make_shared<DirectorySubscription>(*io, directory.path(), "x", count_in(told));
    boost::asio::post(*io, [held] {});
    held.reset();
    io.reset();
    CHECK(told == 0);
}
