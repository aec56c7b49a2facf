// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Lock the directory, take a stale file away, bind, listen.
#include "runtime/socket_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>

namespace vnf::runtime {
namespace {

[[noreturn]] void fail(std::error_code error, const std::string& path, const char* what) {
    throw std::system_error(error, path + ": " + what);
}

/// Held from the look at the path until the socket listens.
class DirectoryLock {
  public:
    explicit DirectoryLock(const std::string& path)
        : directory_(::open(parent(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        for (int i = 0; i < 200 && held_by_another(); ++i)
            ::poll(nullptr, 0, 1);  // holders need microseconds
    }

  private:
    static std::string parent(const std::string& path) {
        const auto directory = std::filesystem::path(path).parent_path();
        return directory.empty() ? "." : directory.string();
    }
    /// A file system that cannot lock at all is done without.
    bool held_by_another() const {
        return directory_ && ::flock(directory_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    }
    FileDescriptor directory_;
};

FileDescriptor new_socket(int type, std::error_code& error) {
    FileDescriptor fd(::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    error = fd ? std::error_code() : last_error();
    return fd;
}

/// Removes a socket where nobody answers. Throws if somebody does, or if the path is something else.
void remove_stale(const std::string& path, int type) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) != 0)
        return;
    if (!S_ISSOCK(there.st_mode))
        fail(std::make_error_code(std::errc::file_exists), path, "exists and is not a socket");
    std::error_code error;
    connect_unix(path, error, type);
    // A listener of the other type is one too.
    if (!error || error == std::errc::resource_unavailable_try_again ||
        error == std::errc::wrong_protocol_type)
        fail(std::make_error_code(std::errc::address_in_use), path, "another server is listening there");
    if (error != std::errc::connection_refused && error != std::errc::no_such_file_or_directory)
        fail(error, path, "cannot tell whether another server is listening there");
    ::unlink(path.c_str());
}

void bind_at(int fd, const std::string& path, int type) {
    sockaddr_un address{};
    if (!fill_address(address, path))
        fail(std::make_error_code(std::errc::filename_too_long), path, "a socket's path has 1 to 107 bytes");
    remove_stale(path, type);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        fail(last_error(), path, "cannot bind");
}

/// Until it listens nobody can connect, whatever the file's mode was at first.
void open_to_others(int fd, const std::string& path, const SocketFileOptions& options) {
    if (options.group && ::chown(path.c_str(), static_cast<uid_t>(-1), *options.group) != 0)
        fail(last_error(), path, "cannot give the socket its group");
    if (::chmod(path.c_str(), options.mode) != 0)
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

FileDescriptor connect_unix(const std::string& path, std::error_code& error, int type) {
    sockaddr_un address{};
    if (!fill_address(address, path)) {
        error = std::make_error_code(std::errc::filename_too_long);
        return {};
    }
    FileDescriptor fd = new_socket(type, error);
    if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        error = last_error();
        fd.reset();
    }
    return fd;
}

SocketFile::SocketFile(std::string path, const SocketFileOptions& options) {
    std::error_code error;
    socket_ = new_socket(options.type, error);
    if (error)
        fail(error, path, "cannot make a socket");
    const DirectoryLock lock(path);
    bind_at(socket_.get(), path, options.type);
    path_ = std::move(path);
    struct stat made {};
    ::lstat(path_.c_str(), &made);
    device_ = made.st_dev;
    inode_ = made.st_ino;
    try {
        open_to_others(socket_.get(), path_, options);
    } catch (...) {
        remove();
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
