// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The JSON of scaling, as the control interface answers it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "host-agent/api_documents.hpp"

namespace vnf::host {

namespace json = boost::json;

namespace {

json::array numbers(const wire::CpuSet& cpus) {
    json::array list;
    for (const wire::Cpu cpu : cpus) {
        list.emplace_back(cpu.number());
    }
    return list;
}

json::value guest_online(const ScaleAccount& account) {
    return account.guest ? json::value(numbers(*account.guest)) : json::value();
}

/// What the guest said last of it.
std::string_view agent_word(std::optional<bool> listens) {
    if (!listens) {
        return "unknown";
    }
    return *listens ? "listens" : "absent";
}

json::value operation(const GuestScaling& scaling) {
    const auto& under_way = scaling.operation();
    if (!under_way || under_way->task() == ScaleTask::Check) {
        return nullptr;
    }
    const auto age = runtime::Clock::now() - under_way->begun();
    return json::object{{"direction", word(under_way->task())},
                        {"cause", scaling.cause()},
                        {"age_ms", std::chrono::duration_cast<Milliseconds>(age).count()}};
}

json::object metrics(const GuestScaling& scaling) {
    json::object values;
    for (const auto& [name, value] : scaling.metric_values()) {
        values.emplace(name.text(), value);
    }
    return values;
}

json::value threshold(const std::optional<double>& value) {
    return value ? json::value(*value) : json::value();
}

json::array rules(const GuestScaling& scaling) {
    json::array list;
    for (const ScaleRuleWatch& watch : scaling.rules()) {
        const ScaleRule& rule = watch.rule();
        list.push_back(json::object{{"metric", rule.metric},
                                    {"above", threshold(rule.above)},
                                    {"below", threshold(rule.below)},
                                    {"direction", word(rule.direction)},
                                    {"hold_ms", rule.hold.count()},
                                    {"cool_down_ms", rule.cool_down.count()}});
    }
    return list;
}

}  // namespace

std::string scaling_document(const HostAgent& agent, const std::string& id) {
    const GuestScaling& scaling = *agent.scaling().find(id);
    const ScaleAccount& account = scaling.account();
    return json::serialize(json::object{{"id", id},
                                        {"min", account.limits.min},
                                        {"current", account.host.count()},
                                        {"max", account.limits.max},
                                        {"online_cpus", numbers(account.host)},
                                        {"offline_cpus", numbers(account.offline())},
                                        {"guest_online_cpus", guest_online(account)},
                                        {"diverged", account.diverged()},
                                        {"address", agent.scaling().scale_address(id)},
                                        {"connected", scaling.connected()},
                                        {"capability", scaling.ours()},
                                        {"agent", agent_word(scaling.agent())},
                                        {"operation", operation(scaling)},
                                        {"metrics", metrics(scaling)},
                                        {"rules", rules(scaling)}}) +
           '\n';
}

std::string scaled_document(const HostAgent& agent, const std::string& id, const ScaleOutcome& outcome,
                            std::chrono::nanoseconds took) {
    const GuestScaling* scaling = agent.scaling().find(id);
    json::object document{{"id", id},
                          {"direction", word(outcome.task)},
                          {"result", word(outcome.result)},
                          {"code", outcome.code},
                          {"reason", outcome.reason}};
    document.emplace("cpu", outcome.cpu ? json::value(outcome.cpu->number()) : json::value());
    if (scaling != nullptr) {
        document.emplace("online_cpus", numbers(scaling->account().host));
        document.emplace("guest_online_cpus", guest_online(scaling->account()));
        document.emplace("diverged", scaling->account().diverged());
    }
    // Boost.JSON writes every double with an exponent; people read this one.
    std::string text = json::serialize(document);
    text.back() = ',';
    return text + fmt::format("\"latency_ms\":{:.3f}}}\n", static_cast<double>(took.count()) / 1e6);
}

}  // namespace vnf::host
