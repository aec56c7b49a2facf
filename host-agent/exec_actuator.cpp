// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See exec_actuator.hpp.
#include "host-agent/exec_actuator.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace vnf::host {

namespace {

std::string variable(std::string_view name, std::string_view value) {
    std::string entry(name);
    entry += '=';
    for (const char byte : value) {
        const auto code = static_cast<unsigned char>(byte);
        entry += code < 0x20 || code == 0x7f ? ' ' : byte;
    }
    return entry;
}

}  // namespace

runtime::ChildSpec child_spec(const ExecRules& rules, const CorrectiveOrder& order) {
    runtime::ChildSpec spec;
    spec.argv = rules.command;
    spec.argv.emplace_back(word(order.what.action));
    spec.deadline = rules.deadline;
    spec.environment = {variable("VNF_INSTANCE", order.instance),
                        variable("VNF_ACTION", word(order.what.action)),
                        variable("VNF_CAUSE", order.what.cause),
                        variable("VNF_REASON", order.what.reason),
                        variable("VNF_APPLICATION", order.what.application),
                        variable("VNF_ATTEMPT", std::to_string(order.attempt)),
                        variable("VNF_EVENT_ID", std::to_string(order.event_id))};
    return spec;
}

runtime::ChildSpec child_spec(const ExecRules& rules, const ScaleOrder& order) {
    const std::string action = "scale_" + std::string(word(order.direction));
    runtime::ChildSpec spec;
    spec.argv = rules.command;
    spec.argv.push_back(action);
    spec.deadline = rules.deadline;
    spec.environment = {variable("VNF_INSTANCE", order.instance),
                        variable("VNF_ACTION", action),
                        variable("VNF_CPU", std::to_string(order.cpu.number())),
                        variable("VNF_ONLINE_CPUS", format_cpu_list(order.online)),
                        variable("VNF_CAUSE", order.cause),
                        variable("VNF_EVENT_ID", std::to_string(order.event_id))};
    return spec;
}

ExecActuator::ExecActuator(boost::asio::io_context& io, ExecRules rules)
    : io_(io), rules_(std::move(rules)), alive_(std::make_shared<bool>(true)) {}

ExecActuator::~ExecActuator() = default;

void ExecActuator::run(CorrectiveOrder order, OnDone on_done) {
    begin({child_spec(rules_, order), std::move(on_done)});
}

void ExecActuator::scale(ScaleOrder order, OnDone on_done) {
    begin({child_spec(rules_, order), std::move(on_done)});
}

void ExecActuator::begin(Waiting one) {
    if (running_.size() >= rules_.concurrent) {
        waiting_.push_back(std::move(one));
        return;
    }
    start(std::move(one));
}

void ExecActuator::start(Waiting one) {
    const std::uint64_t run = ++next_run_;
    running_[run] = std::make_unique<runtime::ChildProcess>(
        io_, std::move(one.spec),
        [this, run, done = std::move(one.on_done)](const runtime::ChildOutcome& outcome) {
            ended(run, done, outcome);
        });
}

void ExecActuator::ended(std::uint64_t run, const OnDone& on_done, const runtime::ChildOutcome& outcome) {
    const bool succeeded = outcome.end == runtime::ChildOutcome::End::Exited && outcome.code == 0;
    // The child whose callback this is can't be destroyed inside it.
    boost::asio::post(io_, [this, run, alive = std::weak_ptr<bool>(alive_)] {
        if (!alive.expired()) {
            clear(run);
        }
    });
    const std::string said = outcome.first_line.empty() ? std::string() : ": " + outcome.first_line;
    on_done({succeeded, to_string(outcome) + said});
}

void ExecActuator::clear(std::uint64_t run) {
    running_.erase(run);
    if (!waiting_.empty() && running_.size() < rules_.concurrent) {
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        start(std::move(next));
    }
}

}  // namespace vnf::host
