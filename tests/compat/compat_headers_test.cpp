// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The compatibility headers in C++ and, through compat_headers.c, in C.

#include <guest_api_debug.h>
#include <guest_heartbeat_api.h>

#include <catch2/catch.hpp>

extern "C" int use_compat_headers(void);

TEST_CASE("sources build and link with the compatibility headers, in C and in C++") {
    CHECK(use_compat_headers() == 1);
    CHECK(std::string(guest_heartbeat_api_event_str(GUEST_HEARTBEAT_API_EVENT_RESIZE_BEGIN)) ==
          "resize-begin");
    CHECK(std::string(guest_api_debug_log_level_str(GUEST_API_LOG_VERBOSE)) == " verb");
}
