// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An application under test: a handle, everything its callbacks were told, and hooks to act inside them. wait_until() is
// its loop, which does exactly what the header asks for: dispatch when the descriptor is readable or the time has come,
// and not otherwise. A handle that forgets to ask for a dispatch therefore fails its test.
#pragma once

#include <vnf/guestscale.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "scripted_agent.hpp"

namespace vnf::test {

class Subscriber {
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
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    void close();
    /// Runs the loop until the condition holds; false when it does not within a generous bound. The peer wakes it too.
    bool wait_until(const std::function<bool()>& condition, ScalePeer* peer = nullptr);
    /// Waits for a record of this type at this peer.
    template <typename Record>
    Record expect(ScalePeer& peer) {
        std::optional<Record> record;
        if (!wait_until([&record, &peer] { return (record = peer.take<Record>()).has_value(); }, &peer)) {
            throw std::runtime_error("the record did not come");
        }
        return *record;
    }
    std::unique_ptr<ScalePeer> expect_connection(ScriptedScaleAgent& agent);
    /// Connection, hello, and the state: this online set.
    std::unique_ptr<ScalePeer> connect_with(ScriptedScaleAgent& agent,
                                            const wire::CpuSet& online = {0, 1, 2, 3});
    vnf_gs_state_info info() const;

    vnf_gs* handle = nullptr;
    vnf_gs_error last_dispatch = VNF_GS_OK;
    std::vector<vnf_gs_state_info> states;
    std::vector<vnf_gs_about> abouts;
    std::vector<vnf_gs_done> dones;
    std::function<void()> on_state, on_about, on_done;
};

wire::CpuSet set_of(const vnf_gs_cpus& cpus);

}  // namespace vnf::test
