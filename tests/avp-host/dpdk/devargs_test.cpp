// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What a user can give a net_avp_host port, and how each mistake is named.
#include "avp-host/dpdk/devargs.hpp"

#include <catch2/catch.hpp>

using namespace vnf::avp;
using namespace vnf::avp::dpdk;
using Catch::Contains;

namespace {

HostPortSettings parsed(const std::string& text) {
    auto outcome = parse_devargs(text);
    if (const auto* fault = std::get_if<std::string>(&outcome))
        FAIL(*fault);
    return std::get<HostPortSettings>(outcome);
}

std::string fault(const std::string& text) {
    const auto outcome = parse_devargs(text);
    REQUIRE(std::holds_alternative<std::string>(outcome));
    return std::get<std::string>(outcome);
}

}  // namespace

TEST_CASE("a socket alone is enough: a random local address, up to 8 queues, frames of 1522 bytes") {
    const HostPortSettings port = parsed("socket=/run/vm1.sock");
    CHECK(port.socket == "/run/vm1.sock");
    CHECK_FALSE(port.group);
    CHECK((port.device.mac[0] & 3U) == 2);
    CHECK(port.device.mac != parsed("socket=/run/vm1.sock").device.mac);
    CHECK(port.device.rx_queues.maximum == 8);
    CHECK(port.device.max_frame_bytes == 1522);
    CHECK_FALSE(fault_of(port.device));
}

TEST_CASE("every key reaches the device") {
    const HostPortSettings port = parsed(
        "socket=s,group=0,mac=02:00:00:00:00:aB,queues=4,ring-slots=512,buffers=4096,buffer-bytes=4096,"
        "max-frame=9238,name=avp0");
    CHECK(port.group == gid_t{0});
    CHECK((port.device.mac == MacAddress{2, 0, 0, 0, 0, 0xAB}));
    CHECK(port.device.rx_queues.maximum == 4);
    CHECK(port.device.tx_queues.maximum == 4);
    CHECK(port.device.rx_queues.minimum == 1);
    CHECK(port.device.ring_slots == 512);
    CHECK(port.device.buffers == 4096);
    CHECK(port.device.buffer_bytes == 4096);
    CHECK(port.device.max_frame_bytes == 9238);
    CHECK(port.device.interface_name == "avp0");
}

TEST_CASE("the bounds of each number are taken, what lies beyond is refused by its key") {
    for (const std::string text : {"queues=1", "queues=8", "ring-slots=64", "ring-slots=32768", "buffers=64",
                                   "buffers=1048576", "buffer-bytes=305", "buffer-bytes=16384",
                                   "max-frame=64", "max-frame=9238", "name=1234567890123456789012345678901"})
        CHECK_NOTHROW(parsed("socket=s," + text));
    for (const auto& [text, said] : std::initializer_list<std::pair<const char*, const char*>>{
             {"queues=0", "queues: 0 is not between 1 and 8"},
             {"queues=9", "queues: 9 is not between 1 and 8"},
             {"ring-slots=32", "ring-slots: 32 is not between 64 and 32768"},
             {"ring-slots=100", "ring-slots: 100 is not a power of two"},
             {"buffers=63", "buffers: 63 is not between 64 and 1048576"},
             {"buffer-bytes=255", "buffer-bytes: 255 is not between 256 and 16384"},
             {"max-frame=63", "max-frame: 63 is not between 64 and 9238"},
             {"max-frame=9239", "max-frame: 9239 is not between 64 and 9238"},
             {"buffer-bytes=256,max-frame=1281", "max-frame: 1281 does not fit into 5 buffers of 256 bytes"},
             {"name=12345678901234567890123456789012", "name: longer than 31 bytes"},
             {"buffers=12x", "buffers: \"12x\" is not a number"},
             {"buffers=-1", "buffers: \"-1\" is not a number"},
             {"buffers=4294967296", "buffers: \"4294967296\" is not a number"},
             {"mac=02:00", "mac: \"02:00\" is not six bytes in hexadecimal"},
             {"mac=01:00:00:00:00:01", "mac: must be a unicast address"},
             {"group=no such group", "group: there is no group \"no such group\""}})
        CHECK_THAT(fault("socket=s," + std::string(text)), Catch::StartsWith(said));
}

TEST_CASE("a key that is none, is given twice or has no value is named") {
    CHECK_THAT(
        fault("socket=s,ring_slots=64"),
        Contains("no key \"ring_slots\"") && Contains("allowed are socket, group, mac, queues, ring-slots"));
    CHECK(fault("socket=s,socket=t") == "socket: is given twice");
    CHECK(fault("socket=s,queues") == "queues: has no value");
    CHECK_THAT(fault("socket=s,,"), Contains("no key \"\""));
    CHECK(fault("") == "socket: must be given, as socket=PATH");
    CHECK_THAT(fault("socket="), Contains("socket: must be a path of 1 to 107 bytes"));
    CHECK_THAT(fault("socket=" + std::string(108, 'x')), Contains("1 to 107 bytes"));
    CHECK(parsed("socket=" + std::string(107, 'x')).socket.size() == 107);
}
