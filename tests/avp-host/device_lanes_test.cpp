// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A device whose queues are served by several threads: which queues are whose, what the lanes share, and all of it at the
// same time, where ThreadSanitizer sees it.
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "avp-host/port_gate.hpp"
#include "runtime/file_descriptor.hpp"
#include "tests/avp-host/device_stage.hpp"
#include "tests/avp-host/stress_guest.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

struct LaneStage : DeviceStage {
    LaneStage(std::size_t receive, std::size_t transmit, const DeviceSettings& settings = small_settings())
        : DeviceStage(settings) {
        device.set_lanes(receive, transmit);
    }
    std::vector<std::vector<std::byte>> receive_on(std::size_t lane) {
        std::vector<std::vector<std::byte>> all;
        std::array<Frame, kBurst> frames;
        device.poll_on(lane);
        while (const std::size_t count = device.receive_on(lane, frames)) {
            for (std::size_t i = 0; i < count; ++i)
                all.push_back(bytes_of(frames[i]));
            device.done_with_received_on(lane);
        }
        return all;
    }
    std::size_t transmit_on(std::size_t lane, std::span<const std::byte> bytes) {
        const Frame frame = frame_of(bytes);
        return device.transmit_on(lane, {&frame, 1});
    }
    /// How many lie in a queue of the guest; they are given back.
    std::size_t drain(std::size_t queue) {
        std::size_t count = 0;
        while (guest.receive(queue))
            ++count;
        return count;
    }
};

class Wakeup final : public InterruptLine {
  public:
    void raise(unsigned vector) override {
        const std::uint64_t one = 1;
        if (vector != AVP_VECTOR_STATUS && ::write(event.get(), &one, sizeof one) != sizeof one)
            std::abort();
    }
    const vnf::runtime::FileDescriptor event{::eventfd(0, EFD_CLOEXEC)};
};

/// Threads that send back what their guest sent, each on lanes of its own.
struct EchoingLanes {
    EchoingLanes(std::size_t receive, std::size_t transmit)
        : device(stress_settings(), Device::sealed_regions(stress_settings()), interrupts) {
        device.set_lanes(receive, transmit);
    }

    void work(std::size_t number) {
        for (; !over; ++rounds) {
            const auto frames = receive(number);
            if (!frames.empty())
                send(number, frames);
            else
                std::this_thread::yield();
            if (device.wants_poll() || (device.lacks_buffers() && number == 0)) {
                const auto held = gate.hold();
                device.poll();
            }
        }
    }

    struct Copy {
        std::vector<std::byte> bytes;
        std::optional<std::uint16_t> vlan_tci;
    };
    /// One lane at a time, as a queue of an application has.
    std::vector<Copy> receive(std::size_t lane) {
        std::vector<Copy> copies;
        std::array<Frame, kBurst> frames;
        if (const auto held = gate.try_hold(lane)) {
            device.poll_on(lane);
            const std::size_t count = device.receive_on(lane, frames);
            for (const Frame& frame : std::span(frames).first(count))
                copies.push_back({bytes_of(frame), frame.vlan_tci});
            device.done_with_received_on(lane);
        }
        return copies;
    }
    void send(std::size_t number, const std::vector<Copy>& copies) {
        std::vector<Frame> frames;
        for (const Copy& copy : copies) {
            frames.push_back(frame_of(copy.bytes));
            frames.back().vlan_tci = copy.vlan_tci;
        }
        const std::size_t lane = number % device.transmit_lanes();
        const auto held = gate.hold_lane(AVP_MAX_QUEUES + lane);
        refused += frames.size() - device.transmit_on(lane, frames);
    }

    Wakeup interrupts;
    Device device;
    PortGate gate{std::size_t{2} * AVP_MAX_QUEUES};
    std::atomic<bool> over{false};
    std::atomic<std::size_t> refused{0}, rounds{0};
};

}  // namespace

