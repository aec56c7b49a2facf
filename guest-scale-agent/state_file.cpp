// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Written beside, flushed, renamed.
#include "guest-scale-agent/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "runtime/file_descriptor.hpp"

namespace vnf::scale {
namespace {

std::string failed(const char* what, const std::string& path) {
    return std::string(what) + " " + path + ": " + runtime::last_error().message();
}

}  // namespace

std::string write_state_file(const std::string& path, const wire::CpuSet& offline) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    const std::string beside = path + ".new";
    const std::string line = wire::format_cpu_list(offline) + "\n";
    const runtime::FileDescriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file) {
        return failed("can't open", beside);
    }
    if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        ::fsync(file.get()) != 0) {
        return failed("can't write", beside);
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        return failed("can't replace", path);
    }
    return {};
}

std::variant<wire::CpuSet, std::string> read_state_file(const std::string& path) {
    const runtime::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        return failed("can't open", path);
    }
    // One byte more than a list may have, so that a longer one is seen to be too long.
    std::vector<char> text(wire::cpu_text_limit + 1);
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    if (got < 0) {
        return failed("can't read", path);
    }
    const auto parsed = wire::parse_cpu_list({text.data(), static_cast<std::size_t>(got)});
    if (const auto* error = std::get_if<wire::CpuListError>(&parsed)) {
        return path + " is no list of vCPUs: " + std::string(to_string(*error));
    }
    return std::get<wire::CpuSet>(parsed);
}

}  // namespace vnf::scale
