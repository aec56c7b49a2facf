// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a host tells a member of a server group, in every form that hosts have.
#include <catch2/catch.hpp>

#include "wire/server_group_message.hpp"

namespace {

using namespace vnf::wire;
using namespace std::string_literals;

JsonText json(std::string_view text) {
    return std::get<JsonText>(JsonText::parse(text));
}

GroupEvent read(std::string_view data) {
    return std::get<GroupEvent>(parse_group_event(json(data)));
}

std::string refusal(std::string_view data) {
    const auto result = parse_group_event(json(data));
    const auto* const error = std::get_if<ParseError>(&result);
    return error == nullptr ? "read" : to_string(*error);
}

std::string message(std::string_view type, std::string_view keys) {
    return R"({"version":2,"msg_type":")" + std::string(type) + '"' + (keys.empty() ? "" : ",") +
           std::string(keys) + '}';
}

GroupBody body_of(const std::string& data) {
    return std::get<GroupNotification>(read(message("notification", R"("data":)" + data))).body;
}

}  // namespace

TEST_CASE("no version of a host's message is looked at, as the old library looks at none") {
    for (const auto* const version :
         {R"("version":"version",)", R"("version":1,)", R"("version":null,)", ""}) {
        CHECK(read('{' + std::string(version) + R"("msg_type":"status_response_done","seq":4})") ==
              GroupEvent(StatusDone{4}));
    }
}

TEST_CASE("a done with data is done") {
    CHECK(read(message("status_response_done", R"("seq":1,"data":{"state":"active"})")) ==
          GroupEvent(StatusDone{1}));
    CHECK(read(message("status_response_done", R"("seq":1,"data":null)")) == GroupEvent(StatusDone{1}));
}

