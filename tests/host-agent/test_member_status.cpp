// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A member's status entry and how bodies are made to fit an old guest.
#include "host-agent/member_status.hpp"

#include <catch2/catch.hpp>

#include "host-agent/group_body.hpp"
#include "wire/messaging_envelope.hpp"

using namespace vnf;
using namespace vnf::host;

namespace {

MemberStatus::WallTime moment() {
    return MemberStatus::WallTime(std::chrono::microseconds(1498587918000042));
}

wire::JsonText json(const std::string& text) {
    return std::get<wire::JsonText>(wire::JsonText::parse(text));
}

/// An object with one text that makes it `size` bytes long.
std::string object_of(std::size_t size) {
    const std::string frame = R"({"a":""})";
    return R"({"a":")" + std::string(size - frame.size(), 'x') + R"("})";
}

}  // namespace

TEST_CASE("A status that nobody filled has all 34 keys, empty in the old form, in the old order") {
    CHECK(
        MemberStatus().entry()->text() ==
        R"({"state_description":"","availability_zone":null,"terminated_at":"","ephemeral_gb":0,"instance_type_id":0,)"
        R"("deleted_at":"","reservation_id":"","memory_mb":0,"display_name":"","hostname":"","state":"active",)"
        R"("progress":"","launched_at":"","metadata":{},"node":null,"ramdisk_id":"","access_ip_v6":null,"disk_gb":0,)"
        R"("access_ip_v4":null,"kernel_id":"","host":null,"user_id":"","image_ref_url":"","cell_name":"","root_gb":0,)"
        R"("tenant_id":"","created_at":"","instance_id":"","instance_type":"","vcpus":0,"image_meta":{},)"
        R"("architecture":null,"os_type":null,"instance_flavor_id":""})");
}

TEST_CASE("Values are typed and escaped as the old libraries do; what is offered never overwrites") {
    MemberStatus status;
    status.set_text("image_ref_url", "http://x/\"y\"");
    status.set_text("host", "compute-0");
    status.set_number("vcpus", 2);
    status.set_number("progress", 0);
    status.set_texts("metadata", {{"a/b", "c\n"}, {"role", "standby"}});
    status.offer_text("host", "another");
    status.offer_text("node", "compute-0");
    const std::string& text = status.entry()->text();
    CHECK_THAT(text, Catch::Contains(R"("image_ref_url":"http:\/\/x\/\"y\"")") &&
                         Catch::Contains(R"("host":"compute-0")") && Catch::Contains(R"("vcpus":2,)") &&
                         Catch::Contains(R"("progress":"",)") &&
                         Catch::Contains(R"("metadata":{"a\/b":"c\n","role":"standby"})") &&
                         Catch::Contains(R"("node":"compute-0")"));
    status.set_number("progress", 40);
    CHECK_THAT(status.entry()->text(), Catch::Contains(R"("progress":40,)"));
}

TEST_CASE("Times are written as the old host wrote them") {
    CHECK(created_time(moment()) == "2017-06-27 18:25:18.000042+00:00");
    CHECK(event_time(moment()) == "2017-06-27T18:25:18.000042");
}

TEST_CASE(
    "A status too long for an old guest loses image_meta, then metadata, never a key; then it is none") {
    MemberStatus status;
    const std::string long_text(1500, 'x');
    status.set_texts("image_meta", {{"a", long_text}});
    status.set_texts("metadata", {{"b", long_text}});
    CHECK_THAT(status.entry()->text(),
               Catch::Contains(R"("image_meta":{"a")") && Catch::Contains(R"("metadata":{"b")"));
    status.set_texts("metadata", {{"b", long_text + long_text}});
    CHECK_THAT(status.entry()->text(),
               Catch::Contains(R"("image_meta":{})") && Catch::Contains(R"("metadata":{"b")"));
    status.set_texts("metadata", {{"b", long_text + long_text + long_text}});
    CHECK_THAT(status.entry()->text(),
               Catch::Contains(R"("image_meta":{})") && Catch::Contains(R"("metadata":{})"));
    status.set_text("user_id", std::string(4000, 'x'));
    CHECK_FALSE(status.entry().has_value());
    status.set_text("user_id", std::string(70000, 'x'));
    CHECK_FALSE(status.entry().has_value());
}

TEST_CASE("A body at its limit makes a datagram of exactly 4096 bytes for an old guest") {
    const wire::JsonText status = json(object_of(status_body_limit()));
    const wire::JsonText notification = json(object_of(notification_body_limit()));
    const auto datagram = [](const wire::GroupEvent& event) {
        return wire::encode(wire::ServiceDelivery{"cgcs.server_grp", wire::encode(event)}).size();
    };
    CHECK(datagram(wire::StatusResponse{INT32_MIN, {status}}) == 4096);
    CHECK(datagram(wire::GroupNotification{{notification}}) == 4096);
    CHECK(old_datagram_size(wire::encode(wire::GroupEvent(wire::GroupNotification{{notification}}))) == 4096);
    // What this host writes bare an old guest's library escapes.
    CHECK(old_datagram_size(json(R"({"a":"/"})")) == old_datagram_size(json(R"({"a":"\/"})")));
}

TEST_CASE("What fits stays as it is, one byte more is emptied in the specified order, inside a payload too") {
    const std::string body =
        R"({"payload":{"fixed_ips":[1,2],"bandwidth":{"a":1},"metadata":{"b":2},"image_meta":{"c":3},"z":"/"},"e":"x"})";
    CHECK(fitting(json(body), body.size())->text() == body);
    const std::vector<std::string> steps{
        R"({"payload":{"fixed_ips":[1,2],"bandwidth":{"a":1},"metadata":{"b":2},"image_meta":{},"z":"\/"},"e":"x"})",
        R"({"payload":{"fixed_ips":[1,2],"bandwidth":{"a":1},"metadata":{},"image_meta":{},"z":"\/"},"e":"x"})",
        R"({"payload":{"fixed_ips":[1,2],"bandwidth":{},"metadata":{},"image_meta":{},"z":"\/"},"e":"x"})",
        R"({"payload":{"fixed_ips":[],"bandwidth":{},"metadata":{},"image_meta":{},"z":"\/"},"e":"x"})"};
    for (const std::string& step : steps)
        CHECK(fitting(json(body), step.size())->text() == step);
    CHECK_FALSE(fitting(json(body), steps.back().size() - 1).has_value());
    CHECK_FALSE(fitting(json("[1,2,3]"), 2).has_value());
    CHECK_FALSE(fitting(json(R"({"image_meta":"a text"})"), 5).has_value());
}
