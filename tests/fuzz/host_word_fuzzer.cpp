// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: what guest-client's control socket may answer guest-scale-restore.
#include "guest-scale-agent/host_word.hpp"
#include "tests/fuzz/promise.hpp"

using namespace vnf::scale;
using vnf::fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = parse_host_word(vnf::fuzz::text_of(data, size));
    if (const auto* const problem = std::get_if<std::string>(&parsed)) {
        promise(!problem->empty(), "a refusal says why");
        return 0;
    }
    const auto& word = std::get<HostWord>(parsed);
    promise(word.state == HostWord::State::Known || word.offline.empty(), "only a known set has vCPUs");
    return 0;
}
