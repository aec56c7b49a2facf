// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A binary built for the old server-group library, run on ours (server-group specification 3.1 to 3.3). The bytes are
// those that the old library sent and took.

#include <catch2/catch.hpp>

#include "compat_paths.hpp"
#include "old_member_stage.hpp"
#include "tests/harness/own_network.hpp"

using namespace vnf;
using test::AbstractSocket;
using test::event;
using test::OldMemberStage;

namespace {

std::string response(int seq, const std::string& data) {
    return event(R"("msg_type":"status_response","seq":)" + std::to_string(seq) + R"(,"data":)" + data);
}
std::string done(int seq) {
    return event(R"("msg_type":"status_response_done","seq":)" + std::to_string(seq));
}
std::string query(int seq) {
    return R"({"data":{"version":2,"msg_type":"status_query","seq":)" + std::to_string(seq) +
           R"(},"version":2,"dest_addr":"cgcs.server_grp"})";
}

}  // namespace

TEST_CASE("the old member is linked to another library than it runs on here") {
    test::OldApplication member(stub_directory, "/nowhere", old_member_path);
    member.say("init");
    CHECK(member.finish() != 0);
    CHECK(member.complaints() == "stub\n");
}

TEST_CASE("an old member sends exactly the old bytes") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    CHECK(stage.member.ask("broadcast hello from guest one") == "broadcast 0");
    CHECK(
        stage.sent() ==
        R"({"data":{"version":2,"msg_type":"broadcast","data":"hello from guest one"},"version":2,"dest_addr":"cgcs.server_grp"})");
    CHECK(stage.member.ask("status") == "request 0");
    CHECK(stage.sent() == query(1));
}

TEST_CASE("an old member's address is the name and no byte more") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    CHECK_FALSE(AbstractSocket("cgcs.server_grp").is_bound());
    CHECK(AbstractSocket(std::string_view("cgcs.server_grp\0", 16)).is_bound());
}

TEST_CASE(
    "an old member hears a broadcast, with nova's version too, and a notification as json-c would write it") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    CHECK(
        stage.told(
            R"({"version":"version","msg_type":"broadcast","source_instance":"instance-00000001","data":"hello from guest one"})") ==
        "broadcast instance-00000001 20 hello from guest one");
    CHECK(stage.member.line() == "process 0");
    CHECK(
        stage.told(event(
            R"("msg_type":"notification","data":{"payload":{"host":null,"l":[1,{}],"u":"a\/b"},"event_type":"compute.instance.update"})")) ==
        R"(notification 102 { "payload": { "host": null, "l": [ 1, { } ], "u": "a\/b" }, "event_type": "compute.instance.update" })");
    CHECK(stage.member.line() == "process 0");
    CHECK(stage.told(event(R"("msg_type":"notification","data":"{\"a\":  1}")")) ==
          R"(notification 9 {"a":  1})");
}

TEST_CASE("an old member gets one list of all members, objects spaced and texts as they are") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    stage.member.ask("status");
    CHECK(stage.told(response(1, R"({"name":"one"})")) == "process 0");
    CHECK(stage.told(response(1, R"("{\"name\":\"two\"}")")) == "process 0");
    CHECK(stage.told(event(R"("msg_type":"status_response_done","seq":1,"data":{"name":"two"})")) ==
          R"(status 34 [{ "name": "one" },{"name":"two"}])");
    CHECK(stage.member.line() == "process 0");
}

TEST_CASE("a status of no member is an empty list") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    stage.member.ask("status");
    CHECK(stage.told(done(1)) == "status 2 []");
}

TEST_CASE("complete queries of an old member use the sequences 1, 3, 5, forgotten ones count too") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    for (const int seq : {1, 3, 5}) {
        stage.member.ask("status");
        CHECK(stage.sent() == query(seq));
        CHECK(stage.told(done(seq)) == "status 2 []");
        CHECK(stage.member.line() == "process 0");
    }
    stage.member.ask("status");
    CHECK(stage.sent() == query(7));
    stage.member.ask("status");
    CHECK(stage.sent() == query(8));
    CHECK_THAT(stage.told(done(7)), Catch::StartsWith("process -1 "));
    CHECK(stage.told(done(8)) == "status 2 []");
}

TEST_CASE("an old member ignores the answers of another sequence, and a request forgets what came before") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    stage.member.ask("status");
    CHECK_THAT(stage.told(response(2, "{}")), Catch::StartsWith("process -1 "));
    CHECK(stage.told(response(1, "{}")) == "process 0");
    stage.member.ask("status");
    CHECK(stage.told(response(2, R"({"a":1})")) == "process 0");
    CHECK(stage.told(done(2)) == R"(status 12 [{ "a": 1 }])");
}

