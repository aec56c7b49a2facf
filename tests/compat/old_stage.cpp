// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "old_stage.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "compat_paths.hpp"
#include "old_record.hpp"

namespace vnf::test {
namespace {

using libhandle::Descriptor;
constexpr int patience_ms = 20000;

void expect(bool condition, const char* what) {
    if (!condition)
        throw std::runtime_error(std::string("not as expected: ") + what);
}

void wait_readable(int fd, const char* what) {
    pollfd descriptor{fd, POLLIN, 0};
    if (::poll(&descriptor, 1, patience_ms) <= 0)
        throw std::runtime_error(std::string("nothing came: ") + what);
}

std::pair<Descriptor, Descriptor> open_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw std::runtime_error("pipe2");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What is left in a stream whose other end is closed.
std::string read_all(int fd) {
    std::string all;
    std::array<char, 1024> buffer;
    for (ssize_t count = 0; (count = ::read(fd, buffer.data(), buffer.size())) > 0;)
        all.append(buffer.data(), static_cast<std::size_t>(count));
    return all;
}

}  // namespace

OldApplication::OldApplication(const std::string& libraries, const std::string& socket, const char* program) {
    if (program == nullptr)
        program = old_application_path;
    auto [child_input, input] = open_pipe();
    auto [output, child_output] = open_pipe();
    auto [error, child_error] = open_pipe();
    process_ = ::fork();
    if (process_ == 0) {
        ::dup2(child_input.get(), STDIN_FILENO);
        ::dup2(child_output.get(), STDOUT_FILENO);
        ::dup2(child_error.get(), STDERR_FILENO);
        ::setenv("LD_LIBRARY_PATH", libraries.c_str(), 1);
        ::setenv("VNF_HEARTBEAT_SOCKET", socket.c_str(), 1);
        ::signal(SIGPIPE, SIG_DFL);
        ::execl(program, program, nullptr);
        ::_exit(127);
    }
    input_ = std::move(input);
    output_ = std::move(output);
    error_ = std::move(error);
}

OldApplication::~OldApplication() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
}

void OldApplication::say(const std::string& command) {
    const std::string text = command + "\n";
    if (::write(input_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("the application takes no command");
}

std::string OldApplication::line() {
    std::array<char, 1024> buffer;
    while (unread_.find('\n') == std::string::npos) {
        wait_readable(output_.get(), "a line of the application");
        const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
        if (count <= 0)
            throw std::runtime_error("the application has ended");
        unread_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const std::size_t end = unread_.find('\n');
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
}

std::string OldApplication::ask(const std::string& command) {
    say(command);
    return line();
}

int OldApplication::finish() {
    input_.reset();
    int status = -1;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    complaints_ = read_all(error_.get());
    return status;
}

ByteDaemon::ByteDaemon(std::string path) : path_(std::move(path)) {
    start();
}

ByteDaemon::~ByteDaemon() {
    stop();
}

void ByteDaemon::start() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_.get(), 8) != 0)
        throw std::runtime_error("listen");
}

void ByteDaemon::stop() {
    hang_up();
    listener_.reset();
    ::unlink(path_.c_str());
}

void ByteDaemon::accept() {
    wait_readable(listener_.get(), "a connection");
    connection_ = Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

void ByteDaemon::send(std::string_view bytes) const {
    if (::send(connection_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("send");
}

std::string ByteDaemon::record() {
    std::string bytes(old_record_size, '\0');
    for (std::size_t have = 0; have < bytes.size();) {
        wait_readable(connection_.get(), "a record");
        const ssize_t count = ::recv(connection_.get(), bytes.data() + have, bytes.size() - have, 0);
        if (count <= 0)
            throw std::runtime_error("the connection ended before a record");
        have += static_cast<std::size_t>(count);
    }
    return bytes;
}

bool ByteDaemon::has_ended() {
    wait_readable(connection_.get(), "the end of the connection");
    char byte = 0;
    return ::recv(connection_.get(), &byte, 1, MSG_PEEK) == 0;
}

std::size_t ByteDaemon::unread() const {
    int count = 0;
    ::ioctl(connection_.get(), FIONREAD, &count);
    return static_cast<std::size_t>(count);
}

OldStage::OldStage() : application(shim_directory, socket) {}

void OldStage::connect() {
    expect(application.ask("initialize") == "initialize 0", "initialize");
    expect(application.ask("register") == "register 0", "register");
    daemon.accept();
}

void OldStage::register_it() {
    connect();
    daemon.record();
    daemon.send(init_ack(true));
    expect(application.line() == "registered 1", "registered");
}

void OldStage::expect_heartbeat() {
    daemon.send(challenge(4711));
    expect(application.line() == "health 1 1 ''", "the health callback");
    expect(number_at(daemon.record(), 20) == 4711, "the answer to the challenge");
}

}  // namespace vnf::test
