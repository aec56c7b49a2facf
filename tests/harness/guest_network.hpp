// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A network namespace for each guest of a test, so that each has a `@cgcs.messaging` of its own. The test itself stays
// where it is, and visits: a socket made or a process started meanwhile belongs to the guest. enter_own_network() first.
#pragma once

#include "tests/harness/file_descriptor.hpp"

namespace vnf::harness {

class GuestNetwork {
  public:
    GuestNetwork();

    /// This thread is there until the visit ends. Visits do not nest.
    class Visit {
      public:
        explicit Visit(const GuestNetwork& network);
        ~Visit();
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;

      private:
        FileDescriptor home_;
    };

  private:
    FileDescriptor place_;
};

}  // namespace vnf::harness