TEST_CASE("frames through lanes in a thread each: none lost, changed or out of order, and all counted") {
    const auto [receive, transmit] =
        GENERATE(std::pair{std::size_t{2}, std::size_t{2}}, std::pair{std::size_t{4}, std::size_t{4}},
                 std::pair{std::size_t{4}, std::size_t{1}}, std::pair{std::size_t{3}, std::size_t{2}});
    EchoingLanes host(receive, transmit);
    StressPlan plan;
    plan.wakeup = host.interrupts.event.get();
    plan.queues = 4;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < receive; ++i)
        threads.emplace_back([&host, i] { host.work(i); });
    threads.emplace_back([&host] {
        // Now and then: whoever always wants the gate keeps the workers out.
        for (std::size_t next = 0; !host.over; std::this_thread::yield()) {
            if (host.rounds < next)
                continue;
            const auto held = host.gate.hold();
            static_cast<void>(host.device.statistics());
            next = host.rounds + 10;
        }
    });
    const std::string fault =
        run_stress_guest({host.device.regions().memory.bytes(), host.device.regions().memory_map.bytes(),
                          host.device.regions().device_info.bytes()},
                         plan);
    host.over = true;
    for (std::thread& thread : threads)
        thread.join();
    CHECK(fault.empty());
    INFO(fault);
    CHECK(host.refused == 0);
    std::uint64_t from = 0, to = 0;
    for (std::size_t queue = 0; queue < AVP_MAX_QUEUES; ++queue) {
        from += host.device.statistics().from_guest[queue].frames;
        to += host.device.statistics().to_guest[queue].frames;
    }
    CHECK((from == plan.frames && to == plan.frames));
    for (const auto faults : host.device.statistics().faults)
        CHECK(faults == 0);
}

TEST_CASE("of two receiving lanes each has every second queue of the guest") {
    LaneStage stage(2, 1);
    stage.bring_up(4, 1);
    for (unsigned queue = 0; queue < 4; ++queue)
        REQUIRE(stage.guest.send(queue, frame_bytes(60 + queue)));
    const auto even = stage.receive_on(0);
    REQUIRE(even.size() == 2);
    CHECK((even[0] == frame_bytes(60) || even[1] == frame_bytes(60)));
    CHECK((even[0] == frame_bytes(62) || even[1] == frame_bytes(62)));
    CHECK(stage.receive_on(1).size() == 2);
    CHECK(stage.receive_on(2).empty());
    for (std::size_t queue = 0; queue < 4; ++queue)
        CHECK(stage.device.statistics().from_guest[queue].frames == 1);
}

TEST_CASE(
    "transmitting lanes share the queues that the guest has, and as many lanes are in use as it has queues") {
    LaneStage stage(1, 4);
    CHECK(stage.device.transmit_lanes() == 1);
    SECTION("four queues: a lane each") {
        stage.bring_up(1, 4);
        CHECK(stage.device.transmit_lanes() == 4);
        for (std::size_t lane = 0; lane < 4; ++lane) {
            for (unsigned seed = 0; seed < 8; ++seed)
                REQUIRE(stage.transmit_on(lane, frame_bytes(60, seed)) == 1);
            CHECK(stage.drain(lane) == 8);
        }
    }
    SECTION("three: the fourth lane is none, and what it is given is dropped and counted") {
        stage.bring_up(1, 3);
        CHECK(stage.device.transmit_lanes() == 3);
        CHECK(stage.transmit_on(2, frame_bytes(60)) == 1);
        CHECK(stage.transmit_on(3, frame_bytes(60)) == 0);
        CHECK(stage.transmit_on(4, frame_bytes(60)) == 0);
        CHECK(stage.drain(2) == 1);
        CHECK(stage.drops(Drop::NotUp) == 1);
    }
}

TEST_CASE("within a transmitting lane the flow decides, and no frame leaves the lane's queues") {
    LaneStage stage(1, 2);
    stage.bring_up(1, 4);
    for (unsigned seed = 0; seed < 32; ++seed)
        REQUIRE(stage.transmit_on(1, frame_bytes(60, seed)) == 1);
    const auto first = stage.drain(1), second = stage.drain(3);
    CHECK((first > 0 && second > 0 && first + second == 32));
    CHECK((stage.drain(0) == 0 && stage.drain(2) == 0));
}

