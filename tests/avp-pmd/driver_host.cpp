// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
#include "tests/avp-pmd/driver_host.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace vnf::avp::test {
namespace {

template <typename Value>
std::vector<std::byte> bytes_of(const Value& value) {
    std::vector<std::byte> bytes(sizeof(value));
    std::memcpy(bytes.data(), &value, sizeof(value));
    return bytes;
}

template <typename Value>
Value value_of(const std::vector<std::byte>& bytes) {
    Value value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof(value), bytes.size()));
    return value;
}

int listen_at(const std::string& path) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ::unlink(path.c_str());
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 || ::listen(fd, 4) != 0)
        throw std::runtime_error("bind " + path);
    return fd;
}

void take_descriptors(msghdr& message, std::vector<harness::FileDescriptor>& passed) {
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr)
        return;
    for (std::size_t at = CMSG_LEN(0); at < header->cmsg_len; at += sizeof(int)) {
        int fd = -1;
        std::memcpy(&fd, reinterpret_cast<const char*>(header) + at, sizeof(fd));
        passed.emplace_back(fd);
    }
}

/// All bytes, and the descriptors that came with them.
bool read_all(int fd, void* to, std::size_t bytes, std::vector<harness::FileDescriptor>& passed) {
    auto* at = static_cast<std::byte*>(to);
    while (bytes > 0) {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * AVP_VFIO_USER_MAX_FDS)> control{};
        iovec part{at, bytes};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
        if (got <= 0)
            return false;
        take_descriptors(message, passed);
        at += got;
        bytes -= static_cast<std::size_t>(got);
    }
    return true;
}

/// The same bytes in memory that can shrink, or a descriptor of the region itself.
harness::FileDescriptor memory_of(const Region& region, bool unsealed) {
    if (!unsealed)
        return harness::FileDescriptor(::dup(region.descriptor()));
    harness::FileDescriptor copy(::memfd_create("unsealed", MFD_CLOEXEC));
    if (::ftruncate(copy.get(), static_cast<off_t>(region.bytes().size())) != 0)
        throw std::runtime_error("ftruncate");
    return copy;
}

}  // namespace

DeviceSettings driver_settings() {
    DeviceSettings settings;
    settings.interface_name = "avp0";
    settings.mac = {0x02, 0, 0, 0, 0, 1};
    settings.device_id = 77;
    settings.rx_queues = {1, 1, 8};
    settings.tx_queues = {1, 1, 8};
    settings.ring_slots = 256;
    settings.buffers = 4096;
    settings.buffer_bytes = 2048;
    settings.max_frame_bytes = AVP_MAX_FRAME_BYTES;
    return settings;
}

DriverHost::DriverHost(std::string path, const DeviceSettings& settings, const Misconduct& misconduct)
    : path_(std::move(path)), misconduct_(misconduct) {
    device_.emplace(settings, Device::sealed_regions(settings), *this);
    listener_ = harness::FileDescriptor(listen_at(path_));
    thread_ = std::thread([this] { serve(); });
}

DriverHost::~DriverHost() {
    ends_ = true;
    thread_.join();
    ::unlink(path_.c_str());
}

void DriverHost::with_device(const std::function<void(Device&)>& use) {
    const std::lock_guard held(mutex_);
    use(*device_);
}

void DriverHost::set_misconduct(const Misconduct& misconduct) {
    const std::lock_guard held(mutex_);
    misconduct_ = misconduct;
}

bool DriverHost::send(const TestFrame& frame) {
    Frame sent;
    sent.segments[0] = frame.bytes;
    sent.segment_count = 1;
    sent.bytes = static_cast<std::uint16_t>(frame.bytes.size());
    sent.vlan_tci = frame.tci;
    const std::lock_guard held(mutex_);
    return device_->transmit({&sent, 1}) == 1;
}

std::vector<TestFrame> DriverHost::taken() {
    const std::lock_guard held(mutex_);
    return std::exchange(taken_, {});
}

void DriverHost::disconnect() {
    const std::lock_guard held(mutex_);
    drop_client();
}

void DriverHost::raise(unsigned vector) {
    const std::lock_guard held(event_mutex_);
    if (const auto event = events_.find(vector); event != events_.end())
        ::eventfd_write(event->second.get(), 1);
}

// --- The thread -------------------------------------------------------------------------------------------------

void DriverHost::serve() {
    while (!ends_) {
        bool is_busy = false;
        std::array<pollfd, 2> waited{};
        {
            const std::lock_guard held(mutex_);
            is_busy = serve_device();
            serve_socket();
            // No descriptor is one that is not looked at. A client that is let go meanwhile costs a pause at most.
            waited = {pollfd{listener_.get(), POLLIN, 0}, pollfd{client_.get(), POLLIN, 0}};
        }
        const timespec pause{0, is_busy ? 0 : 50'000};
        ::ppoll(waited.data(), waited.size(), &pause, nullptr);
    }
}

bool DriverHost::serve_device() {
    if (misconduct_.keeps_requests)
        return false;
    device_->poll();
    std::array<Frame, kBurst> frames;
    const std::size_t count = device_->receive(frames);
    if (echoes_) {
        device_->transmit({frames.data(), count});
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            TestFrame& kept = taken_.emplace_back();
            for (const auto& segment : frames[i].used())
                kept.bytes.insert(kept.bytes.end(), segment.begin(), segment.end());
            kept.tci = frames[i].vlan_tci;
        }
    }
    device_->done_with_received();
    return count > 0;
}

void DriverHost::drop_client() {
    if (!client_)
        return;
    client_.reset();
    has_client_ = false;
    {
        const std::lock_guard held(event_mutex_);
        events_.clear();
    }
    device_->reset();
}

