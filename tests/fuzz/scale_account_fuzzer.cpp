// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: what may stand in the file in which host-agent keeps a guest's vCPUs.
#include "host-agent/scaling/scale_store.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::host;
using vnf::fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto account = parse_kept_account(vnf::fuzz::text_of(data, size));
    if (!account) {
        return 0;
    }
    promise(parse_kept_account(encode(*account)) == account, "an account comes back");
    for (const ScaleLimits limits : {ScaleLimits{1, 1}, ScaleLimits{2, 4}, ScaleLimits{1, 4096}}) {
        const ScaleAccount fitted = restored(limits, *account);
        promise(fitted.host.contains(0), "vCPU 0 is online");
        promise(fitted.host.count() >= limits.min && fitted.host.count() <= limits.max,
                "a count within limits");
    }
    return 0;
}
