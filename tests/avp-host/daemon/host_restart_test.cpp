// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// SIGUSR2 and avpctl restart: the process goes on as a new program, its guests' devices with it; and whatever stands
// against that leaves all as it was, and is told.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>

#include "avp-host/daemon/handover.hpp"
#include "tests/avp-host/daemon/host_under_test.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;
using vnf::runtime::FileDescriptor;

namespace {

std::size_t starts(HostUnderTest& host) {
    const std::string log = host.process().output();
    std::size_t count = 0;
    for (std::size_t at = log.find("avp-host: started"); at != std::string::npos;
         at = log.find("avp-host: started", at + 1))
        ++count;
    return count;
}

void await_log(HostUnderTest& host, const std::string& text) {
    host.stage.until([&] { return host.process().output().find(text) != std::string::npos; }, text);
}

void await_migration(HostUnderTest& host, SocketGuest& guest, std::uint32_t status) {
    host.stage.until([&] { return guest.client.read_register(AVP_REGISTER_MIGRATION_STATUS) == status; },
                     "migration status " + std::to_string(status));
}

/// As a driver does it in its interrupt thread.
void let_go(HostUnderTest& host, SocketGuest& guest) {
    await_migration(host, guest, AVP_MIGRATION_DETACHED);
    REQUIRE(guest.driver.shut_down() == 0);
    guest.client.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_DETACHED);
}

void come_back(HostUnderTest& host, SocketGuest& guest) {
    await_migration(host, guest, AVP_MIGRATION_ATTACHED);
    guest.driver.open();
    guest.bring_up();
    guest.client.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_ATTACHED);
}

vnf::harness::Process begin_restart(HostUnderTest& host, std::vector<std::string> options = {}) {
    options.insert(options.begin(), "restart");
    return vnf::harness::Process(
        {.argv = host.avpctl_line(std::move(options)), .output_file = host.scratch / "restart.log"});
}

std::string instance(HostUnderTest& host) {
    return boost::json::value_to<std::string>(host.call("GET", "/v1/restart").json().at("instance"));
}

void check_frame(SocketGuest& from, SocketGuest& to) {
    const auto frame = SocketGuest::frame(kEverybody, address_of(1), 100);
    from.send(frame);
    CHECK(to.receive().bytes == frame);
}

}  // namespace

TEST_CASE(
    "a host that is restarted in place keeps its guests, their memory and their interrupts, again and "
    "again") {
    HostUnderTest host;
    SocketGuest one(host.socket("vm1"));
    SocketGuest other(host.socket("vm2"));
    const FileDescriptor event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    const auto assign = AVP_VFIO_USER_IRQ_SET_EVENTFD | AVP_VFIO_USER_IRQ_SET_TRIGGER;
    one.client.set_irqs(assign, AVP_VFIO_USER_IRQ_MSIX, 0, 1, std::array{event.get()});
    one.client.write_register(AVP_REGISTER_INTERRUPT_MASK, AVP_INTERRUPTS_ON);
    for (SocketGuest* guest : {&one, &other})
        guest->bring_up();
    for (std::size_t round = 1; round <= 3; ++round) {
        check_frame(one, other);
        host.process().signal(SIGUSR2);
        let_go(host, one);
        let_go(host, other);
        host.stage.until([&] { return starts(host) == round + 1; }, "the successor");
        come_back(host, one);
        come_back(host, other);
        check_frame(one, other);
        std::uint64_t raised = 0;
        REQUIRE(::read(event.get(), &raised, sizeof raised) == sizeof raised);
        CHECK(raised == 2);  // one for each half
        CHECK(one.client.read_register(AVP_REGISTER_INTERRUPT_MASK) == AVP_INTERRUPTS_ON);
    }
    CHECK(host.number("vm1", "/presentation/client/pid") == static_cast<std::uint64_t>(::getpid()));
    host.process().signal(SIGTERM);
    CHECK(host.process().wait() == vnf::harness::ExitStatus{false, 0});
}

TEST_CASE("a guest without a driver is kept over a restart as well, and one may come to the port beside it") {
    HostUnderTest host;
    SocketGuest idle(host.socket("vm1"));
    host.process().signal(SIGUSR2);
    host.stage.until([&] { return starts(host) == 2; }, "the successor");
    idle.driver.open();
    idle.bring_up();
    SocketGuest other(host.socket("vm2"));
    other.bring_up();
    check_frame(idle, other);
}

