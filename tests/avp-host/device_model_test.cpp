// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Long random walks of an honest guest and its host beside a model that knows what must come out: which frames, in which
// order, to which counters; and at the end of each walk that every buffer is where it can be used.
#include <algorithm>
#include <deque>
#include <random>

#include "tests/avp-host/device_stage.hpp"

using namespace vnf::avp;
using namespace vnf::avp::test;

namespace {

constexpr std::size_t kQueues = 2;

class Walk {
  public:
    explicit Walk(unsigned seed) : random_(seed), stage_(settings()) { start(); }

    void step() {
        switch (pick(24)) {
            case 0:
                return restart();
            case 1:
                REQUIRE(stage_.guest.set_interface(false) == 0);
                is_up_ = false;
                return;
            case 2:
                return go_up();
            default:
                break;
        }
        switch (pick(5)) {
            case 0:
            case 1:
                return guest_sends();
            case 2:
                return host_receives();
            case 3:
                return host_sends();
            case 4:
                return guest_receives(pick(6));
        }
    }

    /// All frames at their ends; then as many buffers can be had as there are.
    void finish() {
        go_up();
        while (in_tx() != 0)
            host_receives();
        stage_.device.done_with_received();
        guest_receives(1000);
        check_counters();
        stage_.device.poll();
        std::size_t empty = 0;
        for (std::size_t queue = 0; queue < kQueues; ++queue)
            while (stage_.guest.take_empty(queue) != 0)
                ++empty;
        CHECK(empty == settings().buffers / 2);
        std::size_t sent = 0;
        for (unsigned i = 0; i < 200; ++i)
            sent += stage_.transmit(frame_bytes(100, i));
        CHECK(sent == settings().buffers / 2);
    }

  private:
    static DeviceSettings settings() {
        auto settings = small_settings();
        settings.buffers = 96;
        settings.max_frame_bytes = 2000;
        return settings;
    }
    std::size_t pick(std::size_t below) { return random_() % below; }
    std::vector<std::byte> any_frame() { return frame_bytes(14 + pick(1900), number_++); }
    std::size_t in_tx() const { return tx_[0].size() + tx_[1].size(); }

    void start() {
        stage_.guest.open();
        stage_.bring_up(kQueues, kQueues);
        is_up_ = true;
        for (auto& frames : tx_)
            frames.clear();
        rx_.clear();
    }
    void restart() {
        switch (pick(4)) {
            case 0:
                stage_.device.reset();
                break;
            case 1:
                REQUIRE(stage_.guest.shut_down() == 0);
                break;
            case 2:
                stage_.device.detach();
                stage_.device.write_register(AVP_REGISTER_MIGRATION_ACK, AVP_MIGRATION_DETACHED);
                stage_.device.attach(settings());
                break;
            case 3:
                stage_.device.attach(settings());
                break;
        }
        start();
    }
    void go_up() {
        REQUIRE(stage_.guest.set_interface(true) == 0);
        is_up_ = true;
    }
    void guest_sends() {
        const std::size_t queue = pick(kQueues);
        auto bytes = any_frame();
        const std::size_t piece =
            std::min<std::size_t>(bytes.size() / (1 + pick(4)) + 1, settings().buffer_bytes);
        if (stage_.guest.send(queue, bytes, std::nullopt, piece))
            tx_[queue].push_back(std::move(bytes));
    }
    void host_receives() {
        std::array<Frame, kBurst> frames;
        const std::size_t most = 1 + pick(10);
        const std::size_t count = stage_.device.receive(std::span(frames).first(most));
        REQUIRE(count == (is_up_ ? std::min(most, in_tx()) : 0));
        for (std::size_t i = 0; i < count; ++i) {
            const auto bytes = bytes_of(frames[i]);
            auto& queue = !tx_[0].empty() && tx_[0].front() == bytes ? tx_[0] : tx_[1];
            REQUIRE((!queue.empty() && queue.front() == bytes));
            queue.pop_front();
            ++received_;
        }
        if (pick(2) == 0)
            stage_.device.done_with_received();
    }
    void host_sends() {
        auto bytes = any_frame();
        const bool sent = stage_.transmit(bytes) == 1;
        REQUIRE((!sent || is_up_));
        if (sent) {
            rx_.push_back(std::move(bytes));
            ++sent_;
        } else {
            ++dropped_;
        }
    }
    void guest_receives(std::size_t most) {
        for (std::size_t queue = 0; queue < kQueues; ++queue)
            for (std::size_t i = 0; i < most; ++i) {
                const auto frame = stage_.guest.receive(queue);
                if (!frame)
                    break;
                const auto found = std::find(rx_.begin(), rx_.end(), frame->bytes);
                REQUIRE(found != rx_.end());
                rx_.erase(found);
            }
    }
    void check_counters() {
        CHECK(rx_.empty());
        const auto& statistics = stage_.device.statistics();
        CHECK(statistics.from_guest[0].frames + statistics.from_guest[1].frames == received_);
        CHECK(statistics.to_guest[0].frames + statistics.to_guest[1].frames == sent_);
        std::uint64_t dropped = 0;
        for (const auto count : statistics.drops)
            dropped += count;
        CHECK(dropped == dropped_);
        for (const auto count : statistics.faults)
            CHECK(count == 0);
    }

    std::minstd_rand random_;
    DeviceStage stage_;
    bool is_up_ = false;
    unsigned number_ = 0;
    std::array<std::deque<std::vector<std::byte>>, kQueues> tx_;
    std::vector<std::vector<std::byte>> rx_;
    std::uint64_t received_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace

TEST_CASE("whatever an honest guest and its host do, frames, counters and buffers are what a model says") {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        INFO("seed " << seed);
        Walk walk(seed);
        for (int i = 0; i < 400; ++i)
            walk.step();
        walk.finish();
    }
}
