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

TEST_CASE("messaging has a port of its own: as set, beside a virtio port, or beside the embedded default") {
    using Kind = runtime::PortAddress::Kind;
    Settings settings;
    settings.session.name = "vm 1/x";
    const runtime::PortAddress virtio{Kind::VirtioName, "cgcs.heartbeat"},
        embedded{Kind::UnixListen, "/r/hb"};
    const runtime::PortAddress waited_for{Kind::VirtioName, "cgcs.messaging"};
    CHECK(messaging_port_for(settings, virtio) == waited_for);
    if (!runtime::find_virtio_port("cgcs.messaging")) {
        const auto beside = messaging_port_for(settings, embedded);
        REQUIRE(beside);
        CHECK(beside->kind == Kind::UnixListen);
        CHECK_THAT(beside->text, Catch::EndsWith("/guests/cgcs.messaging.vm-1-x.sock"));
        settings.device = "listen:/r/hb";
        CHECK_FALSE(messaging_port_for(settings, embedded));
    }
    settings.messaging.device = "off";
    CHECK_FALSE(messaging_port_for(settings, virtio));
    settings.messaging.device = "listen:/r/m";
    CHECK(messaging_port_for(settings, virtio)->text == "/r/m");
    settings.messaging.device = "listen:";
    CHECK_THROWS_AS(messaging_port_for(settings, virtio), runtime::SettingsError);
}

TEST_CASE("the file of the messaging port is called after the guest, in 25 safe bytes") {
    CHECK(instance_of("vm1") == "vm1");
    CHECK(instance_of("a.b/c d") == "a-b-c-d");
    CHECK(instance_of(std::string(60, 'x')) == std::string(25, 'x'));
}

}  // namespace vnf::guest
