// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An array of vCPUs counts whole or not at all.
#include "guest-scale-agent/host_word.hpp"

#include <boost/json.hpp>
#include <optional>

namespace vnf::scale {
namespace {

namespace json = boost::json;

std::optional<wire::CpuSet> cpus_of(const json::value* value) {
    if (value == nullptr || !value->is_array()) {
        return std::nullopt;
    }
    wire::CpuSet cpus;
    for (const json::value& one : value->get_array()) {
        const auto cpu = one.is_int64() ? wire::Cpu::of(one.get_int64()) : std::nullopt;
        if (!cpu) {
            return std::nullopt;
        }
        cpus.insert(*cpu);
    }
    return cpus;
}

}  // namespace

std::variant<HostWord, std::string> parse_host_word(std::string_view document) {
    boost::system::error_code bad;
    const json::value value = json::parse(document, bad);
    const json::value* host = bad ? nullptr : value.find_pointer("/host", bad);
    if (host == nullptr || !host->is_string()) {
        return "guest-client's answer is not understood";
    }
    const json::string& word = host->get_string();
    if (word == "absent" || word == "asked") {
        return HostWord{};
    }
    const json::value* cpus = value.find_pointer("/offline_cpus", bad);
    if (word != "scales" || cpus == nullptr || cpus->is_null()) {
        return HostWord{HostWord::State::Silent, {}};
    }
    const auto offline = cpus_of(cpus);
    if (!offline) {
        return "guest-client's list of vCPUs is none";
    }
    return HostWord{HostWord::State::Known, *offline};
}

}  // namespace vnf::scale
