// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See random_source.hpp.
#include "runtime/random_source.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace vnf::runtime {

std::uint32_t KernelRandom::next() {
    while (left_ == 0) {
        // Up to 256 bytes are delivered whole; 1024 may be cut by a signal, and then what came is used.
        const ssize_t got = ::getrandom(numbers_.data(), sizeof numbers_, 0);
        if (got < 0 && errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "getrandom");
        }
        left_ = got < 0 ? 0 : static_cast<std::size_t>(got) / sizeof(std::uint32_t);
    }
    return numbers_[--left_];
}

}  // namespace vnf::runtime
