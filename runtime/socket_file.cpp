// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Bind under a hidden name, publish by an exclusive rename, take a stale file away by rename and check.
#include "runtime/socket_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <charconv>
#include <cstring>

namespace vnf::runtime {
namespace {

[[noreturn]] void fail(std::error_code error, const std::string& path, const char* what) {
    throw std::system_error(error, path + ": " + what);
}

std::error_code in_use() {
    return std::make_error_code(std::errc::address_in_use);
}

/// Beside `path`, short enough that a path that fits leaves room for it, and unlike any name a guest socket
/// has.
std::string hidden_name(const std::string& path) {
    static std::atomic<unsigned> count{0};
    char digits[24] = {};
    char* end = std::to_chars(digits, digits + 12, ::getpid(), 36).ptr;
    *end++ = '.';
    end = std::to_chars(end, digits + sizeof(digits), count++, 36).ptr;
    const auto slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash + 1);
    return directory + "." + std::string(digits, end);
}

bool same_file(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

FileDescriptor stream_socket(std::error_code& error) {
    FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    error = fd ? std::error_code() : last_error();
    return fd;
}

/// Removes a socket where nobody answers. Throws if somebody does, or if the path is something else.
void remove_stale(const std::string& path) {
    struct stat before {};
    if (::lstat(path.c_str(), &before) != 0)
        return;
    if (!S_ISSOCK(before.st_mode))
        fail(std::make_error_code(std::errc::file_exists), path, "exists and is not a socket");
    std::error_code error;
    connect_unix(path, error);
    if (error == std::errc::no_such_file_or_directory)
        return;
    if (error != std::errc::connection_refused)
        fail(in_use(), path, "another server is listening there");
    const std::string aside = hidden_name(path);
    if (::rename(path.c_str(), aside.c_str()) != 0)
        return;  // somebody else took it away: the next round sees what is there now
    struct stat taken {};
    if (::lstat(aside.c_str(), &taken) == 0 && !same_file(before, taken)) {
        ::renameat2(AT_FDCWD, aside.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE);
        fail(in_use(), path, "another server has just begun to listen there");
    }
    ::unlink(aside.c_str());
}

void publish(const std::string& hidden, const std::string& path) {
    for (int round = 0; round < 3; ++round) {
        if (::renameat2(AT_FDCWD, hidden.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0)
            return;
        const auto error = last_error();
        if (error != std::errc::file_exists)
            fail(error, path, "cannot create the socket file");
        remove_stale(path);
    }
    fail(in_use(), path, "other servers keep taking the path");
}

void bind_hidden(int fd, const std::string& hidden, const std::string& path,
                 const SocketFileOptions& options) {
    sockaddr_un address{};
    if (!fill_address(address, path) || !fill_address(address, hidden))
        fail(std::make_error_code(std::errc::filename_too_long), path,
             "longer than a socket's path may be (107 bytes)");
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        fail(last_error(), path, "cannot bind");
    if (options.group && ::chown(hidden.c_str(), static_cast<uid_t>(-1), *options.group) != 0)
        fail(last_error(), path, "cannot give the socket its group");
    if (::chmod(hidden.c_str(), options.mode) != 0)
        fail(last_error(), path, "cannot give the socket its mode");
    if (::listen(fd, options.backlog) != 0)
        fail(last_error(), path, "cannot listen");
}

}  // namespace

bool fill_address(sockaddr_un& address, const std::string& path) {
    if (path.empty() || path.size() >= sizeof(address.sun_path))
        return false;
    address.sun_family = AF_UNIX;
    std::memset(address.sun_path, 0, sizeof(address.sun_path));
    std::memcpy(address.sun_path, path.data(), path.size());
    return true;
}

FileDescriptor connect_unix(const std::string& path, std::error_code& error) {
    sockaddr_un address{};
    if (!fill_address(address, path)) {
        error = std::make_error_code(std::errc::filename_too_long);
        return {};
    }
    FileDescriptor fd = stream_socket(error);
    if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        error = last_error();
        fd.reset();
    }
    return fd;
}

SocketFile::SocketFile(std::string path, const SocketFileOptions& options) : path_(std::move(path)) {
    std::error_code error;
    socket_ = stream_socket(error);
    if (error)
        fail(error, path_, "cannot make a socket");
    const std::string hidden = hidden_name(path_);
    try {
        bind_hidden(socket_.get(), hidden, path_, options);
        struct stat made {};
        if (::lstat(hidden.c_str(), &made) != 0)
            fail(last_error(), path_, "the new socket file is gone");
        device_ = made.st_dev;
        inode_ = made.st_ino;
        publish(hidden, path_);
    } catch (...) {
        ::unlink(hidden.c_str());
        throw;
    }
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_),
      socket_(std::move(other.socket_)) {}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
        device_ = other.device_;
        inode_ = other.inode_;
        socket_ = std::move(other.socket_);
    }
    return *this;
}

void SocketFile::remove() noexcept {
    struct stat present {};
    if (!path_.empty() && ::lstat(path_.c_str(), &present) == 0 && present.st_dev == device_ &&
        present.st_ino == inode_)
        ::unlink(path_.c_str());
    path_.clear();
    socket_.reset();
}

}  // namespace vnf::runtime
