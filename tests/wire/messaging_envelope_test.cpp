// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Envelopes of cgcs.messaging beyond the golden ones: keys, versions, addresses, depth, size.
#include "wire/messaging_envelope.hpp"

#include <catch2/catch.hpp>

#include "wire/server_group_message.hpp"

namespace {

using namespace vnf::wire;
using namespace std::string_literals;

template <typename Message>
std::string outcome(const std::variant<Message, ParseError>& result) {
    const auto* const error = std::get_if<ParseError>(&result);
    return error != nullptr ? to_string(*error) : "read";
}

std::string port(std::string_view line) {
    return outcome(parse_port_envelope(line));
}

PortEnvelope read(std::string_view line) {
    return std::get<PortEnvelope>(parse_port_envelope(line));
}

std::string with(std::string_view data, std::string_view version = "2", std::string_view dest = R"("b")",
                 std::string_view source = R"("a")") {
    return R"({"data":)" + std::string(data) + R"(,"version":)" + std::string(version) + R"(,"dest_addr":)" +
           std::string(dest) + R"(,"source_addr":)" + std::string(source) + '}';
}

}  // namespace

TEST_CASE("keys come in any order, unknown ones are dropped, the first of equal ones counts") {
    const auto envelope = read(
        R"({"x":{"data":1},"source_addr":"a","dest_addr":"b","version":2,"data":{"data":2},"data":3,"dest_addr":"c","version":1})");
    CHECK(envelope.dest_addr == "b");
    CHECK(envelope.source_addr == "a");
    CHECK(envelope.data.text() == R"({"data":2})");
    CHECK(encode(envelope) ==
          "\n"
          R"({"data":{"data":2},"version":2,"dest_addr":"b","source_addr":"a"})"
          "\n");
}

TEST_CASE("an escaped key is the key that it means") {
    CHECK(read(R"({"d\u0061ta":1,"version":2,"dest\u005faddr":"b","source_addr":"\u0061"})") ==
          read(with("1")));
}

TEST_CASE("B-05: a missing or null key is refused by its name") {
    for (const auto* const value : {"", "null"}) {
        const auto member = [value](const std::string& key, const std::string& good,
                                    const std::string& absent) {
            return key != absent ? '"' + key + "\":" + good + ','
                                 : (*value != '\0' ? '"' + key + "\":" + value + ',' : ""s);
        };
        for (const std::string key : {"data", "version", "dest_addr", "source_addr"}) {
            CHECK(port('{' + member("data", "{}", key) + member("version", "2", key) +
                       member("dest_addr", R"("b")", key) + member("source_addr", R"("a")", key) +
                       R"("end":0})") == "missing_field " + key);
        }
        CHECK(outcome(parse_service_request('{' + member("data", "1", "dest_addr") +
                                            member("dest_addr", "", "dest_addr") + R"("version":2})")) ==
              "missing_field dest_addr");
        CHECK(outcome(parse_service_delivery('{' + member("data", "1", "source_addr") +
                                             member("source_addr", "", "source_addr") + R"("version":2})")) ==
              "missing_field source_addr");
        CHECK(outcome(parse_host_service_request('{' + member("dest_instance", "", "dest_instance") +
                                                 R"("data":1,"dest_addr":"b","version":2})")) ==
              "missing_field dest_instance");
        CHECK(outcome(parse_host_service_delivery('{' + member("source_instance", "", "source_instance") +
                                                  R"("data":1,"source_addr":"b","version":2})")) ==
              "missing_field source_instance");
    }
}