TEST_CASE("a driver that does not let go keeps the host from its restart, and its frames go on") {
    HostUnderTest host;
    SocketGuest willing(host.socket("vm1"));
    SocketGuest stubborn(host.socket("vm2"));
    willing.bring_up();
    stubborn.bring_up();
    host.process().signal(SIGUSR2);
    let_go(host, willing);
    await_log(host, "not restarted");
    CHECK_THAT(host.process().output(), Catch::Contains("vm2: its driver has not let go of the device"));
    CHECK(starts(host) == 1);
    come_back(host, willing);
    check_frame(willing, stubborn);
}

TEST_CASE("settings that are wrong keep the host from its restart, and nobody is asked for anything") {
    HostUnderTest host("switches: [{name: lan}]\nports:\n- {name: vm1, mac: \"02:61:76:70:00:01\"}\n");
    SocketGuest guest(host.socket("vm1"));
    guest.bring_up();
    host.rewrite_settings("colour: red\n");
    host.process().signal(SIGUSR2);
    await_log(host, "not restarted");
    CHECK_THAT(host.process().output(), Catch::Contains("colour"));
    CHECK(guest.client.read_register(AVP_REGISTER_MIGRATION_STATUS) == AVP_MIGRATION_NONE);
    CHECK(host.word("vm1", "/state") == "up");
}

TEST_CASE("a guest whose port is gone from the settings is let go by the successor") {
    const std::string lan = "switches: [{name: lan}]\nports:\n";
    const std::string kept = "- {name: vm2, mac: \"02:61:76:70:00:02\"}\n";
    HostUnderTest host(lan + "- {name: vm1, mac: \"02:61:76:70:00:01\"}\n" + kept);
    SocketGuest guest(host.socket("vm1"));
    SocketGuest other(host.socket("vm2"));
    host.rewrite_settings(lan + kept);
    host.process().signal(SIGUSR2);
    CHECK(guest.client.server_has_ended());
    host.stage.until([&] { return starts(host) == 2; }, "the successor");
    other.driver.open();
    other.bring_up();
}

TEST_CASE("avpctl restart says what it waits for, and ends when the successor answers") {
    HostUnderTest host;
    SocketGuest one(host.socket("vm1"));
    SocketGuest other(host.socket("vm2"));
    one.bring_up();
    other.bring_up();
    const std::string before = instance(host);
    auto restart = begin_restart(host);
    host.stage.until([&] { return restart.output().find("waiting: vm1: its driver") != std::string::npos; },
                     "the first driver's name");
    CHECK(instance(host) == before);
    let_go(host, one);
    host.stage.until([&] { return restart.output().find("waiting: vm2: its driver") != std::string::npos; },
                     "the second driver's name");
    let_go(host, other);
    CHECK(restart.wait() == vnf::harness::ExitStatus{false, 0});
    CHECK_THAT(restart.output(), Catch::Contains("restarted: version ") &&
                                     Catch::Contains("process " + std::to_string(host.process().pid())));
    CHECK(starts(host) == 2);
    CHECK(instance(host) != before);
    come_back(host, one);
    come_back(host, other);
    check_frame(one, other);
}

TEST_CASE("a host without guests is restarted at once, and a script reads the successor's own words") {
    HostUnderTest host;
    const auto restarted = host.avpctl({"--json", "restart"});
    CHECK(restarted.status.code == 0);
    CHECK_THAT(restarted.output,
               Catch::StartsWith(R"({"state":"idle","fault":"none","why":null,"instance":")"));
    CHECK(starts(host) == 2);
    CHECK(host.avpctl({"restart", "--timeout", "20000"}).status.code == 0);
    CHECK(starts(host) == 3);
}

TEST_CASE("avpctl restart tells by its exit status who kept the host from it, and why") {
    HostUnderTest host;
    SocketGuest guest(host.socket("vm1"));
    SocketGuest other(host.socket("vm2"));
    guest.bring_up();
    other.bring_up();
    auto refused = begin_restart(host);
    await_migration(host, guest, AVP_MIGRATION_DETACHED);
    guest.client.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_ERROR);
    CHECK(refused.wait() == vnf::harness::ExitStatus{false, 3});
    CHECK_THAT(refused.output(), Catch::Contains("refused: vm1: its driver can't let go of the device"));
    check_frame(guest, other);

    const auto silent = host.avpctl({"restart"});
    CHECK(silent.status.code == 4);
    CHECK_THAT(silent.output, Catch::Contains("no_answer: vm1: its driver has not let go of the device"));
    const auto impatient = host.avpctl({"restart", "--timeout", "0"});
    CHECK(impatient.status.code == 4);
    CHECK_THAT(impatient.output, Catch::Contains("the time is over"));
    CHECK(starts(host) == 1);
    CHECK(host.avpctl({"restart", "now"}).status.code == 2);
    CHECK(host.avpctl({"restart", "--timeout", "120001"}).status.code == 2);
    CHECK(host.avpctl({"restart", "--help"}).status.code == 0);
    host.process().signal(SIGKILL);
    host.process().wait();
    CHECK(host.avpctl({"restart"}).status.code == 6);
}

