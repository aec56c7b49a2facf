// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// One shipped guest-client, started for one test in a directory of its own, with its stage. Its log is printed when
// the test fails.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/harness/http_call.hpp"
#include "tests/harness/process.hpp"
#include "tests/harness/scratch_directory.hpp"
#include "tests/harness/scripted_application.hpp"
#include "tests/harness/scripted_host.hpp"

namespace vnf::test {

using namespace vnf::harness;  // NOLINT(google-build-using-namespace): the language of these tests
using wire::CorrectiveAction;
using wire::Event;
using wire::Health;
using wire::Notification;
using wire::RecordVersion;
using wire::VoteResult;

inline const std::vector<std::string> all_capabilities{"health_push", "action_control", "fast_interval"};

struct GuestOptions {
    std::string settings{};         ///< YAML; empty: none
    std::string legacy_settings{};  ///< the old file; empty: none
    std::string name = "vm1";
    std::string device{};                    ///< empty: `listen:` at host_socket()
    std::vector<std::string> arguments{};    ///< further ones
    bool messaging = false;                  ///< `listen:` at messaging_socket(), handles at group_socket()
    std::vector<std::string> environment{};  ///< added to the test's own
};

class GuestUnderTest {
  public:
    explicit GuestUnderTest(GuestOptions options = {});
    ~GuestUnderTest();

    Stage stage;
    const ScratchDirectory scratch;

    std::string host_socket() const { return scratch / "host.sock"; }
    std::string messaging_socket() const { return scratch / "messaging.sock"; }
    std::string group_socket() const { return scratch / "group.sock"; }
    std::string application_socket() const { return scratch / "applications.sock"; }
    std::string control_socket() const { return scratch / "control.sock"; }
    Process& process() { return *process_; }
    /// Kills it if it still runs and starts it again with the same arguments.
    void restart();

    HttpAnswer control(std::string_view method, std::string_view path);
    /// GET of one path of the control socket.
    Json status(std::string_view path = "/v1/status") { return control("GET", path).json(); }
    /// The sum of all samples of this metric whose labels contain `label`.
    double metric(const std::string& name, const std::string& label = {});
    /// The text of the settings file that a reload will read.
    void rewrite_settings(const std::string& yaml) { scratch.write("guest-client.yaml", yaml); }

  private:
    void start();

    std::vector<std::string> argv_, environment_;
    std::unique_ptr<Process> process_;
};

/// The same for every daemon with Prometheus text.
double sum_of_metric(const std::string& text, const std::string& name, const std::string& label);

}  // namespace vnf::test
