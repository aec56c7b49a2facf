// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A host for the driver in the test's own process: the real device model behind a vfio-user socket, with one thread that
// serves both. It can be told to misbehave: to refuse or ignore a command, to hand out memory that can shrink. What a
// hostile host writes into the device's memory a test writes there itself, with the thread held.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "avp-abi/avp_vfio_user.h"
#include "avp-host/device.hpp"
#include "tests/harness/file_descriptor.hpp"

namespace vnf::avp::test {

struct TestFrame {
    std::vector<std::byte> bytes;
    std::optional<std::uint16_t> tci;
};

/// How the socket's side deviates from what is right.
struct Misconduct {
    std::map<std::uint16_t, std::uint32_t> refused{};  ///< command: errno
    std::optional<std::uint16_t> unanswered{};         ///< this command, ever
    bool wrong_id = false;
    std::size_t added_bytes = 0;  ///< behind every answer, and counted in its size
    bool unsealed = false;        ///< regions whose memory can shrink
    bool unmappable = false;      ///< regions without a descriptor
    std::uint64_t oversized = 0;  ///< so many bytes more than the memory has
    std::uint16_t major_version = 0;
    std::optional<std::uint32_t> register_value{};  ///< what every register reads
    bool keeps_requests = false;                    ///< the device is never polled
};

class DriverHost final : public InterruptLine {
  public:
    DriverHost(std::string path, const DeviceSettings& settings, const Misconduct& misconduct = {});
    ~DriverHost() override;

    const std::string& path() const { return path_; }
    /// With the thread held.
    void with_device(const std::function<void(Device&)>& use);
    template <typename Result>
    Result ask(const std::function<Result(Device&)>& question) {
        Result result{};
        with_device([&](Device& device) { result = question(device); });
        return result;
    }
    void set_misconduct(const Misconduct& misconduct);

    /// Frames from the guest go back to it; otherwise they are kept for taken().
    void echo(bool on) { echoes_ = on; }
    /// For the guest; whether the device took it.
    bool send(const TestFrame& frame);
    std::vector<TestFrame> taken();

    void disconnect();  ///< the client is let go; the socket stays
    bool has_client() const { return has_client_; }
    unsigned clients() const { return clients_; }

    void raise(unsigned vector) override;

  private:
    void serve();
    bool serve_device();
    void serve_socket();
    bool serve_message();
    void assign_events(const std::vector<std::byte>& payload, std::vector<harness::FileDescriptor> passed);
    void answer(const avp_vfio_user_header& command, std::vector<std::byte> payload, int fd = -1);
    void refuse(const avp_vfio_user_header& command, std::uint32_t error);
    void dispatch(const avp_vfio_user_header& command, const std::vector<std::byte>& payload,
                  std::vector<harness::FileDescriptor> passed);
    void tell_region(const avp_vfio_user_header& command, const std::vector<std::byte>& payload);
    void access_region(const avp_vfio_user_header& command, const std::vector<std::byte>& payload);
    void drop_client();

    std::string path_;
    Misconduct misconduct_;
    mutable std::mutex mutex_;
    std::optional<Device> device_;
    std::vector<TestFrame> taken_;
    std::atomic<bool> echoes_{false};
    std::atomic<bool> has_client_{false};
    std::atomic<bool> ends_{false};
    std::atomic<unsigned> clients_{0};
    harness::FileDescriptor listener_;
    harness::FileDescriptor client_;
    std::mutex event_mutex_;
    std::map<unsigned, harness::FileDescriptor> events_;  ///< by vector
    std::thread thread_;
};

/// Small enough that bounds are near, large enough for every frame.
DeviceSettings driver_settings();

}  // namespace vnf::avp::test
