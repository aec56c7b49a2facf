// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A host-agent with one guest that it scales; the guest's scale agent is played by the test.
#pragma once

#include "shipped_binaries.hpp"
#include "tests/daemon/messaging_guest.hpp"

namespace vnf::test {

/// Guest vm1, instance-00000001, 1 to 4 vCPUs, on its messaging port. @ is the test's directory.
inline std::string scaled_guest(const std::string& more = {}, const std::string& id = "vm1") {
    return "  - {id: " + id + ", messaging: @/" + id +
           ".sock, name: instance-00000001, scaling: {min: 1, max: 4" + more + "}}\n";
}
/// Times in milliseconds, and what else is in the section.
inline std::string scale_section(const std::string& more = {}) {
    return "scaling: {state_directory: @/state" + more + "}\n";
}
inline const std::string short_times = ", guest_ms: 150, answer_ms: 200, timeout_ms: 300";
/// For tests in which the guest answers, however slow the machine is.
inline const std::string old_times = ", guest_ms: 2500, answer_ms: 30000, timeout_ms: 60000";

/// "down" of vCPU 3, leaving these online, as the old guest writes it.
inline std::string gave_up(int cpu, const std::string& online) {
    return R"({"result":"success","offline_cpu":)" + std::to_string(cpu) + R"(,"online_cpus":)" + online +
           R"(,"version":2,"resource":"cpu","direction":"down"})";
}
inline std::string brought_back(int cpu, const std::string& online) {
    return R"({"result":"success","online_cpu":)" + std::to_string(cpu) + R"(,"online_cpus":)" + online +
           R"(,"version":2,"resource":"cpu","direction":"up"})";
}

class ScaleHost {
  public:
    explicit ScaleHost(const std::string& section = old_times, const std::string& of_guest = {},
                       const std::string& more = {})
        : agent("guests:\n" + scaled_guest(of_guest) + scale_section(section) + more) {
        connect();
    }
    void connect() {
        guest.await_connected();
        agent.stage.until([this] { return number_of("connected") == "true"; }, "the guest to be connected");
    }

    /// A call under way while the guest answers.
    std::unique_ptr<HttpCall> call(std::string_view method, const std::string& verb,
                                   std::string_view body = {}) {
        return std::make_unique<HttpCall>(agent.stage, agent.api_socket(), method,
                                          "/v1/instances/vm1/" + verb, body);
    }
    std::unique_ptr<HttpCall> down() { return call("POST", "scale", R"({"direction":"down"})"); }
    std::unique_ptr<HttpCall> up() { return call("POST", "scale", R"({"direction":"up"})"); }
    std::unique_ptr<HttpCall> reconcile() { return call("POST", "scale/reconcile"); }
    Json state() { return agent.api("GET", "/v1/instances/vm1/scale").json(); }
    std::string number_of(std::string_view key) { return serialize(state().at(key)); }
    std::string online() { return number_of("online_cpus"); }

    /// The guest gives this one up, and the operation is done.
    HttpAnswer go_down(int cpu, const std::string& left) {
        const auto asked = down();
        guest.expect_scale();
        guest.answer_scale(gave_up(cpu, left));
        return asked->answer();
    }

    AgentUnderTest agent;
    MessagingGuest guest{agent.stage, agent.scratch / "vm1.sock"};
};

inline std::string error_code(const HttpAnswer& answer) {
    return text(answer.json().at("error").as_object(), "code");
}
inline std::string error_message(const HttpAnswer& answer) {
    return text(answer.json().at("error").as_object(), "message");
}

}  // namespace vnf::test