TEST_CASE("a body is an object or a text that holds one, and the old library's text comes of both") {
    const auto object = body_of(R"({ "a" : [1, "x/y"] })");
    CHECK(object.value.text() == R"({"a":[1,"x/y"]})");
    CHECK(object.as_old_text() == R"({ "a": [ 1, "x\/y" ] })");
    CHECK(object.object() == object.value);

    const auto text = body_of(R"("{\"a\": [1,\"x\/y\"]}")");
    CHECK(text.value.kind() == JsonText::Kind::String);
    CHECK(text.as_old_text() == R"({"a": [1,"x/y"]})");
    CHECK(text.object() == json(R"({"a":[1,"x/y"]})"));

    for (const auto* const none : {R"("")", R"("x")", R"("[]")", R"("{")"}) {
        CHECK(body_of(none).object() == std::nullopt);
    }
}

TEST_CASE("a notification keeps its form, wrapped or bare") {
    const auto* const wrapped =
        R"({"payload":{"state":"active"},"event_type":"compute.instance.update","priority":"INFO"})";
    const auto* const bare = R"({"state":"active"})";
    CHECK(body_of(wrapped).value.text() == wrapped);
    CHECK(body_of(bare).value.text() == bare);
}

TEST_CASE("B-05: null or missing fields of a host's message are refused by name") {
    for (const auto* const none : {"", ":null"}) {
        const auto key = [none](const std::string& name) {
            return *none == '\0' ? "\"x\":0" : '"' + name + '"' + none;
        };
        CHECK(refusal(message("status_response", R"("data":{},)" + key("seq"))) == "missing_field seq");
        CHECK(refusal(message("status_response", R"("seq":1,)" + key("data"))) == "missing_field data");
        CHECK(refusal(message("status_response_done", key("seq"))) == "missing_field seq");
        CHECK(refusal(message("notification", key("data"))) == "missing_field data");
        CHECK(refusal(message("broadcast", R"("source_instance":"a",)" + key("data"))) ==
              "missing_field data");
        CHECK(refusal(message("broadcast", R"("data":"a",)" + key("source_instance"))) ==
              "missing_field source_instance");
        CHECK(refusal(message("gap", key("missed"))) == "missing_field missed");
        CHECK(refusal(R"({"version":2,)" + key("msg_type") + '}') == "missing_field msg_type");
    }
}

TEST_CASE("fields of another type are refused by name") {
    CHECK(refusal(message("status_response", R"("seq":"1","data":{})")) == "wrong_type seq");
    CHECK(refusal(message("status_response", R"("seq":1,"data":[])")) == "wrong_type data");
    CHECK(refusal(message("notification", R"("data":7)")) == "wrong_type data");
    CHECK(refusal(message("broadcast", R"("source_instance":"a","data":{})")) == "wrong_type data");
    CHECK(refusal(message("broadcast", R"("source_instance":1,"data":"a")")) == "wrong_type source_instance");
    CHECK(refusal(message("gap", R"("missed":1.5)")) == "wrong_type missed");
    CHECK(refusal(message("gap", R"("missed":-1)")) == "out_of_range missed");
    CHECK(refusal(R"({"msg_type":1})") == "wrong_type msg_type");
    CHECK(refusal("[]") == "not_json");
    CHECK(refusal(message("bogus", "")) == "unknown_message msg_type");
    CHECK(refusal(message("status_query", R"("seq":1)")) == "unknown_message msg_type");
}

TEST_CASE("texts with a NUL are refused, not cut") {
    CHECK(refusal(message("broadcast", R"("source_instance":"a","data":"a\u0000b")")) == "bad_text data");
    CHECK(refusal(message("broadcast", R"("source_instance":"a\u0000","data":"b")")) ==
          "bad_text source_instance");
    CHECK(refusal(message("notification", R"("data":"\u0000")")) == "bad_text data");
}

TEST_CASE("a source has at most 107 bytes, a broadcast what a line has room for") {
    const auto from = [](std::size_t size) {
        return refusal(
            message("broadcast", R"("data":"","source_instance":")" + std::string(size, 'x') + '"'));
    };
    CHECK(from(0) == "read");
    CHECK(from(107) == "read");
    CHECK(from(108) == "out_of_range source_instance");
    const auto heard = std::get<GroupBroadcast>(
        read(message("broadcast", R"("source_instance":"a","data":")" + std::string(60000, 'x') + '"')));
    CHECK(heard.text.size() == 60000);
}

TEST_CASE("a nack is taken with or without its texts, which are cut and cleaned") {
    CHECK(read(message("nack", "")) == GroupEvent(GroupNack{"unknown", ""}));
    CHECK(read(message("nack", R"("orig_msg_type":null,"log_msg":7)")) ==
          GroupEvent(GroupNack{"unknown", ""}));
    CHECK(read(message("nack", R"("orig_msg_type":"broad\u0000cast","log_msg":"a\u0000b")")) ==
          GroupEvent(GroupNack{"broad cast", "a b"}));
    const auto cut = std::get<GroupNack>(
        read(message("nack", R"("orig_msg_type":")" + std::string(64, 'x') + R"(","log_msg":")" +
                                 std::string(399, 'y') + "\xC3\xA9\"")));
    CHECK(cut.orig_msg_type == std::string(63, 'x'));
    CHECK(cut.log == std::string(399, 'y'));
}

TEST_CASE("a nack that would not fit is cut when it is written") {
    const auto written = encode(GroupEvent(GroupNack{std::string(64, 'x'), std::string(5000, '\xFF')}));
    CHECK(written.text() == message("nack", R"("orig_msg_type":")" + std::string(63, 'x') +
                                                R"(","log_msg":")" + std::string(400, '?') + '"'));
}

TEST_CASE("what is written is one line, whatever it holds") {
    std::string all;
    for (int byte = 1; byte < 0x80; ++byte) {
        all += static_cast<char>(byte);
    }
    const GroupEvent event(GroupBroadcast{"a/b \"c\"", all + "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"});
    const auto data = encode(event);
    CHECK(data.text().find('\n') == std::string::npos);
    CHECK(json(data.text()) == data);
    CHECK(std::get<GroupEvent>(parse_group_event(data)) == event);
}
