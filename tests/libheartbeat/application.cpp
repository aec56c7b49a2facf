// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "application.hpp"

#include <stdexcept>

namespace vnf::test {
namespace {

Application& self(void* context) {
    return *static_cast<Application*>(context);
}

void told_state(vnf_heartbeat*, const vnf_heartbeat_state_info* info, void* context) {
    self(context).states.push_back({info->state, info->error, info->system_error, info->daemon_version,
                                    info->interval_ms, info->reason});
    if (self(context).on_state)
        self(context).on_state(info->state);
}

void asked_health(vnf_heartbeat*, vnf_heartbeat_health* health, void* context) {
    ++self(context).health_checks;
    if (self(context).on_health)
        self(context).on_health(*health);
}

vnf_heartbeat_vote asked_action(vnf_heartbeat*, const vnf_heartbeat_action* action, void* context) {
    self(context).actions.push_back(*action);
    return self(context).on_action ? self(context).on_action(*action) : VNF_HEARTBEAT_VOTE_LATER;
}

void told_cancel(vnf_heartbeat*, std::uint64_t id, vnf_heartbeat_cancel_reason reason, const char* text,
                 void* context) {
    self(context).cancels.push_back({id, reason, text});
    if (self(context).on_cancel)
        self(context).on_cancel();
}

void told_extended(vnf_heartbeat*, std::uint64_t id, std::int32_t granted, std::uint32_t remaining_ms,
                   void* context) {
    self(context).extensions.push_back({id, granted != 0, remaining_ms});
    if (self(context).on_extended)
        self(context).on_extended();
}

vnf_heartbeat_config config_of(const Application::Setup& setup) {
    vnf_heartbeat_config config;
    vnf_heartbeat_config_init(&config);
    config.name = "app1";
    config.socket_path = setup.socket.c_str();
    config.interval_ms = setup.interval_ms;
    config.vote_ms = setup.vote_ms;
    config.corrective_action = setup.corrective_action;
    config.silent_close = setup.silent_close;
    config.require = setup.require;
    config.back_off_min_ms = setup.back_off_min_ms;
    config.back_off_max_ms = setup.back_off_max_ms;
    return config;
}

}  // namespace

Application::Application(const Setup& setup) {
    const vnf_heartbeat_config config = config_of(setup);
    vnf_heartbeat_callbacks callbacks;
    vnf_heartbeat_callbacks_init(&callbacks);
    callbacks.state_changed = told_state;
    callbacks.health_check = setup.has_health_callback ? asked_health : nullptr;
    callbacks.action = setup.has_action_callback ? asked_action : nullptr;
    callbacks.action_cancelled = told_cancel;
    callbacks.action_extended = told_extended;
    if (vnf_heartbeat_open(&config, &callbacks, this, &handle) != VNF_HEARTBEAT_OK)
        throw std::runtime_error("vnf_heartbeat_open");
}

std::unique_ptr<Peer> Application::register_at(ScriptedDaemon& daemon, wire::RecordVersion version) {
    auto peer = expect_connection(daemon);
    expect<wire::RecordInit>(*peer);
    if (version == wire::RecordVersion::V2) {
        peer->send(wire::RecordInitAck{1, true});
    } else {
        peer->send(wire::RecordInitAck{2, true});
        peer->speak_version_3();
        const auto registration = expect<wire::RecordRegister>(*peer);
        peer->send(wire::RecordRegisterAck{true, registration.interval_ms, ""});
    }
    if (!wait_until([this] { return state() == VNF_HEARTBEAT_STATE_REGISTERED; }))
        throw std::runtime_error("not registered");
    return peer;
}

vnf_heartbeat_state Application::state() const {
    vnf_heartbeat_state_info info{};
    info.size = sizeof info;
    vnf_heartbeat_get_state(handle, &info);
    return info.state;
}

}  // namespace vnf::test
