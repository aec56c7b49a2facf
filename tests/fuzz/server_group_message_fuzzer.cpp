// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: the data of an envelope, read as a guest's and as a host's.
#include "tests/fuzz/promise.hpp"
#include "wire/server_group_message.hpp"
#include "wire/text.hpp"

using namespace vnf::wire;
using vnf::fuzz::promise;

namespace {

void check_nack(const GroupRequestError& error) {
    const GroupEvent nack(GroupNack{error.msg_type, error.log});
    const auto again = parse_group_event(encode(nack));
    promise(std::holds_alternative<GroupEvent>(again) && std::get<GroupEvent>(again) == nack,
            "a nack says what it should");
    promise(!error.log.empty() && error.msg_type.size() <= nack_type_limit,
            "a refusal has a reason and a short type");
}

void check_request(const JsonText& data) {
    const auto result = parse_group_request(data);
    if (const auto* const error = std::get_if<GroupRequestError>(&result)) {
        check_nack(*error);
        return;
    }
    const auto& request = std::get<GroupRequest>(result);
    const auto again = parse_group_request(encode(request));
    promise(std::holds_alternative<GroupRequest>(again) && std::get<GroupRequest>(again) == request,
            "a request comes back");
    if (const auto* const broadcast = std::get_if<Broadcast>(&request)) {
        const auto& text = broadcast->text.text();
        promise(text.size() <= broadcast_limit && is_utf8(text), "a broadcast is a text within its limit");
        promise(JsonText::string(text).text().size() <= broadcast_escaped_limit + 2, "escaped too");
    }
}

void check_event(const JsonText& data) {
    const auto result = parse_group_event(data);
    const auto* const event = std::get_if<GroupEvent>(&result);
    if (event == nullptr) {
        return;
    }
    const auto again = parse_group_event(encode(*event));
    promise(std::holds_alternative<GroupEvent>(again) && std::get<GroupEvent>(again) == *event,
            "an event comes back");
    if (const auto* const heard = std::get_if<GroupBroadcast>(event)) {
        promise(is_utf8(heard->text) && heard->text.find('\0') == std::string::npos,
                "what is heard is a text");
    }
    if (const auto* const notified = std::get_if<GroupNotification>(event)) {
        promise(notified->body.as_old_text().find('\0') == std::string::npos, "a body is a text");
        notified->body.object();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = JsonText::parse(vnf::fuzz::text_of(data, size));
    if (const auto* const text = std::get_if<JsonText>(&parsed)) {
        check_request(*text);
        check_event(*text);
    }
    return 0;
}