TEST_CASE("a request is answered by poll(), which lane 0 asks for") {
    LaneStage stage(2, 2);
    stage.bring_up(2, 2);
    CHECK_FALSE(stage.device.wants_poll());
    stage.guest.sync()->id = AVP_REQUEST_SHUTDOWN_DEVICE;
    avp_ring ring{};
    REQUIRE(avp_ring_open_producer(&ring, stage.guest.request_fifo(), 64) != 0);
    avp_ring_fill(&ring, 0, stage.guest.info().sync_address);
    avp_ring_publish(&ring, 1);
    stage.device.poll_on(1);
    CHECK_FALSE(stage.device.wants_poll());
    stage.device.poll_on(0);
    CHECK(stage.device.wants_poll());
    CHECK(stage.device.state() == DeviceState::Up);
    stage.device.poll();
    CHECK(stage.device.state() == DeviceState::ShutDown);
    CHECK_FALSE(stage.device.wants_poll());
}

TEST_CASE("a ring that is none ends its lane at once, and poll() stops the device, once for all lanes") {
    LaneStage stage(2, 2);
    stage.bring_up(2, 2);
    REQUIRE(stage.guest.send(1, frame_bytes(60)));
    const auto spoil = [](avp_fifo* fifo) {
        __atomic_store_n(&fifo->write, 0xFFFFFFFFU, __ATOMIC_RELEASE);
    };
    spoil(stage.guest.tx_fifo(0));
    spoil(stage.guest.free_fifo(1));
    CHECK(stage.receive_on(0).empty());
    CHECK(stage.transmit_on(1, frame_bytes(60)) == 0);
    CHECK(stage.device.wants_poll());
    CHECK(stage.device.state() == DeviceState::Up);
    CHECK(stage.receive_on(1).size() == 1);
    CHECK(stage.transmit_on(0, frame_bytes(60)) == 1);
    CHECK((stage.receive_on(0).empty() && stage.transmit_on(1, frame_bytes(60)) == 0));
    SECTION("by poll()") {
        stage.device.poll();
    }
    SECTION("or when the lanes change") {
        stage.device.set_lanes(1, 1);
    }
    CHECK(stage.device.state() == DeviceState::Stopped);
    CHECK(stage.faults(Fault::RingIndex) == 1);
    stage.device.reset();
    stage.guest.open();
    stage.bring_up(1, 1);
    REQUIRE(stage.guest.send(0, frame_bytes(60)));
    CHECK(stage.receive_on(0).size() == 1);
}

TEST_CASE("lanes change under a guest that has buffers and frames, and nothing is lost") {
    LaneStage stage(4, 4);
    stage.bring_up(4, 4);
    std::size_t received = 0;
    for (std::size_t round = 0; round < 40; ++round) {
        for (std::size_t queue = 0; queue < 4; ++queue)
            REQUIRE(stage.guest.send(queue, frame_bytes(100)));
        REQUIRE(stage.transmit_on(0, frame_bytes(100)) == 1);
        const std::size_t receive = 1 + round % 4, transmit = 1 + round / 4 % 4;
        stage.device.set_lanes(receive, transmit);
        for (std::size_t lane = 0; lane < receive; ++lane)
            received += stage.receive_on(lane).size();
        std::size_t drained = 0;
        for (std::size_t queue = 0; queue < 4; ++queue)
            drained += stage.drain(queue);
        CHECK(drained == 1);
    }
    CHECK(received == 160);
    stage.device.set_lanes(0, 0);
    REQUIRE(stage.guest.send(3, frame_bytes(100)));
    CHECK(stage.receive_all().size() == 1);
    CHECK(stage.device.statistics().from_guest[3].frames == 41);
    for (const auto faults : stage.device.statistics().faults)
        CHECK(faults == 0);
}

