// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// How each scale message is read and written. An array of vCPUs is read number by number: nothing else of it is ever
// handed on, to a helper's command line least of all (B-08).
#include "wire/scale_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"
#include "wire/messaging_envelope.hpp"
#include "wire/text.hpp"

namespace vnf::wire {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view request_type = "scale_request";
constexpr std::string_view nack_type = "nack";
constexpr std::string_view cpu_word = "cpu";
constexpr std::string_view status_word = "status";
/// Longest msg_type, result, resource and direction that are compared with a word.
constexpr std::size_t word_limit = 63;

// ---- fields ----------------------------------------------------------------------------------------------

std::optional<Cpu> cpu_of(std::string_view digits) {
    std::int64_t number = -1;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = code == std::errc() && end == digits.data() + digits.size();
    return whole ? Cpu::of(number) : std::nullopt;
}

/// 0 after an error, which is the caller's to look at.
Cpu cpu_in(JsonReader& in, std::string_view key) {
    const auto number = in.integer(key);
    const auto cpu = Cpu::of(number);
    if (!cpu) {
        in.fail(ParseReason::OutOfRange, key);
    }
    return cpu.value_or(Cpu(0));
}

CpuSet cpus_in(JsonReader& in, std::string_view key) {
    CpuSet cpus;
    const auto value = in.value(key);
    if (in.error()) {
        return cpus;
    }
    JsonScan scan(value.text());
    if (!scan.take('[')) {
        in.fail(ParseReason::WrongType, key);
        return cpus;
    }
    if (scan.take(']')) {
        return cpus;
    }
    do {
        const auto element = scan.value(JsonText::depth_limit);
        if (!element || element->kind() != JsonText::Kind::Number) {
            in.fail(ParseReason::WrongType, key);
            return {};
        }
        const auto cpu = cpu_of(element->raw);
        if (!cpu) {
            in.fail(ParseReason::OutOfRange, key);
            return {};
        }
        cpus.insert(*cpu);
    } while (scan.take(','));
    return cpus;
}

ScaleEcho echo_in(JsonReader& in) {
    auto resource = in.text("resource", scale_echo_limit);
    return {std::move(resource), in.text("direction", scale_echo_limit)};
}

/// Of what is answered with a failure, whatever it is.
ScaleEcho clean_echo_in(const JsonReader& in) {
    return {in.clean_text("resource", scale_echo_limit, {}),
            in.clean_text("direction", scale_echo_limit, {})};
}

// ---- requests --------------------------------------------------------------------------------------------

ScalePeer peer_in(const JsonReader& in) {
    return in.is_true("refusal") ? ScalePeer::Ours : ScalePeer::Old;
}

/// In the old agent's words for a key (specification 4.3, 4.4).
ScaleInput refused(const JsonReader& in, const ParseError& error) {
    std::string reason = (error.reason == ParseReason::UnknownWord ? "unsupported " : "failed to parse ") +
                         std::string(error.field);
    return ScaleRefused{{clean_echo_in(in), std::move(reason)}, error.reason, peer_in(in)};
}

decltype(ScaleRequest::change) read_change(JsonReader& in, std::string_view direction) {
    if (direction == word(ScaleDirection::Down)) {
        return ScaleDown{};
    }
    if (direction == status_word) {
        return ScaleStatus{};
    }
    const auto cpu = cpu_in(in, "online_cpu");
    return ScaleUp{cpu, cpus_in(in, "online_cpus")};
}

/// What is wrong is told in the order of the specification (4.3, 4.4): the words, the time, the vCPUs.
ScaleInput read_request(JsonReader& in) {
    const auto echo = echo_in(in);
    if (!in.error() && echo.resource != cpu_word) {
        in.fail(ParseReason::UnknownWord, "resource");
    }
    if (!in.error() && echo.direction != word(ScaleDirection::Down) &&
        echo.direction != word(ScaleDirection::Up) && echo.direction != status_word) {
        in.fail(ParseReason::UnknownWord, "direction");
    }
    const milliseconds timeout(in.integer("timeout_ms", 0));
    auto change = read_change(in, echo.direction);
    if (in.error()) {
        return refused(in, *in.error());
    }
    return ScaleRequest{std::move(change), timeout, peer_in(in)};
}

// ---- responses -------------------------------------------------------------------------------------------

std::optional<ScaleResponse> read_success(JsonReader& in, const ScaleEcho& echo) {
    if (echo.resource != cpu_word) {
        in.fail(ParseReason::UnknownWord, "resource");
    } else if (echo.direction == word(ScaleDirection::Down)) {
        const auto cpu = cpu_in(in, "offline_cpu");
        return ScaledDown{cpu, cpus_in(in, "online_cpus")};
    } else if (echo.direction == word(ScaleDirection::Up)) {
        const auto cpu = cpu_in(in, "online_cpu");
        return ScaledUp{cpu, cpus_in(in, "online_cpus")};
    } else if (echo.direction == status_word) {
        return ScaleOnline{cpus_in(in, "online_cpus")};
    } else {
        in.fail(ParseReason::UnknownWord, "direction");
    }
    return std::nullopt;
}

ScaleResponse read_failure(JsonReader& in, ScaleEcho echo) {
    ScaleFailed failed{std::move(echo), in.clean_text("err_msg", scale_reason_limit, {}),
                       in.is_true("refused")};
    if (in.has("online_cpus")) {
        failed.online = cpus_in(in, "online_cpus");
    }
    failed.absent = in.is_true("absent");
    return failed;
}

std::optional<ScaleResponse> read_response(JsonReader& in) {
    in.check_version();
    const auto result = in.text("result", word_limit);
    if (in.error()) {
        return std::nullopt;
    }
    if (result == "fail") {
        return read_failure(in, clean_echo_in(in));
    }
    if (result != "success") {
        in.fail(ParseReason::UnknownWord, "result");
        return std::nullopt;
    }
    return read_success(in, echo_in(in));
}

// ---- writing ---------------------------------------------------------------------------------------------

constexpr std::size_t usual_size = 256;

std::string_view direction_of(const ScaleRequest& request) {
    constexpr std::array words{word(ScaleDirection::Down), word(ScaleDirection::Up), status_word};
    return words.at(request.change.index());
}

/// What ends each answer in the old order.
JsonText finish(JsonWriter& out, std::string_view direction) {
    return out.number("version", messaging_version)
        .text("resource", cpu_word)
        .text("direction", direction)
        .finish_value();
}

JsonText write(const ScaledDown& done, ScalePeer) {
    JsonWriter out(usual_size);
    out.text("result", "success").number("offline_cpu", done.cpu.number()).cpus("online_cpus", done.online);
    return finish(out, word(ScaleDirection::Down));
}

JsonText write(const ScaledUp& done, ScalePeer) {
    JsonWriter out(usual_size);
    out.text("result", "success").number("online_cpu", done.cpu.number()).cpus("online_cpus", done.online);
    return finish(out, word(ScaleDirection::Up));
}

JsonText write(const ScaleOnline& online, ScalePeer) {
    JsonWriter out(usual_size);
    out.text("result", "success").cpus("online_cpus", online.online);
    return finish(out, status_word);
}

JsonText write(const ScaleFailed& failed, ScalePeer peer) {
    JsonWriter out(usual_size + failed.reason.size());
    out.text("result", "fail").text("err_msg", clean_utf8(failed.reason, scale_reason_limit));
    out.number("version", messaging_version);
    const auto echo = [&out](std::string_view key, std::string_view text) {
        if (!text.empty()) {
            out.text(key, clean_utf8(text, scale_echo_limit));
        }
    };
    echo("resource", failed.echo.resource);
    echo("direction", failed.echo.direction);
    if (peer == ScalePeer::Ours && failed.refused) {
        out.truth("refused");
    }
    if (peer == ScalePeer::Ours && failed.online) {
        out.cpus("online_cpus", *failed.online);
    }
    if (peer == ScalePeer::Ours && failed.absent) {
        out.truth("absent");
    }
    return out.finish_value();
}

}  // namespace

