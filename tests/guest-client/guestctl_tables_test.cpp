// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// guest-client's documents for people.
#include "guest-client/guestctl/tables.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

namespace vnf::guestctl {
namespace json = boost::json;

TEST_CASE("applications and the dead are one table, aligned by columns") {
    const auto text = applications_table(json::parse(
        R"({"applications":[{"name":"database","state":"registered","health":"healthy","version":3,"pid":12,"uid":0,
            "interval_ms":1000,"corrective_action":"reboot","last_answer_ms_ago":5}],"dead":[{"name":"web","uid":7}]})"));
    CHECK(text ==
          "NAME      STATE       HEALTH   VERSION  PID  UID  INTERVAL MS  ACTION  ANSWERED MS AGO\n"
          "database  registered  healthy  3        12   0    1000         reboot  5\n"
          "web       dead        failed   -        -    7    -            -       -\n");
}

TEST_CASE("a field that is not there is a dash, whatever the document") {
    for (const char* document :
         {"{}", "[]", "null", R"({"link":3,"health":[],"applications":"x","last_action":null})"}) {
        CHECK(status_table(json::parse(document)).find("name          -\n") != std::string::npos);
        CHECK_FALSE(link_table(json::parse(document)).empty());
        CHECK_FALSE(health_table(json::parse(document)).empty());
        CHECK_FALSE(reload_table(json::parse(document)).empty());
    }
}

TEST_CASE("what an application says can't forge a line or move the cursor") {
    const auto text = health_table(json::parse(R"({"reason":"a\nhealth healthy\u001b[2J"})"));
    CHECK(text.find("a health healthy [2J") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
}

}  // namespace vnf::guestctl
