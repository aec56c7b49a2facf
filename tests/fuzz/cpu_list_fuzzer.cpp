// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Input: a list of vCPUs as the kernel writes it, or a set as the metadata service does.
#include "tests/fuzz/promise.hpp"
#include "wire/cpu_list.hpp"

using namespace vnf::wire;
using vnf::fuzz::promise;

namespace {

void check(const std::variant<CpuSet, CpuListError>& result) {
    if (const auto* const error = std::get_if<CpuListError>(&result)) {
        promise(!to_string(*error).empty(), "a refusal has a name");
        return;
    }
    const auto& cpus = std::get<CpuSet>(result);
    const auto again = parse_cpu_list(format_cpu_list(cpus));
    promise(std::holds_alternative<CpuSet>(again) && std::get<CpuSet>(again) == cpus, "a set comes back");
    CpuSet seen;
    std::size_t count = 0;
    int before = -1;
    for (const Cpu cpu : cpus) {
        promise(cpu.number() > before, "ascending");
        before = cpu.number();
        seen.insert(cpu);
        ++count;
    }
    promise(seen == cpus && count == cpus.count(), "every member is met once");
    promise(cpus.empty() || cpus.last() == Cpu::of(before), "the last is the last");
    promise(format_cpu_array(cpus).find_first_not_of("[]0123456789,") == std::string::npos,
            "a helper's argument has digits only");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = vnf::fuzz::text_of(data, size);
    check(parse_cpu_list(text));
    check(parse_offline_cpuset(text));
    return 0;
}