void DriverHost::serve_socket() {
    if (!client_) {
        client_ = harness::FileDescriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client_) {
            has_client_ = true;
            ++clients_;
        }
    }
    pollfd waited{client_.get(), POLLIN, 0};
    while (client_ && ::poll(&waited, 1, 0) > 0) {
        if (!serve_message())
            drop_client();
    }
}

// --- Messages ---------------------------------------------------------------------------------------------------

bool DriverHost::serve_message() {
    avp_vfio_user_header command{};
    std::vector<harness::FileDescriptor> passed;
    if (!read_all(client_.get(), &command, sizeof(command), passed) || command.size < sizeof(command) ||
        command.size > AVP_VFIO_USER_MAX_MESSAGE)
        return false;
    std::vector<std::byte> payload(command.size - sizeof(command));
    if (!read_all(client_.get(), payload.data(), payload.size(), passed))
        return false;
    dispatch(command, payload, std::move(passed));
    return true;
}

void DriverHost::answer(const avp_vfio_user_header& command, std::vector<std::byte> payload, int fd) {
    avp_vfio_user_header header = command;
    header.id = static_cast<std::uint16_t>(command.id + (misconduct_.wrong_id ? 1 : 0));
    payload.resize(payload.size() + misconduct_.added_bytes, std::byte{0x5A});
    header.size = static_cast<std::uint32_t>(sizeof(header) + payload.size());
    header.flags = AVP_VFIO_USER_TYPE_REPLY;
    std::array<iovec, 2> parts{iovec{&header, sizeof(header)}, iovec{payload.data(), payload.size()}};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    if (fd >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* passed = CMSG_FIRSTHDR(&message);
        passed->cmsg_level = SOL_SOCKET;
        passed->cmsg_type = SCM_RIGHTS;
        passed->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(passed), &fd, sizeof(fd));
    }
    ::sendmsg(client_.get(), &message, MSG_NOSIGNAL);
}

void DriverHost::refuse(const avp_vfio_user_header& command, std::uint32_t error) {
    avp_vfio_user_header header = command;
    header.size = sizeof(header);
    header.flags = AVP_VFIO_USER_TYPE_REPLY | AVP_VFIO_USER_ERROR;
    header.error = error;
    ::send(client_.get(), &header, sizeof(header), MSG_NOSIGNAL);
}

void DriverHost::dispatch(const avp_vfio_user_header& command, const std::vector<std::byte>& payload,
                          std::vector<harness::FileDescriptor> passed) {
    if (misconduct_.unanswered == command.command)
        return;
    if (const auto refused = misconduct_.refused.find(command.command); refused != misconduct_.refused.end())
        return refuse(command, refused->second);
    switch (command.command) {
        case AVP_VFIO_USER_VERSION: {
            auto reply = bytes_of(avp_vfio_user_version{misconduct_.major_version, AVP_VFIO_USER_MINOR});
            for (const char letter : std::string_view("{\"capabilities\":{}}\0", 20))
                reply.push_back(static_cast<std::byte>(letter));
            return answer(command, std::move(reply));
        }
        case AVP_VFIO_USER_GET_REGION_INFO:
            return tell_region(command, payload);
        case AVP_VFIO_USER_SET_IRQS:
            assign_events(payload, std::move(passed));
            return answer(command, {});
        case AVP_VFIO_USER_REGION_READ:
        case AVP_VFIO_USER_REGION_WRITE:
            return access_region(command, payload);
        case AVP_VFIO_USER_RESET:
            device_->reset();
            return answer(command, {});
        default:
            return refuse(command, EOPNOTSUPP);
    }
}

void DriverHost::assign_events(const std::vector<std::byte>& payload,
                               std::vector<harness::FileDescriptor> passed) {
    const auto set = value_of<avp_vfio_user_irq_set>(payload);
    const std::lock_guard held(event_mutex_);
    for (unsigned i = 0; i < passed.size(); ++i)
        events_[set.start + i] = std::move(passed[i]);
}

void DriverHost::tell_region(const avp_vfio_user_header& command, const std::vector<std::byte>& payload) {
    auto info = value_of<avp_vfio_user_region_info>(payload);
    const DeviceRegions& regions = device_->regions();
    const Region* region = info.index == AVP_BAR_MEMORY        ? &regions.memory
                           : info.index == AVP_BAR_MEMORY_MAP  ? &regions.memory_map
                           : info.index == AVP_BAR_DEVICE_INFO ? &regions.device_info
                                                               : nullptr;
    if (region == nullptr)
        return refuse(command, EINVAL);
    info.argsz = sizeof(info);
    info.flags =
        AVP_VFIO_USER_REGION_READABLE | AVP_VFIO_USER_REGION_WRITABLE | AVP_VFIO_USER_REGION_MAPPABLE;
    info.size = region->bytes().size() + misconduct_.oversized;
    info.offset = 0;
    const harness::FileDescriptor memory = memory_of(*region, misconduct_.unsealed);
    answer(command, bytes_of(info), misconduct_.unmappable ? -1 : memory.get());
}

void DriverHost::access_region(const avp_vfio_user_header& command, const std::vector<std::byte>& payload) {
    const auto access = value_of<avp_vfio_user_region_access>(payload);
    auto reply = bytes_of(access);
    if (command.command == AVP_VFIO_USER_REGION_READ) {
        const std::uint32_t value =
            misconduct_.register_value.value_or(device_->read_register(access.offset));
        const auto data = bytes_of(value);
        reply.insert(reply.end(), data.begin(), data.end());
    } else {
        std::uint32_t value = 0;
        std::memcpy(&value, payload.data() + sizeof(access),
                    std::min(sizeof(value), payload.size() - sizeof(access)));
        device_->write_register(access.offset, value);
    }
    answer(command, std::move(reply));
}

}  // namespace vnf::avp::test
