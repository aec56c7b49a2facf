// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: the data of an envelope, read as a host's request and as a guest's response.
#include "tests/fuzz/promise.hpp"
#include "wire/scale_message.hpp"
#include "wire/text.hpp"

using namespace vnf::wire;
using vnf::fuzz::promise;

namespace {

void check_answer(const ScaleRefused& refused) {
    promise(!refused.answer.reason.empty() && !refused.answer.refused && !refused.answer.online,
            "an answer to a bad request has a reason and nothing else");
    const ScaleResponse answer(refused.answer);
    const auto again = parse_scale_response(encode(answer, refused.peer));
    promise(std::holds_alternative<ScaleResponse>(again) && std::get<ScaleResponse>(again) == answer,
            "a host reads the answer as it was meant");
}

void check_request(const JsonText& data) {
    const auto input = parse_scale_request(data);
    if (const auto* const refused = std::get_if<ScaleRefused>(&input)) {
        check_answer(*refused);
    }
    if (const auto* const request = std::get_if<ScaleRequest>(&input)) {
        const auto again = parse_scale_request(encode(*request));
        promise(std::holds_alternative<ScaleRequest>(again) && std::get<ScaleRequest>(again) == *request,
                "a request comes back");
    }
    if (const auto* const nack = std::get_if<ScaleNack>(&input)) {
        promise(is_utf8(nack->log) && nack->log.size() <= scale_reason_limit, "a log is a short text");
    }
}

void check_response(const JsonText& data) {
    const auto result = parse_scale_response(data);
    const auto* const response = std::get_if<ScaleResponse>(&result);
    if (response == nullptr) {
        return;
    }
    const auto again = parse_scale_response(encode(*response, ScalePeer::Ours));
    promise(std::holds_alternative<ScaleResponse>(again) && std::get<ScaleResponse>(again) == *response,
            "a response comes back");
    const auto old = encode(*response, ScalePeer::Old).text();
    const auto old_again = parse_scale_response(std::get<JsonText>(JsonText::parse(old)));
    promise(std::holds_alternative<ScaleResponse>(old_again), "an old host can read it too");
    if (const auto* const failed = std::get_if<ScaleFailed>(&std::get<ScaleResponse>(old_again))) {
        promise(!failed->refused && !failed->online, "and is told nothing new");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = JsonText::parse(vnf::fuzz::text_of(data, size));
    if (const auto* const text = std::get_if<JsonText>(&parsed)) {
        check_request(*text);
        check_response(*text);
    }
    return 0;
}
