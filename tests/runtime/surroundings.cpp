// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
#include "tests/runtime/surroundings.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace vnf::runtime::test {
namespace {

// The tests that change the environment have no other thread at that moment.
// NOLINTBEGIN(concurrency-mt-unsafe)
void set_variable(const std::string& name, const std::optional<std::string>& value) {
    if (value)
        ::setenv(name.c_str(), value->c_str(), 1);
    else
        ::unsetenv(name.c_str());
}

std::optional<std::string> variable(const std::string& name) {
    const char* value = ::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace

ScratchFolder::ScratchFolder() {
    std::string name = "/tmp/vnf-runtime-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("no scratch folder");
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

ScopedVariable::ScopedVariable(std::string name, const std::optional<std::string>& value)
    : name_(std::move(name)), before_(variable(name_)) {
    set_variable(name_, value);
}

ScopedVariable::~ScopedVariable() {
    set_variable(name_, before_);
}

ScopedStandardError::ScopedStandardError(int fd) : before_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10)) {
    ::dup2(fd, STDERR_FILENO);
}

ScopedStandardError::~ScopedStandardError() {
    ::dup2(before_.get(), STDERR_FILENO);
}

std::string read_available(int fd) {
    std::string text;
    std::array<char, 65536> piece{};
    for (pollfd ready{fd, POLLIN, 0}; ::poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0;) {
        const ssize_t got = ::read(fd, piece.data(), piece.size());
        if (got <= 0)
            break;
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
}

int exit_code_of(const std::function<int()>& child) {
    const pid_t pid = ::fork();
    if (pid == 0)
        ::_exit(child());
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace vnf::runtime::test
