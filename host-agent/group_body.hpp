// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Sizes: what a server-group message must not exceed so that an old application can take it, 4096 bytes of one
// datagram (server-group specification, section 3.5), and how a body is made to fit: by emptying, never by removing.
#pragma once

#include <optional>
#include <string_view>

#include "wire/server_group_message.hpp"

namespace vnf::host {

/// The bytes of the datagram in which an old guest's agent hands this `data` to its application.
std::size_t old_datagram_size(const wire::JsonText& data);

/// What the body of a status entry, or of a notification, may have.
std::size_t status_body_limit();
std::size_t notification_body_limit();

/// `body`, or its `payload`, with as many of `image_meta`, `metadata`, `bandwidth`, `fixed_ips` emptied, in this order, as
/// it takes; nothing if that is not enough.
std::optional<wire::JsonText> fitting(const wire::JsonText& body, std::size_t limit);

}  // namespace vnf::host
