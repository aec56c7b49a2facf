// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A guest's run state from its QMP socket. Connected only while a question is open, since QEMU serves one
// client on it; at most one second and 64 KiB for a question.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "host-agent/run_state.hpp"
#include "runtime/clock.hpp"

namespace vnf::host {

class QmpRunState final : public RunStateSource {
  public:
    QmpRunState(boost::asio::io_context& io, std::string socket,
                runtime::Milliseconds deadline = runtime::Milliseconds(1000));
    ~QmpRunState() override;
    void ask(OnState on_state) override;

  private:
    class Question;
    boost::asio::io_context& io_;
    std::string socket_;
    runtime::Milliseconds deadline_;
    std::shared_ptr<Question> question_;
};

}  // namespace vnf::host
