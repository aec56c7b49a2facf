// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One guest after another on the same port: the second shares no memory with the first, whatever the first kept.
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "tests/avp-host/device_stage.hpp"
#include "tests/harness/scratch_directory.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

TestGuest next_guest(Device& device) {
    return {{device.regions().memory.bytes(), device.regions().memory_map.bytes(),
             device.regions().device_info.bytes()},
            [&device] {
                device.poll();
            }};
}

std::size_t bytes_that_are_not_0(std::span<const std::byte> bytes) {
    return static_cast<std::size_t>(
        std::count_if(bytes.begin(), bytes.end(), [](std::byte byte) { return byte != std::byte{0}; }));
}

/// What a guest kept mapped when it went.
class KeptMapping {
  public:
    explicit KeptMapping(const Region& region) : size_(region.bytes().size()) {
        where_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, region.descriptor(), 0);
        REQUIRE(where_ != MAP_FAILED);
    }
    ~KeptMapping() { ::munmap(where_, size_); }
    KeptMapping(const KeptMapping&) = delete;
    KeptMapping& operator=(const KeptMapping&) = delete;
    std::span<std::byte> bytes() const { return {static_cast<std::byte*>(where_), size_}; }

  private:
    void* where_;
    std::size_t size_;
};

}  // namespace

TEST_CASE("a guest that kept the memory mapped sees nothing of the next one's, and changes nothing of it") {
    DeviceStage stage;
    stage.bring_up();
    REQUIRE(stage.transmit(frame_bytes(100)) == 1);
    const KeptMapping memory(stage.device.regions().memory);
    const KeptMapping map(stage.device.regions().memory_map);
    const KeptMapping info(stage.device.regions().device_info);
    REQUIRE(stage.device.renew());
    CHECK(stage.device.state() == DeviceState::Waiting);
    CHECK(stage.device.statistics().resets == 1);

    auto next = next_guest(stage.device);
    REQUIRE(next.configure(0, 1, 1, true) == 0);
    REQUIRE(next.send(0, frame_bytes(200)));
    REQUIRE(stage.transmit(frame_bytes(300)) == 1);
    for (const auto* kept : {&memory, &map, &info})
        CHECK(bytes_that_are_not_0(kept->bytes()) == 0);
    for (const auto* kept : {&memory, &map, &info})
        std::fill(kept->bytes().begin(), kept->bytes().end(), std::byte{0xFF});
    const auto received = stage.receive_all();
    REQUIRE(received.size() == 1);
    CHECK(received[0] == frame_bytes(200));
    CHECK(next.receive(0)->bytes == frame_bytes(300));
    next.open();
}

TEST_CASE("the next guest finds nothing of the last one's frames, in files either") {
    const vnf::harness::ScratchDirectory directory;
    const auto settings = small_settings();
    const auto in_file = [&](const char* name, std::size_t bytes) {
        return Region::in_file(directory.path() / name, bytes);
    };
    RecordedInterrupts interrupts;
    Device device(
        settings,
        {in_file("resource2", Device::memory_bytes(settings)), in_file("resource4", AVP_MEMORY_MAP_BAR_BYTES),
         in_file("resource5", AVP_DEVICE_INFO_BAR_BYTES)},
        interrupts);
    auto guest = next_guest(device);
    REQUIRE(guest.configure(0, 1, 1, true) == 0);
    const auto bytes = frame_bytes(500);
    const Frame frame = frame_of(bytes);
    REQUIRE(device.transmit({&frame, 1}) == 1);
    REQUIRE(device.renew());
    auto next = next_guest(device);
    const auto& pool = next.info().pools[0];
    CHECK(bytes_that_are_not_0({next.bytes_at(pool.address), pool.length}) == 0);
    REQUIRE(next.configure(0, 1, 1, true) == 0);
    CHECK(device.state() == DeviceState::Up);
}

TEST_CASE("a device whose memory cannot be replaced serves nobody until it can") {
    DeviceStage stage;
    stage.bring_up();
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const bool renewed = stage.device.renew();
    const auto state = stage.device.state();
    stage.device.reset();
    const auto state_after_reset = stage.device.state();
    stage.device.attach(small_settings());
    const auto state_after_attach = stage.device.state();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK_FALSE(renewed);
    CHECK(state == DeviceState::Stopped);
    CHECK(state_after_reset == DeviceState::Stopped);
    CHECK(state_after_attach == DeviceState::Stopped);
    stage.device.reset();
    CHECK(stage.device.state() == DeviceState::Waiting);
    auto next = next_guest(stage.device);
    CHECK(next.configure(0, 1, 1, true) == 0);
}
