// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// See group_engine.hpp.
#include "host-agent/group_engine.hpp"

#include <boost/asio/post.hpp>

#include "host-agent/memory_group_service.hpp"

namespace vnf::host {

std::unique_ptr<GroupService> make_group_engine(boost::asio::io_context& io, const GroupSettings&) {
    return std::make_unique<MemoryGroupService>(
        [&io](std::function<void()> task) { boost::asio::post(io, std::move(task)); });
}

}  // namespace vnf::host
