// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The oneshot after a boot: which source decides, hostile text, single vCPUs that don't go (specification 4.7; B-34).
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <array>
#include <filesystem>

#include "shipped_binaries.hpp"
#include "tests/daemon/scale_stage.hpp"

namespace vnf::test {
namespace {

/// A metadata service that gives every request the same text.
class Metadata : public Actor {
  public:
    Metadata(Stage& stage, std::string text, int status = 200)
        : Actor(stage), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        reply_ = "HTTP/1.1 " + std::to_string(status) +
                 " X\r\nContent-Length: " + std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n" +
                 text;
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(fd_.get(), 4) == 0);
        REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) +
               "/latest/meta-data/offline_cpuset";
    }
    const std::string& url() const { return url_; }
    int requests = 0;

    int wait_fd() const override { return fd_.get(); }
    void readable() override {
        const FileDescriptor client(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, 4096> request{};
        if (::recv(client.get(), request.data(), request.size(), 0) > 0 &&
            ::send(client.get(), reply_.data(), reply_.size(), MSG_NOSIGNAL) > 0)
            ++requests;
    }

  private:
    FileDescriptor fd_;
    std::string reply_, url_;
};

struct Restore {
    explicit Restore(int cpus = 4) : machine(cpus) {}

    /// Runs it; `client` and `url` may be empty: that source is off.
    ExitStatus run(Stage& stage, const std::string& client, const std::string& url,
                   const std::vector<std::string>& more = {}) {
        const std::string settings = scratch.write(
            "restore.yaml", "state_file: " + state_file() + "\nrestore:\n  guest_client_socket: \"" + client +
                                "\"\n  guest_client_wait_ms: 1000\n  metadata_url: \"" + url + "\"\n");
        std::vector<std::string> argv{guest_scale_restore_path, "--config", settings, "--sysfs-root",
                                      machine.root()};
        argv.insert(argv.end(), more.begin(), more.end());
        Process process(ProcessSpec{.argv = argv,
                                    .environment = ScaleMachine::environment(),
                                    .output_file = scratch / "restore.log"});
        stage.until([&process] { return !process.running(); }, "the restore to end");
        const ExitStatus status = process.wait();
        output = process.output();
        return status;
    }
    std::string state_file() const { return scratch / "offline_cpus"; }
    void keep(const std::string& text) const { scratch.write("offline_cpus", text); }

    const ScratchDirectory scratch;
    const ScaleMachine machine;
    std::string output;
};

constexpr ExitStatus good{false, 0}, partly{false, 1};

TEST_CASE("The metadata's set goes offline, in either notation, and is kept") {
    if (!enter_own_network())
        return;
    const auto [text, online] = GENERATE(table<std::string, std::string>({{"set([2, 3])", "0,1"},
                                                                          {"{2, 3}\n", "0,1"},
                                                                          {"set([])", "0-3"},
                                                                          {"set()", "0-3"},
                                                                          {"set([1])", "0,2,3"}}));
    Stage stage;
    Metadata metadata(stage, text);
    Restore restore;
    restore.keep("1\n");
    INFO(text);
    CHECK(restore.run(stage, "", metadata.url()) == good);
    CHECK(restore.machine.online() == online);
    CHECK(read_file(restore.state_file()) == (online == "0,1" ? "2-3\n" : online == "0-3" ? "\n" : "1\n"));
}

TEST_CASE("Numbers of several digits are those numbers (15.12 made 1 and 0 of 10)") {
    if (!enter_own_network())
        return;
    Stage stage;
    Metadata metadata(stage, "set([10, 11])");
    Restore restore(12);
    CHECK(restore.run(stage, "", metadata.url()) == good);
    CHECK(restore.machine.online() == "0,1,2,3,4,5,6,7,8,9");
}

