// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One shipped host-agent, started for one test with a watched directory of its own. Its log is printed when the test
// fails.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/harness/http_call.hpp"
#include "tests/harness/process.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "tests/harness/scripted_guest.hpp"

namespace vnf::test {

using namespace vnf::harness;  // NOLINT(google-build-using-namespace): the language of these tests

class AgentUnderTest {
  public:
    /// `settings` is YAML. In it, @ stands for the test's directory.
    explicit AgentUnderTest(std::string settings = {}, std::vector<std::string> arguments = {},
                            std::vector<std::string> environment = {});
    ~AgentUnderTest();

    Stage stage;
    const ScratchDirectory scratch;

    std::string api_socket() const { return scratch / "api.sock"; }
    std::string guest_directory() const { return scratch / "guests"; }
    /// The socket of instance `uuid` in the watched directory.
    std::string guest_socket(const std::string& uuid) const;
    Process& process() { return *process_; }
    /// Kills it if it still runs and starts it again with the same arguments.
    void restart();
    /// For reloads.
    void rewrite_settings(std::string settings);

    HttpAnswer api(std::string_view method, std::string_view path, std::string_view body = {}) {
        return http(stage, api_socket(), method, path, body);
    }
    Json instance(const std::string& id) { return api("GET", "/v1/instances/" + id).json(); }
    /// Every event from the first one on, in a stream that stays open.
    std::unique_ptr<HttpEvents> events() {
        return std::make_unique<HttpEvents>(stage, api_socket(), "/v1/events?since=0");
    }
    void await_state(const std::string& id, const std::string& state);
    double metric(const std::string& name, const std::string& label = {});

  private:
    void start();

    std::vector<std::string> argv_, environment_;
    std::unique_ptr<Process> process_;
};

inline const std::string uuid_1 = "11111111-2222-4333-8444-555555555501";
inline const std::string uuid_2 = "11111111-2222-4333-8444-555555555502";

/// A host-agent whose corrective actions append a line to `acted` in its directory, with no rate limit that a test
/// could meet.
inline const std::string exec_settings =
    "actuator:\n  kind: exec\n  command: [@/act]\n  guest_burst: 1000\n  guest_period_ms: 1\n  global_burst: "
    "1000\n";
inline const std::string exec_script =
    "echo \"$1 $VNF_INSTANCE $VNF_ACTION $VNF_CAUSE $VNF_APPLICATION\" >> $(dirname $0)/acted";

}  // namespace vnf::test
