// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Bytes on their way to the daemon, bounded. A daemon that does not read must not make an application grow:
// what the application asks for is refused at the first bound, what the protocol owes (registration,
// challenge answers) is dropped at the second. Whole records only, so a refusal never tears the stream.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnf::libheartbeat {

class Outbox {
  public:
    static constexpr std::size_t request_limit = 32 * 1024;
    static constexpr std::size_t protocol_limit = 64 * 1024;

    /// False, and nothing is queued, if the record does not fit.
    bool push(std::string_view record, std::size_t limit) {
        if (bytes_.size() + record.size() > limit)
            return false;
        bytes_ += record;
        return true;
    }

    std::string_view pending() const { return bytes_; }
    bool empty() const { return bytes_.empty(); }
    void sent(std::size_t count) { bytes_.erase(0, count); }
    void clear() { bytes_.clear(); }

  private:
    std::string bytes_;
};

}  // namespace vnf::libheartbeat