TEST_CASE("a refusal of the host is -1 with its words, with and without a log message") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    CHECK(stage.told(event(R"("msg_type":"nack","orig_msg_type":"bogus","log_msg":"invalid type bogus")")) ==
          "process -1 nack received, msg type: bogus, log msg: invalid type bogus");
    CHECK_THAT(stage.told(event(R"("msg_type":"nack","orig_msg_type":"bogus")")),
               Catch::StartsWith("process -1 nack"));
}

TEST_CASE("what is no message of the group is -1, and nothing is told of it") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    const std::string broadcast = R"("msg_type":"broadcast","source_instance":"i","data":"x")";
    CHECK_THAT(stage.told(event(R"("msg_type":"bogus")")), Catch::StartsWith("process -1 "));
    CHECK_THAT(stage.told_datagram(stage.agent, "no json"), Catch::StartsWith("process -1 "));
    CHECK_THAT(stage.told_datagram(stage.agent, R"({"data":)" + event(broadcast) +
                                                    R"(,"version":1,"source_addr":"cgcs.server_grp"})"),
               Catch::StartsWith("process -1 "));
    CHECK_THAT(stage.told_datagram(stage.agent, R"({"data":)" + event(broadcast) +
                                                    R"(,"version":2,"source_addr":"cgcs.scale"})"),
               Catch::StartsWith("process -1 "));
}

TEST_CASE("nothing to read is no error, and before init everything is one") {
    if (!harness::enter_own_network())
        return;
    test::OldApplication member(shim_directory, "/nowhere", old_member_path);
    CHECK(member.ask("error") == "error ''");
    CHECK(member.ask("broadcast x") == "broadcast -1");
    CHECK(member.ask("status") == "request -1");
    CHECK(member.ask("process-now") == "process -1");
    CHECK(member.ask("init") == "init ok");
    CHECK(member.ask("process-now") == "process 0");
    CHECK(member.ask("broadcast nobody") == "broadcast -1");
    CHECK_THAT(member.ask("error"), Catch::Contains("Connection refused"));
    const AbstractSocket agent("cgcs.messaging");
    CHECK(member.ask("broadcast x") == "broadcast 0");
}

TEST_CASE("an old member without callbacks takes everything that comes") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage("without");
    CHECK(stage.told(event(R"("msg_type":"broadcast","source_instance":"i","data":"x")")) == "process 0");
    CHECK(stage.told(event(R"("msg_type":"notification","data":{})")) == "process 0");
    stage.member.ask("status");
    CHECK(stage.told(done(1)) == "process 0");
}

TEST_CASE("one datagram a call, in order") {
    if (!harness::enter_own_network())
        return;
    OldMemberStage stage;
    for (const char* text : {"1", "2"})
        stage.agent.send_to("cgcs.server_grp",
                            test::delivery(event(R"("msg_type":"broadcast","source_instance":"i","data":")" +
                                                 std::string(text) + "\"")));
    CHECK(stage.member.ask("process") == "broadcast i 1 1");
    CHECK(stage.member.line() == "process 0");
    CHECK(stage.member.ask("process") == "broadcast i 1 2");
}
