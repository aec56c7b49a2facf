// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The JSON bodies of the control interface: documents that are answered, requests that are read. Strict: an
// unknown key or a wrong type is an error that names the key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "host-agent/action_transaction.hpp"
#include "host-agent/host_agent.hpp"

namespace vnf::host {

/// One sentence that names what is wrong with a body.
struct BodyError {
    std::string text;
};

struct CancelRequest {
    std::string reason;
};

std::variant<ActionRequest, BodyError> read_action_request(std::string_view body,
                                                           wire::Notification notification,
                                                           const std::string& default_origin);
std::variant<CancelRequest, BodyError> read_cancel_request(std::string_view body, const std::string& origin);
std::variant<GuestSpec, BodyError> read_guest_request(std::string_view body);
/// {"reporting": "enabled" | "disabled"}
std::variant<bool, BodyError> read_reporting_request(std::string_view body);

/// {"name"?}: under which a guest joins a group; empty: its own.
std::variant<std::string, BodyError> read_join_request(std::string_view body);
/// {"event", "cause"?}
std::variant<MemberChange, BodyError> read_event_request(std::string_view body);

/// {"direction": "up" | "down"}
std::variant<ScaleTask, BodyError> read_scale_request(std::string_view body);
/// {"offline_cpus": [1, ...]}
std::variant<wire::CpuSet, BodyError> read_offline_request(std::string_view body);
/// {"name": number, ...}
std::variant<wire::MetricValues, BodyError> read_metrics_request(std::string_view body);

std::string status_document(HostAgent& agent);
std::string instances_document(const HostAgent& agent);
/// What the agent knows of this id on either channel; one of the two is not null.
std::string instance_document(const GuestSession* session, const GroupMember* member);
std::string outcome_document(const std::string& id, const ActionOutcome& outcome);
std::string removed_document(std::string_view id);
std::string reporting_document(bool enabled);

// Scaling: scaling/scale_documents.cpp. `id` has scaling.
std::string scaling_document(const HostAgent& agent, const std::string& id);
std::string scaled_document(const HostAgent& agent, const std::string& id, const ScaleOutcome& outcome,
                            std::chrono::nanoseconds took);

// Server groups: group_documents.cpp.
std::string groups_document(const HostAgent& agent);
/// Nothing if nobody is in such a group.
std::optional<std::string> group_document(const HostAgent& agent, std::string_view name);
std::string member_document(const GroupMember& member);
std::string left_document(std::string_view id, std::string_view group);
std::string swept_document(const GroupService::Swept& swept);

}  // namespace vnf::host
