// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One buffer is filled by the worker, the other is the writing thread's from hand_over() until it is idle again.
#include "avp-host/ports/pcap_port.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>

#include "avp-host/ports/ethernet.hpp"
#include "avp-host/ports/frame_room.hpp"

namespace vnf::avp {
namespace {

struct FileHeader {
    std::uint32_t magic = 0xA1B23C4D;  ///< nanoseconds, in this machine's order
    std::uint16_t major = 2, minor = 4;
    std::int32_t zone = 0;
    std::uint32_t accuracy = 0;
    std::uint32_t longest = 65535;
    std::uint32_t link_type = 1;  ///< Ethernet
};

struct RecordHeader {
    std::uint32_t seconds, nanoseconds, captured, length;
};

runtime::FileDescriptor make_file(const std::filesystem::path& path) {
    runtime::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!file)
        throw std::system_error(runtime::last_error(), path.string());
    return file;
}

template <typename Record>
void append_record(std::vector<std::byte>& to, const Record& record) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&record);
    to.insert(to.end(), bytes, bytes + sizeof record);
}

}  // namespace

PcapPort::PcapPort(PcapSettings settings) : settings_(std::move(settings)), file_(make_file(settings_.file)) {
    filling_.bytes.reserve(kBufferBytes);
    writing_.bytes.reserve(kBufferBytes);
    append_record(filling_.bytes, FileHeader{});
    accepted_bytes_ = filling_.bytes.size();
    thread_ = std::thread([this] { write_buffers(); });
}

PcapPort::~PcapPort() {
    writer_.wait(Writer::HasBuffer);
    hand_over();
    writer_.wait(Writer::HasBuffer);
    writer_.store(Writer::Ending);
    writer_.notify_one();
    thread_.join();
}

bool PcapPort::append(const Frame& frame, const timespec& time) {
    std::array<std::byte, FrameRoom::kBytes> whole;
    const auto length = copy_frame(frame, whole);
    if (!length) {
        failed_.add();
        return false;
    }
    const std::size_t captured = std::min<std::size_t>(*length, settings_.bytes_of_frame);
    const std::size_t record = sizeof(RecordHeader) + captured;
    if (accepted_bytes_ + record > settings_.max_bytes) {
        file_full_.add();
        return false;
    }
    if (filling_.bytes.size() + record > kBufferBytes) {
        hand_over();
        if (!filling_.bytes.empty()) {
            buffer_full_.add();
            return false;
        }
    }
    append_record(
        filling_.bytes,
        RecordHeader{static_cast<std::uint32_t>(time.tv_sec), static_cast<std::uint32_t>(time.tv_nsec),
                     static_cast<std::uint32_t>(captured), static_cast<std::uint32_t>(*length)});
    filling_.bytes.insert(filling_.bytes.end(), whole.begin(),
                          whole.begin() + static_cast<std::ptrdiff_t>(captured));
    ++filling_.frames;
    accepted_bytes_ += record;
    return true;
}

std::size_t PcapPort::transmit(std::span<const Frame> frames) {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return static_cast<std::size_t>(std::count_if(
        frames.begin(), frames.end(), [this, &time](const Frame& frame) { return append(frame, time); }));
}

void PcapPort::poll() {
    if (!filling_.bytes.empty())
        hand_over();
}

void PcapPort::hand_over() {
    if (writer_.load(std::memory_order_acquire) != Writer::Idle)
        return;
    std::swap(filling_, writing_);
    writer_.store(Writer::HasBuffer, std::memory_order_release);
    writer_.notify_one();
}

void PcapPort::write_buffers() {
    for (;;) {
        writer_.wait(Writer::Idle, std::memory_order_acquire);
        if (writer_.load(std::memory_order_acquire) == Writer::Ending)
            return;
        write_one();
        writer_.store(Writer::Idle, std::memory_order_release);
        writer_.notify_one();
    }
}

void PcapPort::write_one() {
    std::size_t done = 0;
    while (done < writing_.bytes.size()) {
        const ssize_t wrote =
            ::write(file_.get(), writing_.bytes.data() + done, writing_.bytes.size() - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        done += static_cast<std::size_t>(wrote);
    }
    (done == writing_.bytes.size() ? written_ : failed_).add(writing_.frames);
    writing_.bytes.clear();
    writing_.frames = 0;
}

EndPort::Counters PcapPort::counters() const {
    return {{"written", written_.value()},
            {"dropped_file_full", file_full_.value()},
            {"dropped_buffer_full", buffer_full_.value()},
            {"dropped_error", failed_.value()}};
}

}  // namespace vnf::avp
