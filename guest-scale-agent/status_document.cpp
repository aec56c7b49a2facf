// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Lists of vCPUs are arrays, as on the wire.
#include "guest-scale-agent/status_document.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <string_view>
#include <utility>

#include "guest-scale-agent/version.hpp"
#include "runtime/metrics.hpp"

namespace vnf::scale {
namespace {

namespace json = boost::json;

json::array array_of(const wire::CpuSet& cpus) {
    json::array numbers;
    for (const wire::Cpu cpu : cpus) {
        numbers.push_back(cpu.number());
    }
    return numbers;
}

json::value cpus(const ScaleAgent& agent) {
    const auto view = agent.cpus().view();
    if (!view) {
        return nullptr;
    }
    const auto next = agent.desk().next_to_go();
    return json::object{{"present", array_of(view->present)},
                        {"online", array_of(view->online)},
                        {"removable", array_of(view->removable)},
                        {"next_to_go", next ? json::value(next->number()) : json::value(nullptr)}};
}

json::array applications(const ScaleDesk& desk) {
    json::array all;
    for (const auto& [key, one] : desk.applications().all()) {
        all.push_back(json::object{{"key", key},
                                   {"name", one.name},
                                   {"pid", one.peer.pid},
                                   {"uid", one.peer.uid},
                                   {"greeted", one.greeted},
                                   {"answer", word(one.answer)},
                                   {"refusals", one.refusals},
                                   {"silences", one.silences}});
    }
    return all;
}

json::value last_change(const ScaleDesk& desk) {
    const auto& last = desk.last();
    if (!last) {
        return nullptr;
    }
    return json::object{{"direction", word(last->direction)},
                        {"cpu", last->cpu ? json::value(last->cpu->number()) : json::value(nullptr)},
                        {"chosen_by", word(last->chooser)},
                        {"result", last->result},
                        {"took_ms", last->took.count()}};
}

using Counted = std::pair<std::string_view, std::uint64_t>;

std::vector<Counted> counted(const ScaleCounters& c) {
    return {{"request", c.requests},
            {"down", c.downs},
            {"up", c.ups},
            {"status", c.statuses},
            {"failure", c.failures},
            {"refused", c.refused},
            {"refused_to_old_host", c.refused_to_old_hosts},
            {"too_many", c.too_many},
            {"too_late", c.too_late},
            {"overdue", c.overdue},
            {"late_end", c.late_ends},
            {"helper_run", c.helper_runs},
            {"helper_late", c.helper_late},
            {"silent_application", c.silent_applications},
            {"unexpected_record", c.unexpected_records},
            {"changed_elsewhere", c.changed_elsewhere}};
}

json::object requests(const RequestSocket& socket, const RequestSettings& settings) {
    json::object refused;
    for (std::size_t i = 0; i < request_refusal_count; ++i) {
        refused[word(static_cast<RequestRefusal>(i))] = socket.refused().at(i);
    }
    const runtime::DatagramCounters& answers = socket.answers();
    return {{"address", settings.address},
            {"bound", socket.bound()},
            {"problem", socket.problem()},
            {"refused", std::move(refused)},
            {"answers", json::object{{"delivered", answers.delivered},
                                     {"absent", answers.absent},
                                     {"overflow", answers.overflow},
                                     {"failed", answers.failed}}}};
}

}  // namespace

std::string status_document(const ScaleAgent& agent) {
    const ScaleDesk& desk = agent.desk();
    json::object counters;
    for (const auto& [name, count] : counted(desk.counters())) {
        counters[name] = count;
    }
    const auto phase = desk.phase();
    return json::serialize(json::object{
        {"version", program_version},
        {"pid", ::getpid()},
        {"settings", agent.settings().source},
        {"cpus", cpus(agent)},
        {"phase", phase ? json::value(word(*phase)) : json::value(nullptr)},
        {"waiting", desk.waiting()},
        {"last_change", last_change(desk)},
        {"helper", agent.settings().helper},
        {"state_file", agent.settings().state_file},
        {"state_file_problem", agent.state_file_problem()},
        {"requests", requests(agent.requests(), agent.settings().requests)},
        {"listening", agent.application_server().listening()},
        {"applications", applications(desk)},
        {"refused_applications", desk.applications().refused_clients()},
        {"refused_credentials", agent.application_server().socket_counters().refused_credentials},
        {"counters", std::move(counters)}});
}

std::string metrics_document(const ScaleAgent& agent) {
    runtime::MetricsWriter out;
    const ScaleDesk& desk = agent.desk();
    if (const auto state = agent.cpus().state()) {
        out.gauge("vnf_scale_cpus_present", "vCPUs that are plugged in", {},
                  static_cast<double>(state->present.count()));
        out.gauge("vnf_scale_cpus_online", "vCPUs that are online", {},
                  static_cast<double>(state->online.count()));
    }
    out.gauge("vnf_scale_applications", "Applications that listen to scale events", {},
              static_cast<double>(desk.applications().all().size()));
    for (const auto& [name, count] : counted(desk.counters())) {
        out.counter("vnf_scale_events_total", "What happened with requests and changes", {{"event", name}},
                    count);
    }
    out.counters_of<RequestRefusal>("vnf_scale_requests_refused_total", "Datagrams that were not taken",
                                    "reason", agent.requests().refused());
    const runtime::DatagramCounters& answers = agent.requests().answers();
    out.counters("vnf_scale_answers_total", "Answers on their way to guest-client", "what",
                 {{"delivered", answers.delivered},
                  {"absent", answers.absent},
                  {"overflow", answers.overflow},
                  {"failed", answers.failed}});
    return out.take();
}

}  // namespace vnf::scale
