// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Two ports wired to each other: what comes from one goes to the other, all of it and as it is. While one of them is
// with the control thread, the other waits and nothing is lost.
#pragma once

#include <array>

#include "avp-host/ports/attachment.hpp"
#include "avp-host/ports/forwarder.hpp"

namespace vnf::avp {

class PortPair final : public Forwarder {
  public:
    PortPair(Attachment& one, Attachment& other) : one_(one), other_(other) {}
    std::size_t run(runtime::TimePoint now) override;
    void rest() override;

  private:
    std::size_t forward(Attachment& from, Attachment& to);

    Attachment& one_;
    Attachment& other_;
    std::array<Frame, kBurst> burst_;
};

}  // namespace vnf::avp
