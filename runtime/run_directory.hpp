// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Where daemons and tools meet when nothing is configured (design decision 14). One place decides it, so that
// guest-client, host-agent, guestctl, vnfctl and the demo agree.
#pragma once

#include <filesystem>

namespace vnf::runtime {

/// $VNF_RUN_DIR if set; /run/vnf-guest-sdk for root; $XDG_RUNTIME_DIR/vnf-guest-sdk if set; else
/// /tmp/vnf-guest-sdk-UID. Not created.
std::filesystem::path run_directory();

/// What outlives a restart of the machine: $VNF_STATE_DIR if set; the first of systemd's $STATE_DIRECTORY;
/// /var/lib/vnf-guest-sdk for root; else `state` in run_directory(). Not created.
std::filesystem::path default_state_directory();

/// Creates `path` (and its parents) with mode 0700 for a directory that this user owns; throws std::runtime_error
/// naming the path if it exists with another owner, is a link, or can be written by others.
void ensure_private_directory(const std::filesystem::path& path);

/// Names inside run_directory().
std::filesystem::path default_guest_directory();       ///< guests/ : where guest-client listens, host-agent looks
std::filesystem::path default_host_api_socket();       ///< host-agent.sock
std::filesystem::path default_guest_control_socket();  ///< guest-client.sock
std::filesystem::path default_group_socket();          ///< server-group.sock : libservergroup's handles
std::filesystem::path default_scale_socket();          ///< guest-scale.sock : libguestscale's handles
std::filesystem::path default_scale_control_socket();  ///< guest-scale-agent.sock
/// Where avp-host listens: /run/vnf-avp-host for root, else avp/ in run_directory(); $VNF_RUN_DIR/avp if that is set.
std::filesystem::path default_avp_directory();
std::filesystem::path default_avp_control_socket();  ///< avp-host.sock in it
/// The old path /var/run/.guest_heartbeat_api for root, else guest_heartbeat_api in run_directory().
std::filesystem::path default_application_socket();

}  // namespace vnf::runtime
