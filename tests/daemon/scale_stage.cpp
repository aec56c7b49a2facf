// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/daemon/scale_stage.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "shipped_binaries.hpp"
#include "tests/harness/preload.hpp"
#include "tests/harness/unix_socket.hpp"

namespace vnf::test {

// ---- the machine ------------------------------------------------------------------------------------------

ScaleMachine::ScaleMachine(int cpus) {
    std::filesystem::create_directories(folder());
    const std::string all = "0-" + std::to_string(cpus - 1) + "\n";
    write("present", all);
    write("online", all);
    for (int cpu = 0; cpu < cpus; ++cpu) {
        std::filesystem::create_directories(folder() + "/cpu" + std::to_string(cpu));
        if (cpu != 0)
            write("cpu" + std::to_string(cpu) + "/online", "1\n");
    }
}

std::string ScaleMachine::first_word(const std::string& file) {
    std::string word;
    std::ifstream(file) >> word;
    return word;
}

void ScaleMachine::write(const std::string& name, const std::string& text) const {
    const std::string file = folder() + "/" + name;
    std::ofstream(file + ".new") << text;
    std::filesystem::rename(file + ".new", file);
}

void ScaleMachine::set_manner(int cpu, const std::string& manner) const {
    const std::string of_cpu = "cpu" + std::to_string(cpu);
    write(of_cpu + "/manner", manner + "\n");
    if (manner == "hang" && ::mkfifo((folder() + "/" + of_cpu + "/release").c_str(), 0600) != 0)
        throw std::runtime_error("mkfifo");
}

void ScaleMachine::release(int cpu) const {
    const std::string fifo = folder() + "/cpu" + std::to_string(cpu) + "/release";
    const Deadline deadline(patience);
    while (!deadline.passed()) {
        const FileDescriptor writer(::open(fifo.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        if (writer)
            return;
        ::poll(nullptr, 0, 1);  // nothing announces a reader
    }
    throw std::runtime_error("nobody hangs at " + fifo);
}

std::vector<std::string> ScaleMachine::environment() {
    return {harness::preload(fake_kernel_path)};
}

// ---- the agent --------------------------------------------------------------------------------------------

ScaleAgentUnderTest::ScaleAgentUnderTest(Stage& stage, ScaleAgentOptions options, int cpus)
    : machine(cpus), stage_(stage) {
    if (!options.helper.empty())
        scratch.write_script("helper", options.helper);
    argv_ = {guest_scale_agent_path,
             "--sysfs-root",
             machine.root(),
             "--helper",
             helper(),
             "--application-socket",
             application_socket(),
             "--control-socket",
             control_socket(),
             "--state-file",
             state_file(),
             "--client-address",
             options.client_address,
             "--log-level",
             "debug"};
    if (!options.settings.empty())
        argv_.insert(argv_.end(), {"--config", scratch.write("agent.yaml", options.settings)});
    argv_.insert(argv_.end(), options.arguments.begin(), options.arguments.end());
    start();
}

ScaleAgentUnderTest::~ScaleAgentUnderTest() {
    if (std::uncaught_exceptions() > 0)
        std::fprintf(stderr, "---- guest-scale-agent said:\n%s----\n", process_->output().c_str());
}

void ScaleAgentUnderTest::start() {
    process_ = std::make_unique<Process>(ProcessSpec{
        .argv = argv_, .environment = ScaleMachine::environment(), .output_file = scratch / "agent.log"});
    connect_unix(control_socket());
    stage_.until([this] { return status().at("requests").as_object().at("bound").as_bool(); },
                 "the agent to be bound");
}

void ScaleAgentUnderTest::end(int signal) {
    process_->signal(signal);
    process_->wait();
}

void ScaleAgentUnderTest::restart() {
    process_.reset();
    start();
}

// ---- applications -----------------------------------------------------------------------------------------

ScaleApplication::ScaleApplication(Stage& stage, const std::string& socket, const std::string& name)
    : Actor(stage), fd_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.copy(&address.sun_path[0], sizeof address.sun_path - 1);
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("connect " + socket);
    send(wire::ScaleHello{name});
    expect<wire::ScaleState>("the state");
}

void ScaleApplication::send(const wire::ScaleClientRecord& record) {
    const std::string packet = wire::encode(record);
    REQUIRE(::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(packet.size()));
}

void ScaleApplication::readable() {
    std::array<char, wire::scale_record_limit> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0)
        records_.push_back(std::get<wire::ScaleAgentRecord>(
            wire::parse_scale_agent_record({buffer.data(), static_cast<std::size_t>(got)})));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        fd_.reset();
}

// ---- the whole guest --------------------------------------------------------------------------------------

ScaleGuest::ScaleGuest(ScaleAgentOptions options, const std::string& settings)
    : client(settings), agent(client.stage, std::move(options)) {}

void ScaleGuest::ask(const std::string& data, const std::string& from) {
    client.host.say(port_line(data, "cgcs.scale", from));
}

std::string ScaleGuest::answer(const std::string& to) {
    const std::string line = client.host.expect_line();
    const std::string head = R"({"data":)";
    const std::string tail = R"(,"version":2,"dest_addr":")" + to + R"(","source_addr":"cgcs.scale"})";
    INFO(line);
    REQUIRE(line.starts_with(head));
    REQUIRE(line.ends_with(tail));
    return line.substr(head.size(), line.size() - head.size() - tail.size());
}

std::string scale_down(int timeout_ms) {
    return R"({"version":2,"msg_type":"scale_request","timeout_ms":)" + std::to_string(timeout_ms) +
           R"(,"resource":"cpu","direction":"down"})";
}

std::string scale_up(int cpu, const std::string& online, int timeout_ms) {
    return R"({"version":2,"msg_type":"scale_request","timeout_ms":)" + std::to_string(timeout_ms) +
           R"(,"resource":"cpu","direction":"up","online_cpu":)" + std::to_string(cpu) +
           R"(,"online_cpus":)" + online + "}";
}

std::string scaled_down(int cpu, const std::string& online) {
    return R"({"result":"success","offline_cpu":)" + std::to_string(cpu) + R"(,"online_cpus":)" + online +
           R"(,"version":2,"resource":"cpu","direction":"down"})";
}

std::string scaled_up(int cpu, const std::string& online) {
    return R"({"result":"success","online_cpu":)" + std::to_string(cpu) + R"(,"online_cpus":)" + online +
           R"(,"version":2,"resource":"cpu","direction":"up"})";
}

std::string scale_failed(const std::string& direction, const std::string& reason) {
    return R"({"result":"fail","err_msg":")" + reason + R"(","version":2,"resource":"cpu","direction":")" +
           direction + "\"}";
}

}  // namespace vnf::test
