// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "member.hpp"

#include <stdexcept>
#include <utility>

namespace vnf::test {
namespace {

Member& self(void* context) {
    return *static_cast<Member*>(context);
}

void call(const std::function<void()>& hook) {
    if (hook)
        hook();
}

void told_state(vnf_sg*, const vnf_sg_state_info* info, void* context) {
    self(context).states.push_back({info->state, info->error, info->system_error, info->reason});
    call(self(context).on_state);
}

void told_broadcast(vnf_sg*, const char* source, const char* text, std::size_t length, void* context) {
    self(context).broadcasts.push_back({source, std::string(text, length)});
    call(self(context).on_broadcast);
}

void told_notification(vnf_sg*, const vnf_sg_notification* told, void* context) {
    self(context).notifications.push_back({told->event_type, told->timestamp, told->member->instance_id,
                                           told->member->state, told->member->cause,
                                           std::string(told->json, told->json_length), told->member->json});
}

void told_status(vnf_sg*, const vnf_sg_status* status, void* context) {
    ToldStatus told{status->complete != 0, status->error, status->reason, {}, {}};
    for (std::uint32_t index = 0; index < status->count; ++index) {
        told.ids.emplace_back(status->members[index]->instance_id);
        told.entries.emplace_back(status->members[index]->json, status->members[index]->json_length);
    }
    self(context).statuses.push_back(std::move(told));
    call(self(context).on_status);
}

void told_change(vnf_sg*, const vnf_sg_change* change, void* context) {
    self(context).changes.push_back({change->kind, change->reason, change->member->instance_id,
                                     change->previous_state, change->member->state});
}

void told_missed(vnf_sg*, std::uint32_t messages, void* context) {
    self(context).missed.push_back(messages);
}

void told_refusal(vnf_sg*, const char* type, const char* reason, void* context) {
    self(context).refusals.push_back({type, reason});
}

void told_unsent(vnf_sg*, std::uint32_t messages, const char*, void* context) {
    self(context).unsent.push_back(messages);
}

vnf_sg_callbacks all_callbacks() {
    vnf_sg_callbacks callbacks;
    vnf_sg_callbacks_init(&callbacks);
    callbacks.state_changed = told_state;
    callbacks.broadcast = told_broadcast;
    callbacks.notification = told_notification;
    callbacks.status = told_status;
    callbacks.membership = told_change;
    callbacks.missed = told_missed;
    callbacks.refused = told_refusal;
    callbacks.unsent = told_unsent;
    return callbacks;
}

}  // namespace

Member::Member(const Setup& setup) {
    vnf_sg_config config;
    vnf_sg_config_init(&config);
    config.name = "app1";
    config.socket_path = setup.socket.c_str();
    config.status_timeout_ms = setup.status_timeout_ms;
    config.back_off_min_ms = setup.back_off_min_ms;
    config.back_off_max_ms = setup.back_off_max_ms;
    const vnf_sg_callbacks callbacks = all_callbacks();
    if (vnf_sg_open(&config, setup.has_callbacks ? &callbacks : nullptr, this, &handle) != VNF_SG_OK)
        throw std::runtime_error("vnf_sg_open");
}

std::unique_ptr<Peer> Member::link_with(ScriptedAgent& agent) {
    auto peer = expect_connection(agent);
    expect<wire::GroupHello>(*peer);
    peer->send(wire::GroupLink{true, ""});
    if (!wait_until([this] { return state() == VNF_SG_STATE_LINKED; }))
        throw std::runtime_error("not linked");
    return peer;
}

vnf_sg_state Member::state() const {
    vnf_sg_state_info info{};
    info.size = sizeof info;
    vnf_sg_get_state(handle, &info);
    return info.state;
}

}  // namespace vnf::test
