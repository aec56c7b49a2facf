// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See log_actuator.hpp.
#include "host-agent/log_actuator.hpp"

#include <boost/asio/post.hpp>

#include "runtime/log.hpp"

namespace vnf::host {

void LogActuator::run(CorrectiveOrder order, OnDone on_done) {
    runtime::log_warning("corrective action", {{"instance", order.instance},
                                               {"action", word(order.what.action)},
                                               {"cause", order.what.cause},
                                               {"application", order.what.application},
                                               {"reason", order.what.reason},
                                               {"event_id", order.event_id}});
    done(std::move(on_done));
}

void LogActuator::scale(ScaleOrder order, OnDone on_done) {
    runtime::log_info("vCPU", {{"instance", order.instance},
                               {"direction", word(order.direction)},
                               {"cpu", std::int64_t{order.cpu.number()}},
                               {"online", format_cpu_list(order.online)},
                               {"cause", order.cause},
                               {"event_id", order.event_id}});
    done(std::move(on_done));
}

void LogActuator::done(OnDone on_done) {
    boost::asio::post(io_, [alive = std::weak_ptr<bool>(alive_), on_done = std::move(on_done)] {
        if (!alive.expired()) {
            on_done({true, "logged"});
        }
    });
}

}  // namespace vnf::host
