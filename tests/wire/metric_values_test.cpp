// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What is a metric's name, what a number, and that any set of them fits one line of the host channel.
#include "wire/metric_values.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <limits>

#include "tests/wire/describe.hpp"

namespace {

using namespace vnf::wire;

MetricName name(std::string_view text) {
    return *MetricName::of(text);
}

std::string metrics_line(const std::string& values) {
    return R"({"version":3,"revision":1,"msg_type":"metrics","sequence":1,"values":)" + values + "}";
}

/// What a host reads: the description, or the error.
std::string read(const std::string& values) {
    const auto result = parse_guest_message(metrics_line(values));
    const auto* const error = std::get_if<ParseError>(&result);
    return error != nullptr ? to_string(*error)
                            : vnf::test::describe(std::get<Received<GuestMessage>>(result));
}

std::string many(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        out += (i == 0 ? "{\"m" : ",\"m") + std::to_string(i) + "\":1";
    }
    return out + "}";
}

}  // namespace

TEST_CASE("a name is one to 64 letters, digits, underscores and colons, no digit first") {
    for (const auto* const text : {"a", "_", ":", "load1", "vnf:sessions_open", "Z9"}) {
        CHECK(MetricName::of(text));
    }
    CHECK(MetricName::of(std::string(64, 'a')));
    CHECK_FALSE(MetricName::of(std::string(65, 'a')));
    for (const auto* const text : {"", "1a", "a-b", "a b", "a.b", "a\"", "\xC3\xA4", "a\n"}) {
        CAPTURE(text);
        CHECK_FALSE(MetricName::of(text));
    }
    CHECK_FALSE(MetricName::of(std::string_view("a\0", 2)));
}

TEST_CASE("a number that is not finite is refused and changes nothing") {
    MetricValues values;
    CHECK_FALSE(values.set(name("load"), 0.5));
    for (const double number :
         {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        CHECK(values.set(name("load"), number) == MetricRefusal::NotFinite);
    }
    CHECK(values.find(name("load")) == 0.5);
    CHECK_FALSE(values.find(name("other")));
}

TEST_CASE("64 names fit, the 65th is refused, a known one is replaced") {
    MetricValues values;
    for (int i = 0; i < 64; ++i) {
        CHECK_FALSE(values.set(name("m" + std::to_string(i)), i));
    }
    CHECK(values.set(name("n"), 1) == MetricRefusal::TooMany);
    CHECK_FALSE(values.set(name("m0"), 7));
    CHECK(values.find(name("m0")) == 7);
    CHECK(values.size() == 64);
}

TEST_CASE("whatever the names and numbers are, a message fits one line and comes back") {
    MetricValues values;
    for (int i = 0; i < 64; ++i) {
        values.set(name(std::string(61, 'x') + std::to_string(100 + i)), -std::numeric_limits<double>::max());
    }
    CHECK(values.size() > 32);
    const auto bytes = encode(GuestMessage(MetricsReport{values}), std::numeric_limits<std::int32_t>::max(),
                              PeerRules::OurPeer);
    const auto line = std::string_view(bytes).substr(1, bytes.size() - 2);
    CHECK(line.size() <= heartbeat_line_limit);
    const auto result = parse_guest_message(line);
    REQUIRE(std::holds_alternative<Received<GuestMessage>>(result));
    CHECK(std::get<Received<GuestMessage>>(result).message == GuestMessage(MetricsReport{values}));
}

TEST_CASE("numbers are written so that they read back") {
    for (const double number : {0.0, -1.5, 0.1, 1e22, 5e-324, 9007199254740993.0, 123456789012345678.0}) {
        CHECK(std::strtod(format_metric(number).c_str(), nullptr) == number);
    }
    CHECK(format_metric(12) == "12");
}

TEST_CASE("every kind of number is read") {
    CHECK(read(R"({"a":1,"b":-2.5,"c":1e3,"d":18446744073709551615})") ==
          "metrics sequence=1 a=1 b=-2.5 c=1000 d=1.84467e+19");
    CHECK(read("{}") == "metrics sequence=1");
    CHECK(read(R"({"a":1,"a":2})") == "metrics sequence=1 a=1");
    CHECK(read(many(64)).starts_with("metrics sequence=1 m0=1"));
}

TEST_CASE("what is no object of numbers with names is refused") {
    for (const auto* const values :
         {"1", "[1]", "\"a\"", "null", R"({"a":"1"})", R"({"a":null})", R"({"a":true})", R"({"a":{"b":1}})",
          R"({"a":[1]})", R"({"a":1,"b":[2],"c":3})"}) {
        CAPTURE(values);
        CHECK(read(values) == "wrong_type values");
    }
    CHECK(read(many(65)) == "wrong_type values");
    for (const auto* const values : {R"({"":1})", R"({"a b":1})", R"({"1":1})", R"({"a":1e999})"}) {
        CAPTURE(values);
        CHECK(read(values) == "out_of_range values");
    }
    CHECK(std::get<ParseError>(
              parse_guest_message(R"({"version":3,"revision":1,"msg_type":"metrics","sequence":1})"))
              .reason == ParseReason::MissingField);
}

TEST_CASE("an object of numbers behind many keys costs itself, not the keys behind it") {
    std::string line = R"({"version":3,"revision":1,"msg_type":"challenge","sequence":1)";
    for (int i = 0; i < 40; ++i) {
        line += ",\"k" + std::to_string(i) + "\":0";
    }
    const auto result = parse_host_message(line + R"(,"later":)" + many(64) + R"(,"heartbeat_challenge":7})");
    REQUIRE(std::holds_alternative<Received<HostMessage>>(result));
    CHECK(std::get<Received<HostMessage>>(result).message == HostMessage(Challenge{7}));
}

TEST_CASE("numbers of an object that nobody asked for cost a message nothing, however many they are") {
    const auto line = R"({"version":3,"revision":1,"msg_type":"challenge","later":)" + many(300) +
                      R"(,"sequence":1,"heartbeat_challenge":7})";
    const auto result = parse_host_message(line);
    REQUIRE(std::holds_alternative<Received<HostMessage>>(result));
    CHECK(std::get<Received<HostMessage>>(result).message == HostMessage(Challenge{7}));
}
