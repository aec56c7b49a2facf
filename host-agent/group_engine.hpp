// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Which group service the settings want.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "host-agent/group_service.hpp"
#include "host-agent/group_settings.hpp"

namespace vnf::host {

std::unique_ptr<GroupService> make_group_engine(boost::asio::io_context& io, const GroupSettings& settings);

}  // namespace vnf::host
