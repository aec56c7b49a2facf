// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include <catch2/catch.hpp>

#include "runtime/http_target.hpp"

using vnf::runtime::parse_http_target;
using Query = std::map<std::string, std::string>;

TEST_CASE("http target: path and query are split first and decoded then") {
    const auto target = parse_http_target("/v1/inst%61nces/a%20b?since=1%2B2&text=a+b%26c%3Dd&flag&empty=&&");
    REQUIRE(target);
    CHECK(target->path == "/v1/instances/a b");
    CHECK(target->query == Query{{"since", "1+2"}, {"text", "a b&c=d"}, {"flag", ""}, {"empty", ""}});
}

TEST_CASE("http target: a plus is a plus in the path, a question mark stays in a query") {
    const auto target = parse_http_target("/a+b?q=x?y/z");
    REQUIRE(target);
    CHECK(target->path == "/a+b");
    CHECK(target->query == Query{{"q", "x?y/z"}});
}

TEST_CASE("http target: the absolute form names the same path") {
    CHECK(parse_http_target("http://localhost/v1?a=1")->path == "/v1");
    CHECK(parse_http_target("http://localhost")->path == "/");
}

TEST_CASE("http target: what can't be a path is refused") {
    for (const char* wrong :
         {"",     "*",    "v1/status", "?a=1",   "ftp://h/x", "/%",       "/%4",        "/%zz",
          "/%+1", "/% 1", "/a%2fb",    "/a%2Fb", "/a%00b",    "/a%0ab",   "/%1b",       "/%7f",
          "/%ff", "/%c3", "/a#b",      "/a?x=%", "/a?x=%ff",  "/a?x=%00", "/a?x=1&x=2", "/a?x&x"}) {
        INFO(wrong);
        CHECK_FALSE(parse_http_target(wrong));
    }
}

TEST_CASE("http target: an encoded slash in a query value is a slash") {
    CHECK(parse_http_target("/a?socket=%2Frun%2Fx")->query == Query{{"socket", "/run/x"}});
}
