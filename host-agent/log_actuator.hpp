// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The actuator of a host where something else acts: one line in the log, always a success.
#pragma once

#include <boost/asio/io_context.hpp>

#include "host-agent/actuator.hpp"

namespace vnf::host {

class LogActuator final : public Actuator {
  public:
    explicit LogActuator(boost::asio::io_context& io) : io_(io), alive_(std::make_shared<bool>(true)) {}
    void run(CorrectiveOrder order, OnDone on_done) override;
    void scale(ScaleOrder order, OnDone on_done) override;
    std::string_view name() const override { return "log"; }

  private:
    void done(OnDone on_done);
    boost::asio::io_context& io_;
    std::shared_ptr<bool> alive_;
};

}  // namespace vnf::host
