// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The three sources, in their order, and the writes.
#include "guest-scale-agent/restore.hpp"

#include <optional>
#include <thread>
#include <utility>

#include "guest-scale-agent/host_word.hpp"
#include "guest-scale-agent/state_file.hpp"
#include "runtime/clock.hpp"
#include "runtime/http_get.hpp"

namespace vnf::scale {
namespace {

using runtime::Clock;
using runtime::Milliseconds;

/// guest-client tells nobody when the host has answered.
constexpr Milliseconds ask_again{50};

/// One question; nothing while it is worth asking again.
std::optional<HostWord> ask_once(const RestoreSettings& settings, Milliseconds time, std::string& problem) {
    const auto result = runtime::HttpClient(settings.client_socket).request("GET", "/v1/scale", {}, time);
    if (result.status != 200) {
        problem = result.status == 0 ? result.error : "guest-client answers " + std::to_string(result.status);
        // An older guest-client does not know the path, and never will.
        return result.status == 0 ? std::nullopt : std::optional(HostWord{HostWord::State::Silent, {}});
    }
    auto word = parse_host_word(result.body);
    if (auto* wrong = std::get_if<std::string>(&word)) {
        problem = std::move(*wrong);
        return HostWord{HostWord::State::Silent, {}};
    }
    auto& known = std::get<HostWord>(word);
    problem = known.state == HostWord::State::Pending ? "no host has answered" : "it does not say";
    return known.state == HostWord::State::Pending ? std::nullopt : std::optional(std::move(known));
}

std::optional<wire::CpuSet> ask_host(const RestoreSettings& settings, std::vector<std::string>& problems) {
    const auto end = Clock::now() + settings.client_wait;
    std::string problem;
    while (true) {
        const auto left = std::chrono::duration_cast<Milliseconds>(end - Clock::now());
        const auto word = ask_once(settings, std::max(left, Milliseconds(100)), problem);
        if (word && word->state == HostWord::State::Known) {
            return word->offline;
        }
        if (word || Clock::now() + ask_again > end) {
            problems.push_back("host: " + problem);
            return std::nullopt;
        }
        std::this_thread::sleep_for(ask_again);
    }
}

std::optional<wire::CpuSet> ask_metadata(const RestoreSettings& settings,
                                         std::vector<std::string>& problems) {
    const auto result =
        runtime::http_get(settings.metadata_url, settings.metadata_timeout, wire::cpu_text_limit);
    if (result.status != 200) {
        problems.push_back("metadata: " +
                           (result.status == 0 ? result.error : "status " + std::to_string(result.status)));
        return std::nullopt;
    }
    const auto set = wire::parse_offline_cpuset(result.body);
    if (const auto* error = std::get_if<wire::CpuListError>(&set)) {
        problems.push_back("metadata: not a set of vCPUs: " + std::string(to_string(*error)));
        return std::nullopt;
    }
    return std::get<wire::CpuSet>(set);
}

std::optional<wire::CpuSet> read_last(const std::string& path, std::vector<std::string>& problems) {
    auto set = read_state_file(path);
    if (auto* problem = std::get_if<std::string>(&set)) {
        problems.push_back("state file: " + *problem);
        return std::nullopt;
    }
    return std::get<wire::CpuSet>(set);
}

}  // namespace

Restoration find_offline_set(const Settings& settings) {
    Restoration found;
    const auto take = [&found](const char* source, const std::optional<wire::CpuSet>& set) {
        if (set) {
            found.source = source;
            found.wanted = *set;
        }
        return set.has_value();
    };
    const RestoreSettings& restore = settings.restore;
    if (!restore.client_socket.empty() && take("host", ask_host(restore, found.problems))) {
        return found;
    }
    if (!restore.metadata_url.empty() && take("metadata", ask_metadata(restore, found.problems))) {
        return found;
    }
    if (!settings.state_file.empty()) {
        take("state file", read_last(settings.state_file, found.problems));
    }
    return found;
}

void take_offline(const guestscale::CpuTree& tree, Restoration& restoration) {
    for (const wire::Cpu cpu : restoration.wanted) {
        if (cpu.number() == 0) {
            restoration.problems.emplace_back("vCPU 0 stays");
        } else if (const auto error = tree.set(cpu, false)) {
            restoration.problems.push_back("vCPU " + std::to_string(cpu.number()) + ": " + to_string(*error));
        } else {
            restoration.done.insert(cpu);
        }
    }
}

}  // namespace vnf::scale
