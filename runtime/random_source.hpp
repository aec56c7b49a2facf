// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where unpredictable numbers come from: challenges, identifiers and invocation ids that a peer cannot know in
// advance (defects G-46, H-43). An interface, so that a test decides the numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace vnf::runtime {

class RandomSource {
  public:
    virtual ~RandomSource() = default;
    virtual std::uint32_t next() = 0;
    /// 0..2^31-1: old peers keep signed 32-bit numbers (specification 1.4).
    std::int32_t positive() { return static_cast<std::int32_t>(next() & 0x7fffffffU); }
};

/// The kernel's generator, fetched 256 numbers at a time: one call for 256 challenges.
class KernelRandom final : public RandomSource {
  public:
    std::uint32_t next() override;

  private:
    std::array<std::uint32_t, 256> numbers_{};
    std::size_t left_ = 0;
};

}  // namespace vnf::runtime
