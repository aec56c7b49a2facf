// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Scale messages beyond the golden ones: every key missing, null, of a wrong type and out of range; what an old host may
// be sent.
#include "wire/scale_message.hpp"

#include <catch2/catch.hpp>

#include "tests/wire/describe_scale.hpp"

namespace {

using namespace vnf::wire;
using namespace std::chrono_literals;
using namespace std::string_literals;
using vnf::test::describe;

JsonText json(std::string_view text) {
    const auto result = JsonText::parse(text);
    REQUIRE(std::holds_alternative<JsonText>(result));
    return std::get<JsonText>(result);
}

ScaleInput request(const std::string& keys) {
    return parse_scale_request(json(R"({"version":2,"msg_type":"scale_request",)" + keys + "}"));
}

std::string response(const std::string& text) {
    const auto result = parse_scale_response(json(text));
    const auto* const error = std::get_if<ParseError>(&result);
    return error != nullptr ? to_string(*error) : describe(std::get<ScaleResponse>(result));
}

/// The err_msg of the answer to a request that is refused.
std::string refusal(const std::string& keys) {
    const auto input = request(keys);
    CAPTURE(keys);
    REQUIRE(std::holds_alternative<ScaleRefused>(input));
    return std::get<ScaleRefused>(input).answer.reason;
}

std::string up(const std::string& online_cpu, const std::string& online_cpus) {
    return R"("timeout_ms":9000,"resource":"cpu","direction":"up","online_cpu":)" + online_cpu +
           R"(,"online_cpus":)" + online_cpus;
}

}  // namespace

TEST_CASE("a request without a version of 2 or without its msg_type has no answer") {
    for (const auto* const text :
         {R"({"msg_type":"scale_request","timeout_ms":1,"resource":"cpu","direction":"down"})",
          R"({"version":null,"msg_type":"scale_request","timeout_ms":1,"resource":"cpu","direction":"down"})",
          R"({"version":3,"msg_type":"scale_request","timeout_ms":1,"resource":"cpu","direction":"down"})",
          R"({"version":2,"msg_type":null,"timeout_ms":1,"resource":"cpu","direction":"down"})",
          R"({"version":2,"msg_type":7,"timeout_ms":1,"resource":"cpu","direction":"down"})",
          R"({"version":2,"msg_type":"","timeout_ms":1,"resource":"cpu","direction":"down"})", "{}", "[]",
          "7", "\"scale_request\""}) {
        CAPTURE(text);
        CHECK(std::holds_alternative<ScaleUnanswered>(parse_scale_request(json(text))));
    }
}

TEST_CASE("every other request that is refused is answered, and the answer names the key") {
    CHECK(refusal(R"("timeout_ms":1,"direction":"down")") == "failed to parse resource");
    CHECK(refusal(R"("timeout_ms":1,"resource":"cpu")") == "failed to parse direction");
    CHECK(refusal(R"("resource":null,"direction":null)") == "failed to parse resource");
    CHECK(refusal(R"("timeout_ms":1,"resource":["cpu"],"direction":"down")") == "failed to parse resource");
    CHECK(refusal(R"("timeout_ms":1,"resource":"CPU","direction":"down")") == "unsupported resource");
    CHECK(refusal(R"("timeout_ms":1,"resource":"cpu","direction":"Down")") == "unsupported direction");
    for (const auto* const timeout : {"null", "\"9000\"", "-1", "2147483648", "9e3", "9000.0", "[9000]"}) {
        CAPTURE(timeout);
        CHECK(refusal(R"("resource":"cpu","direction":"down","timeout_ms":)"s + timeout) ==
              "failed to parse timeout_ms");
    }
    CHECK(refusal(R"("resource":"cpu","direction":"up")") == "failed to parse timeout_ms");
    CHECK(refusal(R"("timeout_ms":1,"resource":"cpu","direction":"up")") == "failed to parse online_cpu");
    CHECK(refusal(R"("timeout_ms":1,"resource":"cpu","direction":"up","online_cpu":1)") ==
          "failed to parse online_cpus");
}

TEST_CASE("the echo of a refused request is cut and cleaned") {
    const auto input =
        request(R"("timeout_ms":1,"resource":")" + std::string(99, 'r') + R"(","direction":"\u0000down")");
    const auto& echo = std::get<ScaleRefused>(input).answer.echo;
    CHECK(echo.resource == std::string(scale_echo_limit, 'r'));
    CHECK(echo.direction == " down");
}

TEST_CASE("a vCPU is an integer of 0 to 4095") {
    CHECK(describe(request(up("0", "[0]"))).starts_with("up cpu=0 "));
    CHECK(describe(request(up("4095", "[0,4095]"))).starts_with("up cpu=4095 online=\"0,4095\""));
    for (const auto* const cpu : {"-1", "4096", "4294967297", "1.0", "1e0", "\"1\"", "null", "true", "[1]"}) {
        CAPTURE(cpu);
        CHECK(refusal(up(cpu, "[0]")) == "failed to parse online_cpu");
    }
}

