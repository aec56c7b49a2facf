// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Devices, Unix sockets and vsock: what is there, and why it cannot be opened.
#include "runtime/port_opening.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
// After sys/socket.h, whose types it uses.
#include <linux/vm_sockets.h>

#include <filesystem>

#include "runtime/run_directory.hpp"

namespace vnf::runtime {
namespace {

namespace fs = std::filesystem;
using Opening = std::variant<OpenedPort, std::string>;
using Listening = std::variant<OpenedListener, std::string>;

std::string sentence(const std::string& what, std::error_code error) {
    return what + ": " + error.message();
}

/// A character device is a virtio-serial port when sysfs lists it as one.
bool is_virtio_port(const std::string& device) {
    std::error_code error;
    const auto node = fs::canonical(device, error);
    return !error && fs::exists(fs::path("/sys/class/virtio-ports") / node.filename(), error);
}

void make_raw(int fd) {
    termios mode{};
    if (::tcgetattr(fd, &mode) != 0)
        return;
    ::cfmakeraw(&mode);
    mode.c_cflag |= CLOCAL | CREAD;
    ::tcsetattr(fd, TCSANOW, &mode);
}

Opening open_device(const std::string& path) {
    FileDescriptor fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) {
        const auto error = last_error();
        if (error == std::errc::device_or_resource_busy)
            return path + ": another process has it open (busy)";
        return sentence(path, error);
    }
    if (is_virtio_port(path))
        return OpenedPort{OpenedPort::Kind::VirtioSerial, std::move(fd), path};
    if (::isatty(fd.get()) == 1)
        make_raw(fd.get());
    return OpenedPort{OpenedPort::Kind::Terminal, std::move(fd), path};
}

Opening open_socket(const std::string& path, const std::string& way) {
    std::error_code error;
    FileDescriptor fd = connect_unix(way, error);
    if (!fd && error == std::errc::resource_unavailable_try_again)
        return path + ": the server's backlog is full";
    if (!fd)
        return sentence(path, error);
    return OpenedPort{OpenedPort::Kind::Socket, std::move(fd), path};
}

/// Looked at and connected to through one descriptor, so that it cannot be exchanged in between.
Opening open_found_socket(const std::string& path) {
    const FileDescriptor found(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat there {};
    if (!found || ::fstat(found.get(), &there) != 0)
        return sentence(path, last_error());
    if (!S_ISSOCK(there.st_mode))
        return path + ": not a socket";
    return open_socket(path, "/proc/self/fd/" + std::to_string(found.get()));
}

Opening open_path(const std::string& path) {
    struct stat there {};
    if (::stat(path.c_str(), &there) != 0)
        return sentence(path, last_error());
    if (S_ISSOCK(there.st_mode))
        return open_socket(path, path);
    if (S_ISCHR(there.st_mode))
        return open_device(path);
    return path + ": neither a character device nor a socket";
}

Opening open_virtio(const std::string& name) {
    const auto node = find_virtio_port(name);
    if (!node)
        return "no virtio port named " + name;
    return open_device(node->string());
}

FileDescriptor vsock_socket(std::string& failure) {
    FileDescriptor fd(::socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
        const auto error = last_error();
        failure = error == std::errc::address_family_not_supported ? "this kernel has no vsock"
                                                                   : sentence("vsock", error);
    }
    return fd;
}

sockaddr_vm vsock_address(std::uint32_t cid, std::uint32_t port) {
    sockaddr_vm address{};
    address.svm_family = AF_VSOCK;
    address.svm_cid = cid;
    address.svm_port = port;
    return address;
}

Opening open_vsock(const PortAddress& address) {
    std::string failure;
    FileDescriptor fd = vsock_socket(failure);
    if (!fd)
        return failure;
    const std::string where = to_string(address);
    const auto target = vsock_address(address.cid, address.port);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&target), sizeof(target)) == 0)
        return OpenedPort{OpenedPort::Kind::Socket, std::move(fd), where};
    const auto error = last_error();
    if (error == std::errc::operation_in_progress)
        return OpenedPort{OpenedPort::Kind::ConnectingSocket, std::move(fd), where};
    return sentence(where, error);
}

/// Our own run directory is made on demand; any other has to be there.
void provide_directory(const fs::path& directory) {
    const auto ours = run_directory().lexically_normal();
    const auto below = directory.lexically_normal().lexically_relative(ours);
    if (!below.empty() && *below.begin() != "..")
        ensure_private_directory(directory);
}

Listening listen_on_path(const std::string& path) {
    try {
        provide_directory(fs::path(path).parent_path());
        // As QEMU: one peer at a time, and a few more may wait.
        SocketFile file(path, {.mode = 0660, .group = std::nullopt, .backlog = 8});
        FileDescriptor fd = file.take_socket();
        return OpenedListener{std::move(fd), std::move(file), path};
    } catch (const std::runtime_error& error) {
        return std::string(error.what());
    }
}

Listening listen_on_vsock(const PortAddress& address) {
    std::string failure;
    FileDescriptor fd = vsock_socket(failure);
    if (!fd)
        return failure;
    const std::string where = to_string(address);
    const auto local = vsock_address(VMADDR_CID_ANY, address.port);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof(local)) != 0 ||
        ::listen(fd.get(), 8) != 0)
        return sentence(where, last_error());
    return OpenedListener{std::move(fd), {}, where};
}

}  // namespace

Opening open_port(const PortAddress& address, bool only_sockets) {
    switch (address.kind) {
        case PortAddress::Kind::VirtioName:
            return open_virtio(address.text);
        case PortAddress::Kind::Path:
            return only_sockets ? open_found_socket(address.text) : open_path(address.text);
        case PortAddress::Kind::VsockConnect:
            return open_vsock(address);
        case PortAddress::Kind::UnixListen:
        case PortAddress::Kind::VsockListen:
            break;
    }
    return to_string(address) + ": is listened on, not opened";
}

Listening open_listener(const PortAddress& address) {
    if (address.kind == PortAddress::Kind::UnixListen)
        return listen_on_path(address.text);
    return listen_on_vsock(address);
}

Appearance appearance_of(const PortAddress& address) {
    switch (address.kind) {
        case PortAddress::Kind::VirtioName:
            return {"/dev", {}};
        case PortAddress::Kind::Path:
        case PortAddress::Kind::UnixListen: {
            const fs::path path(address.text);
            return {path.parent_path().string(), path.filename().string()};
        }
        case PortAddress::Kind::VsockConnect:
        case PortAddress::Kind::VsockListen:
            break;
    }
    return {};
}

}  // namespace vnf::runtime
