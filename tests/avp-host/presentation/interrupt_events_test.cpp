// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <vector>

#include "avp-host/presentation/interrupt_events.hpp"
#include "tests/runtime/loop_fixture.hpp"

using namespace vnf::avp;
using vnf::runtime::FileDescriptor;

namespace {

/// The client's end of an eventfd, and one to hand over.
struct ClientEvent {
    ClientEvent() : ClientEvent(EFD_NONBLOCK) {}
    explicit ClientEvent(int flags) : mine(::eventfd(0, flags | EFD_CLOEXEC)) {}
    FileDescriptor to_hand_over() const { return FileDescriptor(::dup(mine.get())); }
    std::uint64_t taken() const {
        std::uint64_t count = 0;
        return ::read(mine.get(), &count, sizeof count) == sizeof count ? count : 0;
    }
    FileDescriptor mine;
};

}  // namespace

TEST_CASE("an interrupt reaches its own eventfd") {
    InterruptEvents interrupts;
    const std::vector<ClientEvent> events(InterruptEvents::kMostVectors);
    for (unsigned vector = 0; vector < events.size(); ++vector)
        REQUIRE(interrupts.assign(vector, events.at(vector).to_hand_over()));
    interrupts.raise(3);
    interrupts.raise(3);
    interrupts.raise(8);
    for (unsigned vector = 0; vector < events.size(); ++vector)
        CHECK(events.at(vector).taken() == (vector == 3 ? 2U : vector == 8 ? 1U : 0U));
    CHECK(interrupts.raised() == 3);
    interrupts.raise(9);
    interrupts.raise(~0U);
    CHECK(interrupts.raised() == 3);
}

TEST_CASE("an interrupt without an eventfd is latched until one comes, once") {
    InterruptEvents interrupts;
    interrupts.raise(0);
    interrupts.raise(0);
    CHECK(interrupts.latched() == 1);
    const ClientEvent first;
    REQUIRE(interrupts.assign(0, first.to_hand_over()));
    CHECK(first.taken() == 1);
    CHECK(interrupts.latched() == 0);
    const ClientEvent second;
    REQUIRE(interrupts.assign(0, second.to_hand_over()));
    CHECK(second.taken() == 0);
    interrupts.release(0);
    interrupts.raise(0);
    CHECK(second.taken() == 0);
    interrupts.release_all();
    REQUIRE(interrupts.assign(0, first.to_hand_over()));
    CHECK(first.taken() == 0);
}

TEST_CASE("an eventfd that its client has filled and made blocking holds nobody up") {
    InterruptEvents interrupts;
    const ClientEvent event(0);
    const std::uint64_t full = ~std::uint64_t{0} - 1;
    REQUIRE(::write(event.mine.get(), &full, sizeof full) == sizeof full);
    REQUIRE(interrupts.assign(0, event.to_hand_over()));
    for (int i = 0; i < 100; ++i)
        interrupts.raise(0);
    CHECK(event.taken() != 0);
}

TEST_CASE("what is no eventfd is refused and closed") {
    InterruptEvents interrupts;
    const std::size_t before = vnf::test::open_descriptors();
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    CHECK_FALSE(interrupts.assign(0, FileDescriptor(pipe[0])));
    CHECK_FALSE(interrupts.assign(0, FileDescriptor(pipe[1])));
    CHECK_FALSE(interrupts.assign(0, FileDescriptor()));
    CHECK(vnf::test::open_descriptors() == before);
}
