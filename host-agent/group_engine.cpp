// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_engine.hpp.
#include "host-agent/group_engine.hpp"

#include <boost/asio/post.hpp>

#include "host-agent/etcd/etcd_group_service.hpp"
#include "host-agent/group_event.hpp"
#include "host-agent/memory_group_service.hpp"

namespace vnf::host {

namespace {

/// The notification for a member whose host vanished, as peers on other hosts get it.
wire::JsonText lost_body(const wire::JsonText& last_entry, std::string_view cause) {
    return lost_member_body(last_entry, cause, std::chrono::system_clock::now());
}

}  // namespace

std::unique_ptr<GroupService> make_group_engine(boost::asio::io_context& io, const GroupSettings& settings) {
    switch (settings.engine) {
        case GroupEngineKind::Memory:
            return std::make_unique<MemoryGroupService>(
                [&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); });
        case GroupEngineKind::Etcd:
            return std::make_unique<EtcdGroupService>(io, settings.etcd, lost_body);
    }
    return nullptr;
}

}  // namespace vnf::host
