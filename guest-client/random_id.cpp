// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// getrandom() in batches of 64 numbers; a thousand challenges a second cost sixteen calls.
#include "guest-client/random_id.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace vnf::guest {
namespace {

class KernelIds {
  public:
    std::int32_t next() {
        while (true) {
            if (used_ == batch_.size()) {
                refill();
            }
            const auto candidate = static_cast<std::int32_t>(batch_[used_++] & 0x7fffffffU);
            if (candidate != 0) {
                return candidate;
            }
        }
    }

  private:
    void refill() {
        const auto wanted = static_cast<ssize_t>(sizeof batch_);
        while (::getrandom(batch_.data(), sizeof batch_, 0) != wanted) {
            if (errno != EINTR) {
                throw std::system_error(errno, std::generic_category(), "getrandom");
            }
        }
        used_ = 0;
    }

    std::array<std::uint32_t, 64> batch_{};
    std::size_t used_ = batch_.size();
};

}  // namespace

RandomId kernel_random_ids() {
    return [ids = std::make_shared<KernelIds>()] {
        return ids->next();
    };
}

}  // namespace vnf::guest
