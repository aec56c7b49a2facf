// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The actuator that runs a program: COMMAND... ACTION, without a shell, with a deadline and in a process
// group of its own. Success is exit status 0. The contract (arguments, environment) is in docs/host-agent.md.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>

#include "host-agent/actuator.hpp"
#include "runtime/child_process.hpp"

namespace vnf::host {

struct ExecRules {
    std::vector<std::string> command;  ///< absolute path and leading arguments
    runtime::Milliseconds deadline{30000};
    std::size_t concurrent = 32;  ///< further ones wait; there are at most two of each guest
};

class ExecActuator final : public Actuator {
  public:
    ExecActuator(boost::asio::io_context& io, ExecRules rules);
    ~ExecActuator() override;
    void run(CorrectiveOrder order, OnDone on_done) override;
    void scale(ScaleOrder order, OnDone on_done) override;
    std::string_view name() const override { return "exec"; }

  private:
    struct Waiting {
        runtime::ChildSpec spec;
        OnDone on_done;
    };
    void begin(Waiting one);
    void start(Waiting one);
    void ended(std::uint64_t run, const OnDone& on_done, const runtime::ChildOutcome& outcome);
    void clear(std::uint64_t run);

    boost::asio::io_context& io_;
    ExecRules rules_;
    std::map<std::uint64_t, std::unique_ptr<runtime::ChildProcess>> running_;
    std::deque<Waiting> waiting_;
    std::uint64_t next_run_ = 0;
    std::shared_ptr<bool> alive_;
};

/// The program's arguments and environment for one order; texts of a guest are cleaned of control characters.
runtime::ChildSpec child_spec(const ExecRules& rules, const CorrectiveOrder& order);
runtime::ChildSpec child_spec(const ExecRules& rules, const ScaleOrder& order);

}  // namespace vnf::host
