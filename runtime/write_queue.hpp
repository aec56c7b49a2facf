// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The bytes of whole messages that a peer has not taken yet. Its bound is kept by who appends; an empty queue
// holds no more than a page, since a daemon has thousands.
#pragma once

#include <string>
#include <string_view>

namespace vnf::runtime {

class WriteQueue {
  public:
    std::size_t size() const { return bytes_.size() - taken_; }
    bool empty() const { return size() == 0; }
    std::string_view view() const { return std::string_view(bytes_).substr(taken_); }
    void append(std::string_view bytes) { bytes_.append(bytes); }

    void take(std::size_t count) {
        taken_ += count;
        if (empty())
            return clear();
        if (taken_ > bytes_.size() / 2) {
            bytes_.erase(0, taken_);
            taken_ = 0;
        }
    }

    void clear() {
        bytes_.clear();
        taken_ = 0;
        if (bytes_.capacity() > kept_when_empty)
            bytes_.shrink_to_fit();
    }

  private:
    static constexpr std::size_t kept_when_empty = 4096;
    std::string bytes_;
    std::size_t taken_ = 0;
};

}  // namespace vnf::runtime
