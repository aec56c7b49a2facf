// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Server groups with more messages than somebody takes: who is told, what is counted, and that the others go on (B-31).
#include <catch2/catch.hpp>

#include <charconv>
#include <csignal>

#include "tests/daemon/group_chain.hpp"
#include "tests/harness/own_network.hpp"

namespace vnf::test {
namespace {

/// The number in "too many broadcasts: 7 dropped".
std::uint64_t dropped(const std::string& reason) {
    const std::size_t at = reason.rfind(": ") + 2;
    std::uint64_t number = 0;
    std::from_chars(reason.data() + at, reason.data() + reason.size(), number);
    return number;
}

TEST_CASE("B-31: a stopped receiver costs the others nothing, and is told exactly what it missed") {
    if (!enter_own_network())
        return;
    GroupChain chain(
        {.groups = {"g", "g", "g"}, .settings = "  broadcasts_per_s: 100000\n  queue_bytes: 16384\n"});
    const auto sender = chain[0].application(), stopped = chain[1].application(),
               peer = chain[2].application();
    chain[1].guest().process().signal(SIGSTOP);
    constexpr std::size_t count = 400;
    for (std::size_t i = 0; i < count; ++i) {
        std::string said = std::to_string(i);
        said.resize(3000, '.');
        sender->say_patiently(said);
        peer->await_broadcasts(i + 1);  // at the pace of who reads
    }
    CHECK(peer->gaps.empty());
    CHECK(sender->refusals.empty());
    CHECK(stopped->broadcasts.empty());
    chain[1].guest().process().signal(SIGCONT);
    chain.stage.until([&] { return stopped->broadcasts.size() + stopped->missed_in_all() >= count; },
                      "all of them, or to be told of each");
    CHECK(stopped->missed_in_all() > 0);
    CHECK(stopped->status().complete);
    CHECK(stopped->broadcasts.size() + stopped->missed_in_all() == count);
    REQUIRE(sender->say("afterwards") == VNF_SG_OK);
    chain.stage.until([&] { return stopped->broadcasts.back().text == "afterwards"; }, "the next broadcast");
}

TEST_CASE("Above the rate the sender is told how many were refused, and every counter adds up") {
    if (!enter_own_network())
        return;
    GroupChain chain({.settings = "  broadcasts_per_s: 1\n  burst: 10\n"});
    const auto sender = chain[0].application(), peer = chain[1].application();
    // A port that connects late has missed who came before it.
    const double missed_before = chain.agent.metric("vnf_host_group_missed_total");
    constexpr std::size_t count = 60;
    for (std::size_t i = 0; i < count; ++i)
        sender->say_patiently(std::to_string(i));
    const auto refused = [&] {
        std::uint64_t sum = 0;
        for (const HeardRefusal& one : sender->refusals)
            sum += dropped(one.reason);
        return sum;
    };
    chain.stage.until([&] { return peer->broadcasts.size() + refused() >= count; }, "each one's fate");
    peer->status();
    CHECK(peer->broadcasts.size() >= 10);
    CHECK(peer->broadcasts.size() + refused() == count);
    CHECK(peer->gaps.empty());
    CHECK(peer->refusals.empty());
    for (const HeardRefusal& one : sender->refusals) {
        CHECK(one.type == "broadcast");
        CHECK_THAT(one.reason, Catch::Contains("too many broadcasts"));
    }
    CHECK(chain[0].guest().metric("vnf_guest_group_said_total", "what=\"broadcast\"") == count);
    CHECK(chain.agent.metric("vnf_host_group_broadcasts_total") ==
          static_cast<double>(peer->broadcasts.size()));
    CHECK(chain.agent.metric("vnf_host_group_overload_total") == static_cast<double>(refused()));
    CHECK(chain.agent.metric("vnf_host_group_missed_total") == missed_before);
}

TEST_CASE("A handle that doesn't read loses its own messages alone, is told how many, and goes on") {
    if (!enter_own_network())
        return;
    GroupChain chain;
    const auto sender = chain[0].application(), reader = chain[1].application("reader");
    // Never on a stage of its own: nothing is dispatched until it is handed over.
    Stage elsewhere;
    GroupApplication deaf(elsewhere, chain[1].group_socket(), "deaf");
    deaf.await();
    deaf.status();
    deaf.forget();
    constexpr std::size_t count = 1500;
    for (std::size_t i = 0; i < count; ++i) {
        sender->say_patiently(std::string(1000, 'x'));
        reader->await_broadcasts(i + 1);
    }
    CHECK(reader->gaps.empty());
    elsewhere.until([&] { return deaf.broadcasts.size() + deaf.missed_in_all() >= count; }, "its own");
    CHECK(deaf.missed_in_all() > 0);
    CHECK(deaf.status().complete);
    CHECK(deaf.broadcasts.size() + deaf.missed_in_all() == count);
}

TEST_CASE("A guest that sends without end does not keep its sibling's or another guest's message") {
    if (!enter_own_network())
        return;
    GroupChain chain({.groups = {"g", "g", "g"}});
    const auto sibling = chain[0].application("sibling"), second = chain[1].application();
    const auto reader = chain[2].application();
    const std::string program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "group_sender";
    const Process flood({.argv = {program, chain[0].group_socket()}});
    reader->await_broadcasts(100);
    const auto heard = [&](const std::string& what) {
        for (const HeardBroadcast& one : reader->broadcasts)
            if (one.text == what)
                return true;
        return reader->missed_in_all() > 0;  // told, which is as good here
    };
    for (int i = 0; i < 10; ++i) {
        sibling->say_patiently("sibling " + std::to_string(i));
        second->say_patiently("second " + std::to_string(i));
        chain.stage.until([&] { return heard("sibling " + std::to_string(i)); }, "the sibling's message");
        chain.stage.until([&] { return heard("second " + std::to_string(i)); }, "the other guest's message");
    }
    // A client that does not keep up loses members among the rest, is told, and asks again.
    HeardStatus status = second->status();
    for (const harness::Deadline deadline(harness::patience); !status.complete && !deadline.passed();) {
        INFO(vnf_sg_strerror(status.error) << ": " << status.reason);
        CHECK(status.reason == "more members than this client had room for");
        status = second->status();
    }
    CHECK(status.complete);
}

}  // namespace
}  // namespace vnf::test