TEST_CASE("the version is 2, as a number or a text that the old C peers took for it") {
    for (const auto* const good : {"2", "2.0", "2.000", "2e0", "2E+00", "2.0e-0", R"("2")"}) {
        CHECK(port(with("1", good)) == "read");
    }
    for (const auto* const bad :
         {"0", "1", "3", "-2", "20", "22", "2.5", "2.01", "2e1", "0.2e1", "true", "{}", "[2]", R"("")",
          R"("3")", R"("2.0")", R"("version")", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(port(with("1", bad)).starts_with("bad_version"));
    }
    CHECK(port(with("1", "3")) == "bad_version 3");
    CHECK(port(with("1", R"("3")")) == "bad_version 0");
}

TEST_CASE("data is any JSON value but null") {
    for (const auto* const data :
         {"{}", "[]", "0", "-1.5e3", "true", "false", R"("")", R"("text")", R"({"a":[1,"2",null]})"}) {
        CHECK(read(with(data)).data.text() == data);
    }
    CHECK(read(with(R"( { "a" : [ 1 , 2 ] } )")).data.text() == R"({"a":[1,2]})");
}

TEST_CASE("data nests 31 deep, not 32, in keys that are dropped as well") {
    const auto deep = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    CHECK(port(with(deep(31))) == "read");
    CHECK(port(with(deep(32))) == "not_json");
    CHECK(port(with("1,\"x\":" + deep(31))) == "read");
    CHECK(port(with("1,\"x\":" + deep(32))) == "not_json");
    const auto most = read(with(deep(31)));
    CHECK(read(std::string_view(encode(most)).substr(1)) == most);
}

TEST_CASE("an address is 1 to 107 bytes of printable ASCII") {
    for (const auto* const key : {"dest_addr", "source_addr"}) {
        const auto outcome_of = [key](const std::string& json) {
            return key == "dest_addr"s ? port(with("1", "2", json)) : port(with("1", "2", R"("b")", json));
        };
        const auto refused = "out_of_range "s + key;
        CHECK(outcome_of('"' + std::string(1, 'x') + '"') == "read");
        CHECK(outcome_of('"' + std::string(107, 'x') + '"') == "read");
        CHECK(outcome_of('"' + std::string(108, 'x') + '"') == refused);
        CHECK(outcome_of(R"("")") == refused);
        CHECK(outcome_of(R"("scale-0000000a")") == "read");
        CHECK(outcome_of(R"("a\/b")") == "read");
        for (const auto* const bad :
             {R"("a b")", R"("a\nb")", R"("\u007f")", R"("a\"b")", R"("a\\b")", "\"\xC3\xA9\""}) {
            CHECK(outcome_of(bad) == refused);
        }
        CHECK(outcome_of(R"("a\u0000b")") == "bad_text "s + key);
        CHECK(outcome_of("1") == "wrong_type "s + key);
        CHECK(outcome_of("{}") == "wrong_type "s + key);
    }
}

TEST_CASE("an instance name is 1 to 107 bytes without control characters") {
    const auto outcome_of = [](const std::string& name) {
        return outcome(parse_host_service_request(
            R"({"data":1,"version":2,"dest_addr":"b","dest_instance":")" + name + "\"}"));
    };
    CHECK(outcome_of("instance-0000001f") == "read");
    CHECK(outcome_of("my vm \xC3\xA9") == "read");
    CHECK(outcome_of(std::string(107, 'x')) == "read");
    CHECK(outcome_of(std::string(108, 'x')) == "out_of_range dest_instance");
    CHECK(outcome_of("") == "out_of_range dest_instance");
    CHECK(outcome_of("a\\tb") == "out_of_range dest_instance");
    CHECK(outcome_of("a\\u0000b") == "bad_text dest_instance");
}

TEST_CASE("what is no object is not JSON for us") {
    for (const auto* const line : {"", " ", "[]", "1", "\"x\"", "null", "{", "{}{}", "x"}) {
        CHECK(port(line) == "not_json");
    }
    CHECK(port("{}") == "missing_field version");
    CHECK(port(with("\"\xFF\"")) == "not_json");
    CHECK(port(with(R"("\ud800")")) == "not_json");
}

TEST_CASE("a line and a datagram have at most 64 KiB") {
    const auto empty = with(R"("")");
    const auto sized = [&](std::size_t size) {
        return with('"' + std::string(size - empty.size(), 'x') + '"');
    };
    CHECK(port(sized(messaging_line_limit)) == "read");
    CHECK(port(sized(messaging_line_limit + 1)) == "overlong");
    CHECK(outcome(parse_service_request(sized(messaging_line_limit))) == "read");
    CHECK(outcome(parse_service_request(sized(messaging_line_limit + 1))) == "overlong");
}

TEST_CASE("B-06: a datagram is what came with it, NULs at its end are padding, a NUL elsewhere is not JSON") {
    const std::string good = R"({"data":1,"version":2,"dest_addr":"b"})";
    CHECK(outcome(parse_service_request("")) == "not_json");
    CHECK(outcome(parse_service_request(std::string(3, '\0'))) == "not_json");
    CHECK(outcome(parse_service_request(good + std::string(1, '\0'))) == "read");
    CHECK(outcome(parse_service_request(good + std::string(5000, '\0'))) == "read");
    CHECK(outcome(parse_service_request(good + '\0' + good)) == "not_json");
    CHECK(port(with("1") + '\0') == "not_json");
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK(outcome(parse_service_request(good.substr(0, size))) == "not_json");
    }
}

TEST_CASE("what surrounds the longest broadcast fits an old application's datagram") {
    const auto text =
        std::get<BroadcastText>(BroadcastText::of(std::string(2150, 'x') + std::string(900, '/')));
    REQUIRE(old_json_escaped_size(text.text()) == 3950);
    const auto source = SourceInstance::of(std::string(25, 's'));
    REQUIRE(source);
    const auto data = encode(GroupEvent(GroupBroadcast{source->text(), text.text()}));
    CHECK(encode(ServiceDelivery{std::string(server_group_address), data}).size() < old_datagram_limit);
    CHECK(encode(HostServiceDelivery{std::string(server_group_address), "instance-0000001f",
                                     encode(GroupRequest(Broadcast{text}))})
              .size() <= old_datagram_limit);
}
