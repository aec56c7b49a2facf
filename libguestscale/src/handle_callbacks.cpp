// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Calls into the application. Each runs without the lock: the handle may have been closed or the connection lost when it
// returns, and the session knows. The threads' masks are recorded before such a call and given back before it, so
// that the application finds them as it left them.

#include <algorithm>
#include <limits>

#include "handle.hpp"
#include "wire/text.hpp"

using vnf::guestscale::AboutToScale;
using vnf::guestscale::Clock;
using vnf::guestscale::Scaled;
using vnf::guestscale::StateChanged;
using vnf::libhandle::Unlocked;
namespace wire = vnf::wire;

namespace {

vnf_gs_cpus cpus_of(const wire::CpuSet& set) {
    vnf_gs_cpus cpus{};
    for (const wire::Cpu cpu : set)
        cpus.bits[cpu.number() / 64] |= std::uint64_t{1} << cpu.number() % 64;
    return cpus;
}

std::int32_t number_of(std::optional<wire::Cpu> cpu) {
    return cpu ? cpu->number() : -1;
}

vnf_gs_direction direction_of(wire::ScaleDirection direction) {
    return direction == wire::ScaleDirection::Down ? VNF_GS_DOWN : VNF_GS_UP;
}

}  // namespace

namespace vnf::guestscale {

vnf_gs_state_info describe(const StateChanged& state) {
    vnf_gs_state_info info{};
    info.size = sizeof info;
    info.state = state.state;
    info.error = state.error;
    info.system_error = state.system_error;
    info.next_down = number_of(state.next);
    info.online = cpus_of(state.online);
    return info;
}

}  // namespace vnf::guestscale

void vnf_gs::call_back(Lock& lock, const vnf::guestscale::Event& event) {
    std::visit([this, &lock](const auto& one) { tell(lock, one); }, event);
}

void vnf_gs::keep_masks() {
    if (session_.settings().keeps_affinity)
        masks_.record(process_);
}

/// An empty set is an agent that could not read it: nothing is known to be lost.
vnf::guestscale::AffinityRecord::Outcome vnf_gs::give_back(const wire::CpuSet& online) {
    if (!session_.settings().keeps_affinity || online.empty())
        return {};
    masks_.note_loss(online);
    return masks_.restore(online);
}

void vnf_gs::tell(Lock& lock, const StateChanged& change) {
    if (change.state == VNF_GS_STATE_CONNECTED) {
        if (masks_.size() == 0)
            keep_masks();
        give_back(change.online);
    }
    if (callbacks_.state_changed == nullptr)
        return;
    const vnf_gs_state_info info = vnf::guestscale::describe(change);
    const Unlocked unlocked(lock);
    callbacks_.state_changed(this, &info, context_);
}

void vnf_gs::tell(Lock& lock, const AboutToScale& told) {
    if (told.about.direction == wire::ScaleDirection::Down)
        keep_masks();
    if (callbacks_.about != nullptr) {
        const auto left = std::chrono::floor<std::chrono::milliseconds>(told.deadline - Clock::now()).count();
        vnf_gs_about about{};
        about.size = sizeof about;
        about.event = told.about.event;
        about.direction = direction_of(told.about.direction);
        about.cpu = number_of(told.about.cpu);
        about.next_down = number_of(told.next);
        about.timeout_ms = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(left, 0, std::numeric_limits<std::int32_t>::max()));
        about.online = cpus_of(told.online);
        const Unlocked unlocked(lock);
        callbacks_.about(this, &about, context_);
    }
    // Nobody who is not told can answer later. What the callback has answered itself is no event any more.
    if (!gate_.is_closing() && (callbacks_.about == nullptr || !session_.settings().answers_later))
        session_.ready(told.about.event, Clock::now());
}

void vnf_gs::tell(Lock& lock, const Scaled& scaled) {
    const auto outcome = give_back(scaled.online);
    if (callbacks_.done == nullptr)
        return;
    vnf_gs_done done{};
    done.size = sizeof done;
    done.event = scaled.event;
    done.direction = direction_of(scaled.direction);
    done.happened = scaled.cpu ? 1 : 0;
    done.cpu = number_of(scaled.cpu);
    done.threads_repinned = static_cast<std::int32_t>(outcome.threads);
    done.threads_failed = static_cast<std::int32_t>(outcome.failed);
    done.online = cpus_of(scaled.online);
    wire::clean_utf8(scaled.reason, VNF_GS_REASON_MAX).copy(done.reason, sizeof done.reason - 1);
    const Unlocked unlocked(lock);
    callbacks_.done(this, &done, context_);
}