TEST_CASE("wrong settings and a driver on files are named in the answer to a restart") {
    const std::string port =
        "ports:\n- {name: vm1, mac: \"02:61:76:70:00:01\", behind: {end: echo}, buffers: 256, ";
    HostUnderTest host(port + "presentation: files, directory: @/tree}\n");
    const FileDescriptor opened(
        ::open((host.scratch / "tree/dev/uio0").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(opened);
    host.stage.until(
        [&] {
            return boost::json::value(host.call("GET", "/v1/ports/vm1").json())
                .at_pointer("/presentation/client")
                .as_bool();
        },
        "the driver");
    const auto on_files = host.avpctl({"restart"});
    CHECK(on_files.status.code == 3);
    CHECK_THAT(on_files.output, Catch::Contains("on_files: vm1: its driver sits on files"));
    host.rewrite_settings("colour: red\n");
    const auto wrong = host.avpctl({"restart"});
    CHECK(wrong.status.code == 3);
    CHECK_THAT(wrong.output, Catch::Contains("bad_settings: ") && Catch::Contains("colour"));
    CHECK(starts(host) == 1);
}

TEST_CASE("a restart that is asked for while one is under way is the same one, and takes no settings") {
    HostUnderTest host;
    SocketGuest guest(host.socket("vm1"));
    guest.bring_up();
    CHECK(host.call("POST", "/v1/restart", R"({"force":true})").status == 400);
    CHECK(host.call("DELETE", "/v1/restart").status == 405);
    CHECK(host.call("GET", "/v1/restart").json().at("state") == "idle");
    for (int i = 0; i < 3; ++i) {
        const auto answer = host.call("POST", "/v1/restart");
        CHECK(answer.status == 200);
        CHECK(answer.json().at("state") == "under_way");
        CHECK(answer.json().at("why") == "vm1: its driver has not let go of the device");
        host.process().signal(SIGUSR2);
    }
    let_go(host, guest);
    host.stage.until([&] { return starts(host) == 2; }, "the successor");
    come_back(host, guest);
    const std::string log = host.process().output();
    CHECK(log.find("restart asked for") == log.rfind("restart asked for"));
}

TEST_CASE("what is left to a successor is read as it was written, and nonsense is refused") {
    PortHandover port;
    port.name = "vm1";
    port.memory = 10;
    port.memory_map = 11;
    port.device_info = 12;
    port.client.socket = 13;
    port.client.eventfds.fill(-1);
    port.client.eventfds[8] = 14;
    port.client.config = {std::byte{0xFF}, std::byte{0}};
    port.interrupt_mask = AVP_INTERRUPTS_ON;
    port.had_driver = true;
    const std::string text = text_of(std::array{port, port});
    const auto ports = parse_handover(text);
    REQUIRE(ports.size() == 2);
    CHECK(text_of(ports) == text);
    CHECK(descriptors_of(ports[1]) == std::vector<int>{10, 11, 12, 13, 14});
    for (const char* wrong : {"", "[]", "{}", R"({"version":2,"ports":[]})",
                              R"({"version":1,"ports":[{"name":7}]})", R"({"version":1,"ports":[7]})"})
        CHECK_THROWS_WITH(parse_handover(wrong), Catch::StartsWith("handover: "));
}

TEST_CASE("an environment that names no handover is nothing to a successor") {
    for (const char* value : {"", "x", "-1", "0", "99999"}) {
        ::setenv("AVP_HOST_HANDOVER", value, 1);
        if (std::string_view(value) == "0")  // not this process's own input
            ::setenv("AVP_HOST_HANDOVER", std::to_string(::open("/dev/null", O_RDONLY | O_CLOEXEC)).c_str(),
                     1);
        CHECK(take_handover().empty());
        CHECK(::getenv("AVP_HOST_HANDOVER") == nullptr);
    }
}
