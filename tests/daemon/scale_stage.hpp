// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A shipped guest-scale-agent with its vCPUs: a folder that looks like /sys, and a kernel behind it (fake_kernel.cpp). Four
// vCPUs, 0 without a switch. In the network namespace of the test; its log is printed when the test fails.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/daemon/group_peers.hpp"
#include "wire/scale_record.hpp"

namespace vnf::test {

class ScaleMachine {
  public:
    explicit ScaleMachine(int cpus = 4);

    std::string root() const { return scratch_ / "sys-of-a-test"; }
    std::string folder() const { return root() + "/devices/system/cpu"; }
    std::string online() const { return first_word(folder() + "/online"); }
    std::string switch_of(int cpu) const {
        return first_word(folder() + "/cpu" + std::to_string(cpu) + "/online");
    }
    /// As fake_kernel.cpp says.
    void set_manner(int cpu, const std::string& manner) const;
    /// A write that hangs goes on. Waits until somebody hangs there.
    void release(int cpu) const;
    /// Somebody else's doing.
    void write(const std::string& name, const std::string& text) const;
    /// argv in front of a program that is to have this kernel.
    static std::vector<std::string> environment();

  private:
    static std::string first_word(const std::string& file);
    ScratchDirectory scratch_;
};

struct ScaleAgentOptions {
    std::string helper{};  ///< the body of a shell script; empty: there is none
    std::string settings{};
    std::vector<std::string> arguments{};
    std::string client_address = "cgcs.messaging";
};

class ScaleAgentUnderTest {
  public:
    explicit ScaleAgentUnderTest(Stage& stage, ScaleAgentOptions options = {}, int cpus = 4);
    ~ScaleAgentUnderTest();

    const ScratchDirectory scratch;
    const ScaleMachine machine;

    std::string helper() const { return scratch / "helper"; }
    /// What the helper script appended to it.
    std::string said_by_helper() const { return read_file(scratch / "said"); }
    std::string application_socket() const { return scratch / "scale.sock"; }
    std::string control_socket() const { return scratch / "control.sock"; }
    std::string state_file() const { return scratch / "state/offline_cpus"; }
    Process& process() { return *process_; }
    void restart();
    /// Ends it by this signal and waits.
    void end(int signal);
    void start();

    HttpAnswer control(std::string_view method, std::string_view path) {
        return http(stage_, control_socket(), method, path);
    }
    Json status() { return control("GET", "/v1/status").json(); }
    std::int64_t counter(const std::string& name) {
        return number(status().at("counters").as_object(), name);
    }
    std::int64_t refused(const std::string& reason) {
        return number(status().at("requests").as_object().at("refused").as_object(), reason);
    }

  private:
    Stage& stage_;
    std::vector<std::string> argv_;
    std::unique_ptr<Process> process_;
};

/// A handle of libguestscale, played with records.
class ScaleApplication : public Actor {
  public:
    /// Connects, says its name and waits for the state.
    ScaleApplication(Stage& stage, const std::string& socket, const std::string& name = "app");

    void send(const wire::ScaleClientRecord& record);
    void leave() { fd_.reset(); }
    bool connected() const { return static_cast<bool>(fd_); }
    /// The next record of this type; those before it are passed over.
    template <typename Record>
    Record expect(std::string_view what) {
        std::optional<Record> found;
        stage().until(
            [&] {
                while (!records_.empty() && !found) {
                    if (const auto* record = std::get_if<Record>(&records_.front()))
                        found = *record;
                    records_.pop_front();
                }
                return found.has_value();
            },
            what);
        return *found;
    }
    wire::ScaleAbout about() { return expect<wire::ScaleAbout>("what is about to happen"); }
    std::deque<wire::ScaleAgentRecord>& records() { return records_; }

    int wait_fd() const override { return fd_.get(); }
    void readable() override;

  private:
    FileDescriptor fd_;
    std::deque<wire::ScaleAgentRecord> records_;
};

/// The whole of a guest: guest-client with a host on its messaging port, and the agent behind it.
struct ScaleGuest {
    explicit ScaleGuest(ScaleAgentOptions options = {}, const std::string& settings = {});

    /// A line as an old host writes it, `data` to cgcs.scale.
    void ask(const std::string& data, const std::string& from = "scale-00000001");
    /// The `data` of the next answer, as it stands.
    std::string answer(const std::string& to = "scale-00000001");
    std::string exchange(const std::string& data) {
        ask(data);
        return answer();
    }

    GroupGuest client;
    Stage& stage = client.stage;
    ScaleAgentUnderTest agent;
};

/// What an old host says.
std::string scale_down(int timeout_ms = 9000);
std::string scale_up(int cpu, const std::string& online, int timeout_ms = 9000);
/// What an old guest answers.
std::string scaled_down(int cpu, const std::string& online);
std::string scaled_up(int cpu, const std::string& online);
std::string scale_failed(const std::string& direction, const std::string& reason);

}  // namespace vnf::test
