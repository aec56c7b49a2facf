// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A host for a driver under a fuzzer: the real device model, and hands that write what the input says into tables,
// rings, descriptors, answers and registers, one act at a time. Made honest again it is the device model alone.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avp-host/device.hpp"
#include "avp-host/model/layout.hpp"
#include "tests/fuzz/driver_under_fuzz.hpp"

namespace vnf::fuzz {

/// A region as the driver maps it: nothing can be reached on either side of it.
class DriverMapping {
  public:
    DriverMapping() = default;
    ~DriverMapping() { unmap(); }
    DriverMapping(const DriverMapping&) = delete;
    DriverMapping& operator=(const DriverMapping&) = delete;

    avp_region map(const avp::Region& region, int protection);

  private:
    void unmap();

    char* reserved_ = nullptr;
    std::size_t bytes_ = 0;
};

class HostileHost final : public DriverWorld, private avp::InterruptLine {
  public:
    static constexpr std::size_t kLargestFrame = 2560;
    static constexpr unsigned kQueues = 3;

    HostileHost();

    /// As at first, with at least `rx_minimum` receive rings; `input` outlives the run.
    void start(std::uint8_t rx_minimum, std::string_view& input);
    /// Its memory as the driver has it mapped.
    const avp_regions& regions() const { return mapped_; }
    void act();
    /// The memory is another one, as after a reconnection.
    void renew();
    /// From here on all is as it should be. The driver has to attach anew.
    void repent();

    /// One frame to the driver, by the rules; whether the device had room for it.
    bool send(std::span<const std::byte> bytes);
    /// The bytes of one frame of the driver; empty if there is none.
    std::vector<std::byte> receive();
    using Faults = std::array<std::uint64_t, avp::kFaults>;
    Faults faults() const { return device_.statistics().faults; }
    /// What the device has found wrong since; empty: nothing.
    std::string fault_since(const Faults& before) const;

    std::optional<std::uint32_t> read_register(std::uint32_t offset) override;
    void write_register(std::uint32_t offset, std::uint32_t value) override;
    void reset() override;
    void moment() override;
    bool starves() const override { return starves_; }

  private:
    void raise(unsigned) override {}
    void look_at_tables();
    /// What lies behind the pool is nobody's, as long as the tables say so.
    void guard_tail(bool is_on);
    void map_regions();
    std::byte* at(std::uint64_t offset) { return device_.regions().memory.bytes().data() + offset; }
    avp_fifo* fifo(const avp::RingArea& area, std::size_t queue);
    std::uint64_t handle();
    void write_anywhere();
    void write_descriptor();
    void write_index();
    void put(const avp::RingArea& area);
    void publish_chain();
    void write_table();
    void write_answer();
    void set_register();
    void migrate();

    avp::Device device_;
    avp_device_info info_{};
    avp::DeviceLayout layout_;
    DriverMapping memory_, memory_map_, device_info_;
    avp_regions mapped_{};
    std::array<std::optional<std::uint32_t>, 5> registers_{};
    std::string_view* input_ = nullptr;
    bool has_written_tables_ = false;
    bool bus_fails_ = false;
    bool starves_ = false;
};

}  // namespace vnf::fuzz