ScaleEcho echo_of(const ScaleRequest& request) {
    return {std::string(cpu_word), std::string(direction_of(request))};
}

ScaleInput parse_scale_request(const JsonText& data) {
    JsonReader in(data.text(), {"version", "msg_type", "timeout_ms", "resource", "direction", "online_cpu",
                                "online_cpus", "refusal", "log_msg"});
    if (!in.error()) {
        in.check_version();
    }
    const auto msg_type = in.error() ? std::string() : in.text("msg_type", word_limit);
    if (in.error()) {
        return ScaleUnanswered{*in.error()};
    }
    if (msg_type == nack_type) {
        return ScaleNack{in.clean_text("log_msg", scale_reason_limit, {})};
    }
    if (msg_type != request_type) {
        return ScaleUnanswered{{ParseReason::UnknownMessage, "msg_type"}};
    }
    return read_request(in);
}

std::variant<ScaleResponse, ParseError> parse_scale_response(const JsonText& data) {
    JsonReader in(data.text(), {"result", "err_msg", "offline_cpu", "online_cpu", "online_cpus", "version",
                                "resource", "direction", "refused", "absent"});
    if (in.error()) {
        return *in.error();
    }
    auto response = read_response(in);
    if (in.error()) {
        return *in.error();
    }
    return *std::move(response);
}

JsonText encode(const ScaleRequest& request) {
    JsonWriter out(usual_size);
    const auto timeout =
        std::clamp<std::int64_t>(request.timeout.count(), 0, std::numeric_limits<std::int32_t>::max());
    out.number("version", messaging_version).text("msg_type", request_type);
    out.number("timeout_ms", static_cast<std::int32_t>(timeout));
    out.text("resource", cpu_word).text("direction", direction_of(request));
    if (const auto* const up = std::get_if<ScaleUp>(&request.change)) {
        out.number("online_cpu", up->cpu.number()).cpus("online_cpus", up->online);
    }
    if (request.peer == ScalePeer::Ours) {
        out.truth("refusal");
    }
    return out.finish_value();
}

JsonText encode(const ScaleNack& nack) {
    JsonWriter out(usual_size + nack.log.size());
    out.number("version", messaging_version).text("msg_type", nack_type);
    return out.text("log_msg", clean_utf8(nack.log, scale_reason_limit)).finish_value();
}

JsonText encode(const ScaleResponse& response, ScalePeer peer) {
    return std::visit([peer](const auto& one) { return write(one, peer); }, response);
}

}  // namespace vnf::wire
