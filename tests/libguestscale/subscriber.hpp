// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application under test: a handle in its loop, everything its callbacks were told, and hooks to act inside them.
#pragma once

#include <vnf/guestscale.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scripted_agent.hpp"
#include "tests/libhandle/handle_loop.hpp"

namespace vnf::test {

struct GuestScale {
    using Handle = vnf_gs;
    using Error = vnf_gs_error;
    static constexpr auto get_fd = vnf_gs_get_fd;
    static constexpr auto next_timeout = vnf_gs_next_timeout;
    static constexpr auto dispatch = vnf_gs_dispatch;
    static constexpr auto close = vnf_gs_close;
};

class Subscriber : public HandleLoop<GuestScale, ScalePeer> {
  public:
    struct Setup {
        std::string socket;
        std::int32_t answer = VNF_GS_ANSWER_READY;
        std::int32_t keep_affinity = 0;
        std::uint32_t back_off_min_ms = 1, back_off_max_ms = 10;
        bool has_callbacks = true;
    };

    explicit Subscriber(const Setup& setup);
    ~Subscriber() { close(); }

    /// Connection, hello, and the state: this online set.
    std::unique_ptr<ScalePeer> connect_with(ScriptedScaleAgent& agent,
                                            const wire::CpuSet& online = {0, 1, 2, 3});
    vnf_gs_state_info info() const;

    std::vector<vnf_gs_state_info> states;
    std::vector<vnf_gs_about> abouts;
    std::vector<vnf_gs_done> dones;
    std::function<void()> on_state, on_about, on_done;
};

wire::CpuSet set_of(const vnf_gs_cpus& cpus);

}  // namespace vnf::test
