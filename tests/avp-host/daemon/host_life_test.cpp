// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// avp-host's start, reload and end, what it says to wrong settings, and its control interface.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <set>
#include <sstream>

#include "shipped_binaries.hpp"
#include "tests/avp-host/daemon/host_under_test.hpp"
#include "tests/harness/unix_socket.hpp"

using namespace vnf::avp::test;
using vnf::harness::ExitStatus;
using vnf::harness::ScratchDirectory;

namespace {

mode_t mode_of(const std::string& path) {
    struct stat entry {};
    REQUIRE(::lstat(path.c_str(), &entry) == 0);
    return entry.st_mode & 07777;
}

void await_log(HostUnderTest& host, const std::string& text) {
    host.stage.until([&] { return host.process().output().find(text) != std::string::npos; }, text);
}

}  // namespace

TEST_CASE("without settings the sockets are in a private directory, and SIGTERM takes them away") {
    HostUnderTest host;
    CHECK(mode_of(host.scratch / "avp") == 0700);
    for (const std::string& socket : {host.control(), host.socket("vm1"), host.socket("vm2")})
        CHECK(mode_of(socket) == 0660);
    SocketGuest guest(host.socket("vm1"));
    guest.bring_up();
    const int signal = GENERATE(SIGTERM, SIGINT);
    host.process().signal(signal);
    CHECK(host.process().wait() == ExitStatus{false, 0});
    CHECK(guest.client.server_has_ended());
    for (const std::string& socket : {host.control(), host.socket("vm1"), host.socket("vm2")})
        CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE("a host that was killed starts again over the sockets that it left, and guests come back") {
    HostUnderTest host;
    {
        SocketGuest guest(host.socket("vm1"));
        guest.bring_up();
        host.process().signal(SIGKILL);
        host.process().wait();
        CHECK(guest.client.server_has_ended());
        CHECK(std::filesystem::exists(host.socket("vm1")));
    }
    host.restart();
    SocketGuest again(host.socket("vm1"));
    again.bring_up();
    CHECK(host.word("vm1", "/state") == "up");
}

TEST_CASE("a second host does not take a running one's sockets") {
    HostUnderTest host;
    SocketGuest guest(host.socket("vm1"));
    const ScratchDirectory scratch;
    vnf::harness::Process second({.argv = {vnf::harness::avp_host_path},
                                  .environment = {"VNF_RUN_DIR=" + host.scratch.path().string()},
                                  .output_file = scratch / "second.log"});
    CHECK(second.wait() == ExitStatus{false, 1});
    CHECK_THAT(second.output(), Catch::Contains("vm1.sock"));
    guest.bring_up();
}

TEST_CASE("wrong settings stop the start, with the file, the line, the key and what is allowed") {
    const ScratchDirectory scratch;
    const std::string port = "- {name: vm1, mac: \"02:00:00:00:00:01\"";
    const std::pair<std::string, std::string> cases[] = {
        {"log_level: loud\n", ":1: log_level: "},
        {"colour: red\n", ":1: colour: "},
        {"workers: [{idle: maybe}]\n", "idle: "},
        {"workers: [{cpu: -1}]\n", "cpu: "},
        {"workers: [{name: a}, {name: a}]\n", "is used twice"},
        {"switches: [{name: lan, worker: none}]\n", "there is no worker \"none\""},
        {"switches: [{name: \"l n\"}]\n", "name: "},
        {"switches: [{name: lan, ends: [{name: x, end: hub}]}]\n", "end: "},
        {"switches: [{name: lan, ends: [{name: x, end: tap}]}]\n", "interface: "},
        {"switches: [{name: lan, ends: [{name: x, end: pcap, file: here}]}]\n", "file: "},
        {"switches: [{name: lan, ends: [{name: x, end: generator, sizes: [59]}]}]\n", "sizes: 59"},
        {"switches: [{name: lan, ends: [{name: x, end: generator, sizes: [9239]}]}]\n", "sizes: 9239"},
        {"switches: [{name: lan, ends: [{name: x, end: generator, sizes: [60-9239]}]}]\n", "sizes: 60-9239"},
        {"switches: [{name: lan, ends: [{name: x, end: generator, sizes: [65-64]}]}]\n", "sizes: 65-64"},
        {"switches: [{name: lan, ends: [{name: x, end: generator, sizes: [60-9238, 60-9238]}]}]\n",
         "sizes: must be at most 16384"},
        {"switches: [{name: lan, ends: [{name: x, end: generator, flows: 257}]}]\n", "flows: "},
        {"switches: [{name: lan, ends: [{name: x, end: \"null\", vlan: 4095}]}]\n", "vlan: "},
        {"switches: [{name: lan, ends: [{name: x, end: \"null\", trunk: [9-8]}]}]\n", "trunk: "},
        {"switches: [{name: lan, ends: [{name: x, end: \"null\", vlan: 1, trunk: [2]}]}]\n", "vlan: "},
        {"switches: [{name: lan, ends: [{name: x, end: \"null\", native: 1}]}]\n", "native: needs trunk"},
        {"switches: [{name: lan}]\nports:\n- {name: vm1}\n", ":3: ports[0].mac: "},
        {"switches: [{name: lan}]\nports:\n- {name: vm1, mac: \"01:00:00:00:00:01\"}\n", "mac: "},
        {"switches: [{name: lan}]\nports:\n" + port + ", ring_slots: 1000}\n",
         "ring_slots: 1000 is not a power"},
        {"switches: [{name: lan}]\nports:\n" + port + ", max_frame_bytes: 9239}\n", "max_frame_bytes: "},
        {"switches: [{name: lan}]\nports:\n" + port + ", tx_queues: {maximum: 9}}\n", "maximum: "},
        {"switches: [{name: lan}]\nports:\n" + port + ", socket: vm1.sock}\n", "socket: must be an absolute"},
        {"switches: [{name: lan}]\nports:\n" + port + ", presentation: smoke}\n", "presentation: "},
        {"switches: [{name: lan}]\nports:\n" + port + ", msix: false, rx_interrupts: true}\n",
         "rx_interrupts: needs presentation: vfio-user, with msix"},
        {"switches: [{name: lan}]\nports:\n" + port +
             ", presentation: files, directory: /run/x, msix: true}\n",
         "msix: "},
        {"switches: [{name: lan}]\nports:\n" + port + ", behind: {switch: wan}}\n",
         "there is no switch \"wan\""},
        {"ports:\n" + port + "}\n", "switch: must be given"},
        {"switches: [{name: lan}]\nports:\n" + port + "}\n" + port + "}\n", ":4: ports[1].name: "},
        {"switches: [{name: lan, ends: [{name: x, end: \"null\", macs: 65536}]}]\nports:\n" + port + "}\n",
         "switches: lan"},
    };
    for (const auto& [text, complaint] : cases) {
        CAPTURE(text);
        const std::string file = scratch.write("avp-host.yaml", text);
        const auto done = run_avp_host(scratch, {"--config", file, "--check-config"});
        CHECK(done.status == ExitStatus{false, 1});
        CHECK_THAT(done.output, Catch::Contains(file + ":") && Catch::Contains(complaint));
    }
}

TEST_CASE("a start that fails says which port or worker, and leaves no socket") {
    const ScratchDirectory scratch;
    const std::string head = "control: {socket: " + scratch / "control.sock" + "}\n";
    const auto [text, complaint] = GENERATE(table<std::string, std::string>(
        {{"switches: [{name: lan, ends: [{name: up, end: tap, descriptor: 900}]}]\n", "up: descriptor 900"},
         {"switches: [{name: lan, ends: [{name: trace, end: pcap, file: /nowhere/x.pcap}]}]\n",
          "trace: /nowhere/x.pcap"},
         {"switches: [{name: lan}]\nports: [{name: vm1, mac: \"02:00:00:00:00:01\", socket: "
          "/nowhere/vm1.sock}]\n",
          "/nowhere/vm1.sock"},
         {"workers: [{name: far, cpu: 1023}]\nswitches: [{name: lan}]\n", "worker far: cpu: "}}));
    const std::string file = scratch.write("avp-host.yaml", head + text);
    const auto done = run_avp_host(scratch, {"--config", file});
    CHECK(done.status == ExitStatus{false, 1});
    CHECK_THAT(done.output, Catch::Contains(complaint));
    CHECK_FALSE(std::filesystem::exists(scratch / "control.sock"));
}

TEST_CASE("a reload takes the log level, names what needs a restart, and keeps all when the file is wrong") {
    const std::string settings =
        "switches: [{name: lan}]\nports: [{name: vm1, mac: \"02:00:00:00:00:01\"}]\n";
    HostUnderTest host(settings);
    host.rewrite_settings("log_level: warning\nswitches: [{name: lan}, {name: wan}]\nports: []\n");
    host.process().signal(SIGHUP);
    await_log(host, "needs a restart key=ports");
    CHECK_THAT(host.process().output(), Catch::Contains("key=switches"));
    CHECK(host.call("GET", "/v1/ports/vm1").status == 200);
    host.rewrite_settings("log_level: info\n" + settings);
    host.process().signal(SIGHUP);
    await_log(host, "settings reloaded");
    host.rewrite_settings("log_level: loud\n");
    host.process().signal(SIGHUP);
    await_log(host, "settings not reloaded");
    CHECK_THAT(host.process().output(), Catch::Contains("log_level"));
    CHECK(host.call("GET", "/v1/ports/vm1").status == 200);
}

TEST_CASE("the control interface answers what it has not, and what it can't do, with a code") {
    HostUnderTest host(
        "switches: [{name: lan, ends: [{name: sink, end: counter}]}]\n"
        "ports: [{name: vm1, mac: \"02:00:00:00:00:01\"}]\n");
    const std::tuple<const char*, const char*, const char*, unsigned> calls[] = {
        {"GET", "/v1/ports", "", 200},
        {"GET", "/v1/ports/sink", "", 200},
        {"GET", "/v1/switches/lan", "", 200},
        {"GET", "/v1/switches/lan/macs", "", 200},
        {"GET", "/v1/status", "", 200},
        {"GET", "/metrics", "", 200},
        {"GET", "/v1/nothing", "", 404},
        {"GET", "/v1/ports/nobody", "", 404},
        {"GET", "/v1/switches/wan/macs", "", 404},
        {"GET", "/v1/switches/lan/cats", "", 404},
        {"POST", "/v1/ports/vm1/fly", "", 404},
        {"GET", "/v1/ports/vm1/detach", "", 405},
        {"POST", "/v1/ports/vm1", "", 405},
        {"POST", "/v1/status", "", 405},
        {"POST", "/v1/ports/sink/detach", "", 409},
        {"POST", "/v1/ports/sink/send", R"({"frames":1})", 409},
        {"POST", "/v1/ports/vm1/send", R"({"frames":1})", 409},
        {"POST", "/v1/ports/vm1/attach", "", 409},
        {"POST", "/v1/ports/vm1/link", R"({"up":1})", 400},
        {"POST", "/v1/ports/vm1/link", R"({"up":true,"down":false})", 400},
        {"POST", "/v1/ports/vm1/link", "[", 400},
        {"POST", "/v1/ports/vm1/detach", R"({"timeout_ms":60001})", 400},
        {"POST", "/v1/ports/vm1/detach", R"({"timeout_ms":-1})", 400},
        {"POST", "/v1/ports/vm1/attach", R"({"force":"yes"})", 400},
    };
    for (const auto& [method, path, body, status] : calls) {
        CAPTURE(method, path, body);
        CHECK(host.call(method, path, body).status == status);
    }
}

TEST_CASE("metrics are well-formed, with each name's samples together") {
    HostUnderTest host;
    SocketGuest guest(host.socket("vm1"));
    guest.bring_up();
    const std::string page = host.call("GET", "/metrics").body;
    CHECK_THAT(page, Catch::Contains("vnf_avp_device_state{port=\"vm1\",state=\"up\"} 1\n"));
    CHECK_THAT(page, Catch::Contains("vnf_avp_device_client{port=\"vm2\"} 0\n"));
    std::set<std::string> seen;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE "))
            CHECK(seen.insert(line.substr(7, line.find(' ', 7) - 7)).second);
    }
    CHECK(seen.size() == 20);
}