TEST_CASE(
    "what lanes keep from each other is a quarter of the buffers at most, and all are there again without "
    "lanes") {
    auto settings = small_settings();
    settings.buffers = GENERATE(64U, 256U);
    LaneStage stage(4, 4, settings);
    stage.bring_up(4, 4);
    std::size_t lent = 0;
    for (std::size_t queue = 0; queue < 4; ++queue) {
        while (stage.guest.take_empty(queue) != 0)
            ++lent;
    }
    CHECK(lent <= settings.buffers / 2);
    // The guest takes all frames and gives none back.
    std::size_t sent = 0;
    std::vector<std::vector<std::uint64_t>> taken(4);
    for (std::size_t turn = 0; turn < settings.buffers; ++turn) {
        const std::size_t lane = turn % 4;
        sent += stage.transmit_on(lane, frame_bytes(60));
        while (const auto handle = stage.guest.take_received(lane))
            taken[lane].push_back(handle);
    }
    CHECK(stage.drops(Drop::NoBuffer) > 0);
    CHECK(sent >= settings.buffers - lent - settings.buffers / 4);
    stage.device.set_lanes(0, 0);
    while (stage.transmit(frame_bytes(60, static_cast<unsigned>(sent))) == 1)
        ++sent;
    CHECK(sent == settings.buffers - lent);
}

TEST_CASE(
    "a lane without buffers says so, and poll() brings what the guest has given back to others' queues") {
    auto settings = small_settings();
    settings.buffers = 64;
    LaneStage stage(1, 1, settings);
    stage.bring_up();
    std::vector<std::uint64_t> taken;
    for (std::size_t i = 0; i < settings.buffers; ++i) {
        stage.transmit_on(0, frame_bytes(60));
        while (const auto handle = stage.guest.take_received(0))
            taken.push_back(handle);
    }
    // Its first queue still has what was meant for one alone.
    REQUIRE(stage.guest.configure(stage.guest.features(), 2, 1, true) == 0);
    for (int i = 0; i < 8; ++i)
        stage.device.poll_on(0);
    CHECK(stage.device.lacks_buffers());
    CHECK_FALSE(stage.device.wants_poll());
    while (stage.guest.take_empty(1) != 0) {
    }
    for (const auto handle : taken)
        REQUIRE(stage.guest.give_back(0, handle));
    stage.device.poll();
    CHECK_FALSE(stage.device.lacks_buffers());
    CHECK(stage.guest.take_empty(1) != 0);
}

TEST_CASE("a reset and a new guest find the lanes as they were") {
    LaneStage stage(2, 2);
    for (int round = 0; round < 3; ++round) {
        stage.bring_up(2, 2);
        for (std::size_t lane = 0; lane < 2; ++lane) {
            REQUIRE(stage.guest.send(lane, frame_bytes(60)));
            CHECK(stage.receive_on(lane).size() == 1);
            CHECK(stage.transmit_on(lane, frame_bytes(60)) == 1);
            CHECK(stage.drain(lane) == 1);
        }
        stage.device.reset();
        CHECK(stage.device.transmit_lanes() == 1);
        stage.guest.open();
    }
}

TEST_CASE("a gate's lanes are taken side by side; who holds the gate has all of them") {
    PortGate gate(3);
    {
        const auto first = gate.try_hold(0);
        const auto last = gate.hold_lane(2);
        CHECK((first.owns_lock() && last.owns_lock()));
        CHECK_FALSE(gate.try_hold(2).owns_lock());
        CHECK(gate.try_hold(1).owns_lock());
    }
    PortGate::Hold outer;
    {
        auto held = gate.hold();
        outer = std::move(held);
    }
    CHECK(outer.owns_lock());
    std::thread([&gate] {
        for (std::size_t lane = 0; lane < 3; ++lane)
            CHECK_FALSE(gate.try_hold(lane).owns_lock());
    }).join();
    outer = {};
    CHECK(gate.try_hold(1).owns_lock());
}
