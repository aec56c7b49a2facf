// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Takes keys out of the store that no lease will ever take: everything of ours is under one. Page by page, and a key that
// changes meanwhile stays.
#pragma once

#include <string>

#include "host-agent/etcd/etcd_client.hpp"
#include "host-agent/group_service.hpp"

namespace vnf::host {

/// `on_swept` is called once, never from inside, within 10 s.
void start_group_sweep(boost::asio::io_context& io, EtcdClient& client, std::string base,
                       GroupService::OnSwept on_swept);

}  // namespace vnf::host
