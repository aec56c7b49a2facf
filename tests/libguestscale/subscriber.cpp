// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors

#include "subscriber.hpp"

#include <stdexcept>

namespace vnf::test {
namespace {

Subscriber& self(void* context) {
    return *static_cast<Subscriber*>(context);
}

void call(const std::function<void()>& hook) {
    if (hook) {
        hook();
    }
}

vnf_gs_callbacks all_callbacks() {
    vnf_gs_callbacks callbacks;
    vnf_gs_callbacks_init(&callbacks);
    callbacks.state_changed = [](vnf_gs*, const vnf_gs_state_info* info, void* context) {
        self(context).states.push_back(*info);
        call(self(context).on_state);
    };
    callbacks.about = [](vnf_gs*, const vnf_gs_about* about, void* context) {
        self(context).abouts.push_back(*about);
        call(self(context).on_about);
    };
    callbacks.done = [](vnf_gs*, const vnf_gs_done* done, void* context) {
        self(context).dones.push_back(*done);
        call(self(context).on_done);
    };
    return callbacks;
}

}  // namespace

Subscriber::Subscriber(const Setup& setup) {
    vnf_gs_config config;
    vnf_gs_config_init(&config);
    config.name = "pool1";
    config.socket_path = setup.socket.c_str();
    config.answer = setup.answer;
    config.keep_affinity = setup.keep_affinity;
    config.back_off_min_ms = setup.back_off_min_ms;
    config.back_off_max_ms = setup.back_off_max_ms;
    const vnf_gs_callbacks callbacks = all_callbacks();
    if (vnf_gs_open(&config, setup.has_callbacks ? &callbacks : nullptr, this, &handle) != VNF_GS_OK) {
        throw std::runtime_error("vnf_gs_open");
    }
}

std::unique_ptr<ScalePeer> Subscriber::connect_with(ScriptedScaleAgent& agent, const wire::CpuSet& online) {
    auto peer = expect_connection(agent);
    expect<wire::ScaleHello>(*peer);
    peer->send(wire::ScaleState{online, online.last()});
    if (!wait_until([this] { return info().state == VNF_GS_STATE_CONNECTED; })) {
        throw std::runtime_error("not connected");
    }
    return peer;
}

vnf_gs_state_info Subscriber::info() const {
    vnf_gs_state_info known{};
    known.size = sizeof known;
    vnf_gs_get_state(handle, &known);
    return known;
}

wire::CpuSet set_of(const vnf_gs_cpus& cpus) {
    wire::CpuSet set;
    for (std::int32_t cpu = vnf_gs_cpus_next(&cpus, 0); cpu >= 0; cpu = vnf_gs_cpus_next(&cpus, cpu + 1)) {
        set.insert(*wire::Cpu::of(cpu));
    }
    return set;
}

}  // namespace vnf::test
