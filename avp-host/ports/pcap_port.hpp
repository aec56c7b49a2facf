// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Writes every frame to a file in pcap's format, with nanoseconds of the wall clock. The file has a bound, and what
// would pass it is dropped and counted. A thread of its own writes to the disk: the worker only fills a buffer, and
// drops what finds both of them full.
#pragma once

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "avp-host/ports/end_port.hpp"
#include "runtime/file_descriptor.hpp"

namespace vnf::avp {

struct PcapSettings {
    std::filesystem::path file;             ///< made anew, mode 0600; a link is not followed
    std::uint64_t max_bytes = 64ULL << 20;  ///< of the file
    std::uint32_t bytes_of_frame = 65535;   ///< so many are written of each

    friend bool operator==(const PcapSettings&, const PcapSettings&) = default;
};

class PcapPort final : public EndPort {
  public:
    static constexpr std::size_t kBufferBytes = 1U << 20;

    /// Throws std::system_error.
    explicit PcapPort(PcapSettings settings);
    ~PcapPort() override;  ///< when all is written

    std::string_view kind() const override { return "pcap"; }
    Counters counters() const override;
    std::size_t transmit(std::span<const Frame> frames) override;
    void poll() override;

  private:
    enum class Writer { Idle, HasBuffer, Ending };
    struct Buffer {
        std::vector<std::byte> bytes;
        std::uint64_t frames = 0;
    };

    bool append(const Frame& frame, const timespec& time);
    void hand_over();
    void write_buffers();
    void write_one();

    const PcapSettings settings_;
    runtime::FileDescriptor file_;
    std::uint64_t accepted_bytes_ = 0;  ///< of the file, when all is written
    Buffer filling_, writing_;
    std::atomic<Writer> writer_{Writer::Idle};
    Tally written_, file_full_, buffer_full_, failed_;
    std::thread thread_;
};

}  // namespace vnf::avp
