// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See random_id.hpp.
#include "guest-client/random_id.hpp"

#include <memory>

#include "runtime/random_source.hpp"

namespace vnf::guest {

RandomId kernel_random_ids() {
    return [random = std::make_shared<runtime::KernelRandom>()] {
        std::int32_t id = 0;
        while (id == 0) {
            id = random->positive();
        }
        return id;
    };
}

}  // namespace vnf::guest
