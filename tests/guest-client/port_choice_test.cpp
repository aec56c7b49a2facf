// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The port of the settings, and the name of the one without settings.
#include "guest-client/port_choice.hpp"

#include <catch2/catch.hpp>

#include "runtime/settings.hpp"

namespace vnf::guest {

TEST_CASE("the device of the settings is the port") {
    Settings settings;
    settings.device = "listen:/run/x.sock";
    CHECK(port_for(settings).kind == runtime::PortAddress::Kind::UnixListen);
    settings.device = "cgcs.heartbeat";
    CHECK(port_for(settings).kind == runtime::PortAddress::Kind::VirtioName);
    settings.device = "listen:";
    CHECK_THROWS_AS(port_for(settings), runtime::SettingsError);
}

TEST_CASE("a guest without a uuid has one that follows from its name") {
    const std::string one = uuid_of("vm1");
    CHECK(one == uuid_of("vm1"));
    CHECK(one != uuid_of("vm2"));
    REQUIRE(one.size() == 36);
    for (std::size_t i = 0; i < one.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        CHECK((one[i] == '-') == dash);
    }
    CHECK(one[14] == '8');
    CHECK(std::string("89ab").find(one[19]) != std::string::npos);
}

}  // namespace vnf::guest
