// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The driver's own end of a stream: blocking, so that nothing but the peer is measured, and with a limit, so
// that a silent peer ends the run.
#pragma once

#include <string>
#include <string_view>

#include "tests/harness/file_descriptor.hpp"

namespace vnf::bench {

class Channel {
  public:
    /// Connects as soon as somebody listens.
    explicit Channel(const std::string& socket);
    void send(std::string_view bytes);
    /// Reads until what has come since the last call contains `marker` and, after it, `end`; returns and
    /// forgets it all. Throws after 20 s of silence or at the end of the stream.
    std::string await(std::string_view marker, std::string_view end);

  private:
    harness::FileDescriptor fd_;
    std::string input_;
};

}  // namespace vnf::bench
