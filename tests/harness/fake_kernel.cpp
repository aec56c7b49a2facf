// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The kernel behind a folder that looks like /sys, preloaded into a program under test: a write to a vCPU's `online` file
// changes the list beside it before the write returns, as sysfs does. What a vCPU does instead is in its file `manner`:
// "busy" (EBUSY), "lie" (takes the write, does nothing), "back" (comes back online at once), "hang" (waits until a writer
// has opened and closed the FIFO `release` beside it). Everything else is the C library's.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

using Write = ssize_t (*)(int, const void*, size_t);

ssize_t real_write(int fd, const void* data, size_t size) {
    static const auto next = reinterpret_cast<Write>(dlsym(RTLD_NEXT, "write"));
    return next(fd, data, size);
}

std::string path_of(int fd) {
    std::array<char, 4096> path{};
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const ssize_t length = ::readlink(link.c_str(), path.data(), path.size() - 1);
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}

/// "cpu12" of ".../devices/system/cpu/cpu12/online".
bool is_switch(const fs::path& path) {
    const std::string folder = path.parent_path().filename();
    return path.filename() == "online" && folder.starts_with("cpu") && folder.size() > 3 &&
           path.parent_path().parent_path().filename() == "cpu" &&
           path.string().find("/sys-of-a-test/") != std::string::npos;
}

std::string content(const fs::path& file) {
    std::string text;
    std::ifstream(file) >> text;
    return text;
}

/// A vCPU without a switch is online.
void renew_list(const fs::path& cpus) {
    std::set<int> online;
    for (const auto& entry : fs::directory_iterator(cpus)) {
        const std::string name = entry.path().filename();
        if (entry.is_directory() && name.starts_with("cpu") &&
            (!fs::exists(entry.path() / "online") || content(entry.path() / "online") == "1")) {
            online.insert(std::stoi(name.substr(3)));
        }
    }
    std::string list;
    for (const int cpu : online) {
        list += (list.empty() ? "" : ",") + std::to_string(cpu);
    }
    std::ofstream(cpus / "online.new") << list << '\n';
    fs::rename(cpus / "online.new", cpus / "online");
}

void wait_for_release(const fs::path& fifo) {
    const int fd = ::open(fifo.c_str(), O_RDONLY | O_CLOEXEC);
    std::array<char, 16> bytes{};
    while (fd >= 0 && ::read(fd, bytes.data(), bytes.size()) > 0) {
    }
    ::close(fd);
}

ssize_t write_switch(int fd, const fs::path& path, const void* data, size_t size) {
    const std::string manner = content(path.parent_path() / "manner");
    if (manner == "busy") {
        errno = EBUSY;
        return -1;
    }
    if (manner == "lie") {
        return static_cast<ssize_t>(size);
    }
    if (manner == "hang") {
        wait_for_release(path.parent_path() / "release");
    }
    const ssize_t written = real_write(fd, data, size);
    if (manner == "back") {
        std::ofstream(path) << "1\n";
    }
    renew_list(path.parent_path().parent_path());
    return written;
}

}  // namespace

extern "C" ssize_t write(int fd, const void* data, size_t size) {
    const std::string path = size == 1 ? path_of(fd) : std::string();
    return !path.empty() && is_switch(path) ? write_switch(fd, path, data, size) : real_write(fd, data, size);
}
