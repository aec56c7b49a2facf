// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/harness/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "tests/harness/scratch_directory.hpp"

namespace vnf::harness {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (std::string& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::string_view name_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

/// The test's own environment; an addition takes the place of what has its name.
std::vector<std::string> merged(const std::vector<std::string>& additions) {
    std::vector<std::string> result = additions;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const auto is_replaced = [entry](const std::string& one) {
            return name_of(one) == name_of(*entry);
        };
        if (std::none_of(additions.begin(), additions.end(), is_replaced))
            result.emplace_back(*entry);
    }
    return result;
}

class SpawnActions {
  public:
    SpawnActions() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t broken_pipe;
        ::sigemptyset(&none);
        ::sigemptyset(&broken_pipe);
        ::sigaddset(&broken_pipe, SIGPIPE);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &broken_pipe);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnActions() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;

    void outputs_to(const std::string& file) {
        ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, file.c_str(),
                                           O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    }
    void replace(int standard, int fd) {
        if (fd >= 0)
            ::posix_spawn_file_actions_adddup2(&actions_, fd, standard);
    }
    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Process::Process(ProcessSpec spec) : output_file_(std::move(spec.output_file)) {
    std::vector<std::string> variables = merged(spec.environment);
    SpawnActions spawn;
    if (!output_file_.empty())
        spawn.outputs_to(output_file_.string());
    spawn.replace(STDIN_FILENO, spec.standard_input);
    spawn.replace(STDOUT_FILENO, spec.standard_output);
    const int error = ::posix_spawn(&pid_, spec.argv.front().c_str(), spawn.actions(), spawn.attributes(),
                                    pointers(spec.argv).data(), pointers(variables).data());
    if (error != 0)
        throw std::system_error(error, std::generic_category(), spec.argv.front());
    pidfd_ = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (!pidfd_)
        throw std::system_error(errno, std::generic_category(), "pidfd_open");
}

Process::~Process() {
    end();
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      status_(other.status_),
      output_file_(std::move(other.output_file_)) {}

Process& Process::operator=(Process&& other) noexcept {
    end();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    status_ = other.status_;
    output_file_ = std::move(other.output_file_);
    return *this;
}

void Process::end() {
    if (pid_ < 0 || status_)
        return;
    ::kill(pid_, SIGKILL);
    reap();
}

void Process::reap() {
    int raw = 0;
    while (::waitpid(pid_, &raw, 0) < 0 && errno == EINTR) {
    }
    status_ = WIFSIGNALED(raw) ? ExitStatus{true, WTERMSIG(raw)} : ExitStatus{false, WEXITSTATUS(raw)};
}

void Process::signal(int number) const {
    if (!status_)
        ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0);
}

bool Process::running() {
    pollfd waiting{pidfd_.get(), POLLIN, 0};
    if (!status_ && ::poll(&waiting, 1, 0) == 1)
        reap();
    return !status_;
}

ExitStatus Process::wait(Milliseconds bound) {
    const Deadline deadline(bound);
    pollfd waiting{pidfd_.get(), POLLIN, 0};
    while (!status_ && !deadline.passed()) {
        if (::poll(&waiting, 1, deadline.poll_timeout()) == 1)
            reap();
    }
    if (!status_)
        throw std::runtime_error("process " + std::to_string(pid_) + " did not end; it printed:\n" +
                                 output());
    return *status_;
}

std::string Process::output() const {
    return output_file_.empty() ? std::string() : read_file(output_file_);
}

Completed run(std::vector<std::string> argv, const std::filesystem::path& output_file) {
    std::filesystem::remove(output_file);
    Process process({.argv = std::move(argv), .output_file = output_file});
    const ExitStatus status = process.wait();
    return {status, process.output()};
}

}  // namespace vnf::harness
