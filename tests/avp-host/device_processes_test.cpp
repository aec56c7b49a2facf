// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A device and its guest at the same time: in two threads, where ThreadSanitizer sees both sides of the memory, and in
// two processes, where nothing but the memory is shared. And guests that are killed in the middle of it.
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "runtime/file_descriptor.hpp"
#include "tests/avp-host/device_stage.hpp"
#include "tests/avp-host/stress_guest.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;
using vnf::runtime::FileDescriptor;

namespace {

using Clock = std::chrono::steady_clock;

class EventInterrupts final : public InterruptLine {
  public:
    EventInterrupts() : event_(::eventfd(0, EFD_CLOEXEC)) {}
    void raise(unsigned vector) override {
        const std::uint64_t one = 1;
        if (vector != AVP_VECTOR_STATUS && ::write(event_.get(), &one, sizeof one) != sizeof one)
            std::abort();
    }
    int descriptor() const { return event_.get(); }

  private:
    FileDescriptor event_;
};

struct EchoHost {
    EchoHost() : device(stress_settings(), Device::sealed_regions(stress_settings()), interrupts) {}

    GuestRegions regions() {
        return {device.regions().memory.bytes(), device.regions().memory_map.bytes(),
                device.regions().device_info.bytes()};
    }
    /// One round; false if there was nothing to do.
    bool echo() {
        std::array<Frame, kBurst> frames;
        device.poll();
        const auto count = device.receive(frames);
        const auto sent = device.transmit(std::span(frames).first(count));
        device.done_with_received();
        if (count == 0)
            std::this_thread::yield();
        return sent == count;
    }
    /// Until the guest shuts down; false if it does not, or a frame found no room.
    bool echo_until_shutdown() {
        const auto deadline = Clock::now() + std::chrono::seconds(90);
        while (device.state() != DeviceState::ShutDown) {
            if (!echo() || Clock::now() > deadline)
                return false;
        }
        return true;
    }
    void check_counters(std::uint64_t frames) {
        const auto& statistics = device.statistics();
        std::uint64_t from = 0;
        std::uint64_t to = 0;
        for (std::size_t queue = 0; queue < AVP_MAX_QUEUES; ++queue) {
            from += statistics.from_guest[queue].frames;
            to += statistics.to_guest[queue].frames;
        }
        CHECK(from == frames);
        CHECK(to == frames);
        for (const auto count : statistics.faults)
            CHECK(count == 0);
    }

    EventInterrupts interrupts;
    Device device;
};

/// A child whose end tells how its guest fared; it writes what went wrong to its standard error.
pid_t start_guest(EchoHost& host, const StressPlan& plan) {
    const pid_t child = ::fork();
    if (child != 0)
        return child;
    ::alarm(100);
    const auto fault = run_stress_guest(host.regions(), plan);
    if (!fault.empty())
        static_cast<void>(::write(STDERR_FILENO, (fault + "\n").c_str(), fault.size() + 1));
    ::_exit(fault.empty() ? 0 : 1);
}

int end_of(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return status;
}

}  // namespace

TEST_CASE(
    "frames of all sizes between a host and a guest in two threads: none lost, changed or out of order") {
    EchoHost host;
    StressPlan plan;
    plan.wakeup = host.interrupts.descriptor();
    plan.queues = GENERATE(std::uint16_t{1}, std::uint16_t{4});
    std::string fault;
    std::thread guest([&fault, &host, &plan] { fault = run_stress_guest(host.regions(), plan); });
    const bool done = host.echo_until_shutdown();
    guest.join();
    CHECK(fault.empty());
    INFO(fault);
    CHECK(done);
    host.check_counters(plan.frames);
}

TEST_CASE(
    "frames of all sizes between a host and a guest in two processes: none lost, changed or out of order") {
    EchoHost host;
    StressPlan plan;
    plan.wakeup = host.interrupts.descriptor();
    plan.frames = 20000;
    plan.queues = 2;
    const pid_t child = start_guest(host, plan);
    REQUIRE(child > 0);
    const bool done = host.echo_until_shutdown();
    if (!done)
        ::kill(child, SIGKILL);
    CHECK(end_of(child) == 0);
    CHECK(done);
    host.check_counters(plan.frames);
}

TEST_CASE("guests that are killed in the middle of traffic cost nothing that a reset does not bring back") {
    EchoHost host;
    StressPlan plan;
    plan.wakeup = host.interrupts.descriptor();
    plan.shuts_down = false;
    for (int round = 0; round < 20; ++round) {
        const pid_t child = start_guest(host, plan);
        REQUIRE(child > 0);
        const auto& statistics = host.device.statistics();
        const auto until = statistics.from_guest[0].frames + 200 + 37U * static_cast<unsigned>(round);
        const auto deadline = Clock::now() + std::chrono::seconds(60);
        while (statistics.from_guest[0].frames < until && Clock::now() < deadline)
            host.echo();
        REQUIRE(::kill(child, SIGKILL) == 0);
        CHECK(WIFSIGNALED(end_of(child)));
        REQUIRE(statistics.from_guest[0].frames >= until);
        for (int i = 0; i < 10; ++i)
            host.echo();
        host.device.reset();
        CHECK(host.device.state() == DeviceState::Waiting);
    }
    plan.shuts_down = true;
    plan.frames = 1000;
    const pid_t child = start_guest(host, plan);
    REQUIRE(child > 0);
    CHECK(host.echo_until_shutdown());
    CHECK(end_of(child) == 0);
}