TEST_CASE("B-08: online_cpus are numbers, and nothing else of them goes anywhere") {
    for (const auto* const cpus :
         {R"x(["$(reboot)"])x", R"(["0"])", "[0,null]", "[0,[1]]", "[0,{}]", "[0,true]", "[-1]", "[4096]",
          "[0.5]", "[1e2]", "[99999999999999999999]", R"("[0,1]")", R"("0-3")", "{\"0\":1}", "0", "null"}) {
        CAPTURE(cpus);
        CHECK(refusal(up("1", cpus)) == "failed to parse online_cpus");
    }
    CHECK(describe(request(up("1", "[ ]"))).starts_with("up cpu=1 online=\"\""));
    CHECK(describe(request(up("1", " [ 3 , 1 ] "))).starts_with("up cpu=1 online=\"1,3\""));
}

TEST_CASE("of equal keys the first counts") {
    CHECK(describe(request(
              R"("direction":"down","direction":"up","resource":"cpu","timeout_ms":1,"timeout_ms":2)")) ==
          "down timeout_ms=1 peer=old");
}

TEST_CASE("an old host is never sent a new key") {
    const ScaleFailed failed{{"cpu", "down"}, "no", true, CpuSet{0, 1}};
    CHECK(encode(ScaleResponse(failed), ScalePeer::Old).text() ==
          R"({"result":"fail","err_msg":"no","version":2,"resource":"cpu","direction":"down"})");
    CHECK(
        encode(ScaleResponse(failed), ScalePeer::Ours).text() ==
        R"({"result":"fail","err_msg":"no","version":2,"resource":"cpu","direction":"down","refused":true,"online_cpus":[0,1]})");
    const ScaleResponse done(ScaledDown{3, {0, 1, 2}});
    CHECK(encode(done, ScalePeer::Old) == encode(done, ScalePeer::Ours));
}

TEST_CASE("a reason is cut at 399 bytes between characters, and JSON of it is escaped") {
    const ScaleFailed failed{{"cpu", "up"}, std::string(398, 'x') + "\xC3\xA9", false, {}};
    CHECK(describe(ScaleResponse(std::get<ScaleResponse>(
              parse_scale_response(encode(ScaleResponse(failed), ScalePeer::Old))))) ==
          "failed resource=\"cpu\" direction=\"up\" reason=\"" + std::string(398, 'x') + "\" refused=0");
    const ScaleFailed odd{{"cpu", "up"}, "a\"\\/\n\xFF", false, {}};
    CHECK(encode(ScaleResponse(odd), ScalePeer::Old).text() ==
          R"({"result":"fail","err_msg":"a\"\\\/\n?","version":2,"resource":"cpu","direction":"up"})");
}

TEST_CASE("a timeout is clamped when it is written") {
    CHECK(encode(ScaleRequest{ScaleDown{}, -5ms}).text() ==
          R"({"version":2,"msg_type":"scale_request","timeout_ms":0,"resource":"cpu","direction":"down"})");
    CHECK(
        encode(ScaleRequest{ScaleDown{}, std::chrono::hours(10000)}).text() ==
        R"({"version":2,"msg_type":"scale_request","timeout_ms":2147483647,"resource":"cpu","direction":"down"})");
}

TEST_CASE("an answer that is none is refused by its key") {
    CHECK(response("{}") == "missing_field version");
    CHECK(response(R"({"result":"success"})") == "missing_field version");
    CHECK(response(R"({"version":1,"result":"success"})") == "bad_version 1");
    CHECK(response(R"({"version":2,"resource":"cpu","direction":"sideways"})") == "missing_field result");
    CHECK(response(R"({"version":2,"result":"ok","resource":"cpu","direction":"down"})") ==
          "unknown_word result");
    CHECK(response(R"({"version":2,"result":"success","direction":"down"})") == "missing_field resource");
    CHECK(response(R"({"version":2,"result":"success","resource":"ram","direction":"down"})") ==
          "unknown_word resource");
    CHECK(response(R"({"version":2,"result":"success","resource":"cpu","direction":"x"})") ==
          "unknown_word direction");
    CHECK(response(R"({"version":2,"result":"success","resource":"cpu","direction":"down"})") ==
          "missing_field offline_cpu");
    CHECK(
        response(R"({"version":2,"result":"success","resource":"cpu","direction":"down","offline_cpu":3})") ==
        "missing_field online_cpus");
    CHECK(
        response(
            R"({"version":2,"result":"success","resource":"cpu","direction":"up","offline_cpu":3,"online_cpus":[]})") ==
        "missing_field online_cpu");
    CHECK(
        response(
            R"({"version":2,"result":"success","resource":"cpu","direction":"down","offline_cpu":4096,"online_cpus":[]})") ==
        "out_of_range offline_cpu");
    CHECK(response(R"({"version":2,"result":"fail","online_cpus":7})") == "wrong_type online_cpus");
    CHECK(response("[]") == "not_json");
}

TEST_CASE("4096 vCPUs are a message like any other") {
    CpuSet all;
    for (int number = 0; number < 4096; ++number) {
        all.insert(*Cpu::of(number));
    }
    const auto text = encode(ScaleResponse(ScaledUp{4095, all}), ScalePeer::Old);
    const auto result = parse_scale_response(json(text.text()));
    CHECK(std::get<ScaleResponse>(result) == ScaleResponse(ScaledUp{4095, all}));
}