TEST_CASE("B-34: text that is no set counts for nothing, and the last known set goes offline") {
    if (!enter_own_network())
        return;
    const auto [text, status] = GENERATE(table<std::string, int>({{"set([2, 3]) ", 200},
                                                                  {"set([2, $(reboot)])", 200},
                                                                  {"set([2, 3]", 200},
                                                                  {"set([2, 99999])", 200},
                                                                  {"set([-1])", 200},
                                                                  {"{}", 200},
                                                                  {"", 200},
                                                                  {"<html>2 3</html>", 200},
                                                                  {"set([2, 3])", 404},
                                                                  {"set([2, 3])", 500},
                                                                  {std::string(40000, '2'), 200}}));
    Stage stage;
    Metadata metadata(stage, text, status);
    Restore restore;
    restore.keep("1\n");
    INFO(text.substr(0, 40));
    CHECK(restore.run(stage, "", metadata.url()) == good);
    CHECK(metadata.requests == 1);
    CHECK(restore.machine.online() == "0,2,3");
    CHECK(read_file(restore.state_file()) == "1\n");
}

TEST_CASE("A hostile state file, none, and one that can't be read leave everything online") {
    if (!enter_own_network())
        return;
    const std::string text = GENERATE("", "1;reboot", "1-", "3-1", "5000", "1\n2\n", "none");
    Stage stage;
    Restore restore;
    if (text != "none")
        restore.keep(text);
    INFO(text);
    CHECK(restore.run(stage, "", "") == good);
    CHECK(restore.machine.online() == "0-3");
}

TEST_CASE("One vCPU that does not go keeps no other from going, and vCPU 0 stays") {
    if (!enter_own_network())
        return;
    Stage stage;
    Metadata metadata(stage, "set([0, 1, 2, 3, 9])");
    Restore restore;
    restore.machine.set_manner(2, GENERATE("busy", "lie"));
    CHECK(restore.run(stage, "", metadata.url()) == partly);
    CHECK(restore.machine.online() == "0,2");
    for (const char* part : {"vCPU 0", "vCPU 2", "vCPU 9"})
        CHECK_THAT(restore.output, Catch::Contains(part));
}

TEST_CASE("The host's word comes before the metadata, also if it is that nothing is offline") {
    if (!enter_own_network())
        return;
    const auto [said, online] = GENERATE(table<std::string, std::string>({{"1-2", "0,3"}, {"", "0-3"}}));
    GuestUnderTest guest({.settings = "messaging:\n  scale: on\n", .messaging = true});
    ScriptedHost host(guest.stage);
    host.answer_init = false;
    host.connect(guest.host_socket());
    const Json init = host.expect("init");
    host.send_line(R"({"version":3,"revision":1,"msg_type":"init_ack","sequence":1,"invocation_id":)" +
                   std::to_string(number(init, "invocation_id")) +
                   R"(,"capabilities":["scale"],"offline_cpus":")" + said + "\"}");
    host.exchange();
    Metadata metadata(guest.stage, "set([3])");
    Restore restore;
    restore.keep("3\n");
    CHECK(restore.run(guest.stage, guest.control_socket(), metadata.url()) == good);
    CHECK(metadata.requests == 0);
    CHECK(restore.machine.online() == online);
}

TEST_CASE("An old host, and none at all, leave the word to the metadata") {
    if (!enter_own_network())
        return;
    const bool there = GENERATE(true, false);
    GuestUnderTest guest({.settings = "messaging:\n  scale: on\n", .messaging = true});
    ScriptedHost host(guest.stage);
    if (there)
        host.attach(guest.host_socket());
    Metadata metadata(guest.stage, "set([3])");
    Restore restore;
    CHECK(restore.run(guest.stage, guest.control_socket(), metadata.url()) == good);
    CHECK(restore.machine.online() == "0,1,2");
}

TEST_CASE("A guest without any source boots with everything, and a dry run changes nothing") {
    if (!enter_own_network())
        return;
    Stage stage;
    Restore restore;
    CHECK(restore.run(stage, restore.scratch / "nobody.sock", "http://127.0.0.1:1/") == good);
    CHECK(restore.machine.online() == "0-3");
    restore.keep("2\n");
    CHECK(restore.run(stage, "", "", {"--dry-run"}) == good);
    CHECK(restore.machine.online() == "0-3");
    CHECK_THAT(restore.output, Catch::Contains("wanted=2"));
    CHECK(restore.run(stage, "", "") == good);
    CHECK(restore.machine.online() == "0,1,3");
    CHECK(restore.run(stage, "", "") == good);
}

}  // namespace
}  // namespace vnf::test
