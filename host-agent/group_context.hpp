// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// What all members and messaging ports of this agent share; outlives them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "host-agent/deadline_timer.hpp"
#include "host-agent/event_recorder.hpp"
#include "host-agent/group_counters.hpp"
#include "host-agent/group_service.hpp"
#include "host-agent/messaging_channel.hpp"
#include "host-agent/scaling/scale_channel.hpp"

namespace vnf::host {

struct GroupContext {
    boost::asio::io_context& io;
    EventRecorder& recorder;
    DeadlineTimer& deadlines;
    MessagingRules rules;
    std::size_t queue_limit;
    std::string host;  ///< this machine's name, as peers see it
    std::unique_ptr<GroupService> service;
    GroupCounters counters;
    MessagingEffects effects;  ///< lent to one session at a time
    ScaleChannel* scaling = nullptr;
};

}  // namespace vnf::host