TEST_CASE("avpctl says what it wants, and when nobody is there") {
    HostUnderTest host;
    CHECK(host.avpctl({"--help"}).status.code == 0);
    CHECK(host.avpctl({}).status.code == 2);
    CHECK(host.avpctl({"fly"}).status.code == 2);
    CHECK(host.avpctl({"send", "vm1", "-1"}).status.code == 2);
    CHECK_THAT(host.avpctl({"ports"}).output, Catch::Contains("vm1") && Catch::Contains("lan (open)"));
    CHECK_THAT(host.avpctl({"--json", "ports"}).output, Catch::StartsWith("{\"ports\":["));
    CHECK_THAT(host.avpctl({"switches"}).output, Catch::Contains("vm1, vm2"));
    CHECK_THAT(host.avpctl({"status"}).output, Catch::Contains("workers.0.name: worker0"));
    CHECK_THAT(host.avpctl({"counters"}).output, Catch::Contains("NAME"));
    CHECK_THAT(host.avpctl({"metrics"}).output, Catch::Contains("vnf_avp_switch_addresses"));
    CHECK(host.avpctl({"macs", "wan"}).status.code == 5);
    host.process().signal(SIGTERM);
    host.process().wait();
    CHECK(host.avpctl({"ports"}).status.code == 6);
}
