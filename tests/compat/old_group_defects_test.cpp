// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What the old server-group library got wrong, and an old binary must not meet on ours (server-group specification 5).

#include <catch2/catch.hpp>

#include "compat_paths.hpp"
#include "old_member_stage.hpp"
#include "tests/harness/own_network.hpp"

using namespace vnf;
using test::AbstractSocket;
using test::event;
using test::OldMemberStage;

namespace {

std::string answer(const std::string& type, int seq, const std::string& data) {
    return event(R"("msg_type":")" + type + R"(","seq":)" + std::to_string(seq) + R"(,"data":)" + data);
}

const std::string broadcast = R"("msg_type":"broadcast","source_instance":"i","data":"x")";

}  // namespace

TEST_CASE("B-05: a null text, source, type or body is an error and no crash") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    for (const char* fields : {R"("msg_type":"broadcast","source_instance":"i","data":null)",
                               R"("msg_type":"broadcast","source_instance":null,"data":"x")",
                               R"("msg_type":"broadcast","data":"x")", R"("msg_type":null)",
                               R"("msg_type":"notification","data":null)", R"("msg_type":"notification")"})
        CHECK_THAT(stage.told(event(fields)), Catch::StartsWith("process -1 "));
    stage.member.ask("status");
    CHECK_THAT(stage.told(answer("status_response", 1, "null")), Catch::StartsWith("process -1 "));
    CHECK_THAT(stage.told("null"), Catch::StartsWith("process -1 "));
    CHECK(stage.told(event(broadcast)) == "broadcast i 1 x");
}

TEST_CASE("B-05: a broadcast of NULL is refused instead of sent") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    CHECK(stage.member.ask("broadcast-null") == "broadcast -1 no message to broadcast");
    CHECK_FALSE(stage.agent.receive().has_value());
}

TEST_CASE("B-06: a datagram is what it is: none is completed with the one before") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    const std::string whole = test::delivery(event(broadcast));
    CHECK(stage.told_datagram(stage.agent, whole) == "broadcast i 1 x");
    CHECK(stage.member.line() == "process 0");
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1})
        CHECK_THAT(stage.told_datagram(stage.agent, whole.substr(0, length)),
                   Catch::StartsWith("process -1 "));
    CHECK(stage.told_datagram(stage.agent, "") == "process -1 got an empty msg");
    CHECK(stage.told_datagram(stage.agent, whole + std::string(70000, ' ')) ==
          "process -1 got a msg that is too long");
    CHECK(stage.told_datagram(stage.agent, whole + std::string(20000, ' ')) == "broadcast i 1 x");
}

TEST_CASE("B-17: a request inside the status callback is answered like any other") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    stage.member.ask("inside");
    stage.member.ask("status");
    stage.sent();
    stage.told(answer("status_response", 1, R"("one")"));
    CHECK(stage.told(answer("status_response_done", 1, "{}")) == "status 5 [one]");
    CHECK(stage.member.line() == "inside 0");
    CHECK(stage.member.line() == "process 0");
    CHECK_THAT(stage.sent(), Catch::Contains(R"("seq":3)"));
    CHECK(stage.told(answer("status_response", 3, R"("two")")) == "process 0");
    CHECK(stage.told(answer("status_response", 3, R"("three")")) == "process 0");
    CHECK(stage.told(answer("status_response_done", 3, "{}")) == "status 11 [two,three]");
}

TEST_CASE("B-17: the end of a status that nobody asked for is an error and no list") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    CHECK_THAT(stage.told(answer("status_response_done", 0, "{}")), Catch::StartsWith("process -1 "));
    stage.member.ask("status");
    CHECK(stage.told(answer("status_response_done", 1, "{}")) == "status 2 []");
    CHECK(stage.member.line() == "process 0");
    CHECK_THAT(stage.told(answer("status_response_done", 2, "{}")), Catch::StartsWith("process -1 "));
    CHECK_THAT(stage.told(answer("status_response", 2, "{}")), Catch::StartsWith("process -1 "));
}

TEST_CASE("B-18: a list beyond 65535 bytes ends with the last member that fits, and the rest is counted") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    stage.member.ask("status");
    // 65 of 999 bytes, their commas and the brackets are 65 * 1000 + 1 = 65001 bytes.
    const std::string entry(999, 'e');
    for (int number = 0; number < 70; ++number)
        CHECK(stage.told(answer("status_response", 1, '"' + entry + '"')) == "process 0");
    const std::string list = stage.told(answer("status_response_done", 1, "{}"));
    CHECK_THAT(list, Catch::StartsWith("status 65001 [" + entry + ",") && Catch::EndsWith("," + entry + "]"));
    CHECK(stage.member.line() == "process 0");
    CHECK(stage.member.ask("error") == "error 'status list cut at 65535 bytes: 5 members left out'");
}

TEST_CASE("B-18: a list of exactly 65535 bytes is whole") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    const int over = GENERATE(0, 1);
    stage.member.ask("status");
    const std::string half(32766, 'h');
    stage.told(answer("status_response", 1, '"' + half + '"'));
    stage.told(
        answer("status_response", 1, '"' + half + std::string(static_cast<std::size_t>(over), 'h') + '"'));
    CHECK_THAT(stage.told(answer("status_response_done", 1, "{}")),
               Catch::StartsWith(over == 0 ? "status 65535 [h" : "status 32768 [h"));
}

TEST_CASE("B-19: what another process sends is an error, and nothing is told of it") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    const std::string forged = test::delivery(event(broadcast));
    for (const std::string_view name :
         {std::string_view(), std::string_view("impostor"), std::string_view("cgcs.messagin"),
          std::string_view("cgcs.messaging\0", 15)})
        CHECK(stage.told_datagram(AbstractSocket(name), forged) ==
              "process -1 got a msg that is not the agent's");
    CHECK(stage.told_datagram(stage.agent, forged) == "broadcast i 1 x");
}

TEST_CASE("B-24: a second init fails without a descriptor lost, and the first goes on") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    const std::string before = stage.member.ask("descriptors");
    for (int time = 0; time < 5; ++time)
        CHECK(stage.member.ask("init without") == "init -1 unable to bind socket: Address already in use");
    CHECK(stage.member.ask("descriptors") == before);
    CHECK(stage.told(event(broadcast)) == "broadcast i 1 x");
}

TEST_CASE("a second process of a guest is told that the address is in use") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    test::OldApplication second(shim_directory, "/nowhere", old_member_path);
    CHECK(second.ask("init") == "init -1 unable to bind socket: Address already in use");
}

TEST_CASE("a broadcast that peers could not receive is refused at each limit and sent below it") {
    if (!harness::enter_own_network())
        return;
    struct Size {
        const char* repeat;
        bool is_sent;
    };
    const Size size =
        GENERATE(Size{"0 x", true}, Size{"1 x", true}, Size{"3050 x", true}, Size{"3051 x", false},
                 Size{"4100 x", false}, Size{"1975 /", true}, Size{"1976 /", false}, Size{"658 \x01", true},
                 Size{"659 \x01", false}, Size{"1525 \xc3\xb6", true}, Size{"1526 \xc3\xb6", false},
                 Size{"1 \xff", false});
    INFO(size.repeat);
    OldMemberStage stage;
    const std::string said = stage.member.ask("repeat " + std::string(size.repeat));
    CHECK_THAT(said, Catch::StartsWith(size.is_sent ? "broadcast 0" : "broadcast -1 message refused: "));
    CHECK(stage.agent.receive().has_value() == size.is_sent);
}
