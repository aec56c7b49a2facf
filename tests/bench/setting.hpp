// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// Who takes part in a measurement: the shipped daemons as a benchmark starts them, the floor's programs in
// the same places, and the programs that play applications and guests for both.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/channel.hpp"
#include "tests/bench/program.hpp"
#include "tests/harness/json_lines.hpp"
#include "tests/harness/process.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::bench {

/// guest-client, or the floor's relay, with the sockets that both have.
class GuestSide {
  public:
    enum class Kind { Ours, Floor };
    explicit GuestSide(Kind kind);

    std::string host_socket() const {
        return scratch_ / "cgcs.heartbeat.00000000-0000-4000-8000-000000000001.sock";
    }
    std::string application_socket() const { return scratch_ / "applications.sock"; }
    std::unique_ptr<Program> applications(std::size_t count, int interval_ms = 60000) const;
    pid_t pid() const { return process_ ? process_->pid() : floor_->pid(); }

  private:
    harness::ScratchDirectory scratch_;
    std::unique_ptr<harness::Process> process_;
    std::unique_ptr<Program> floor_;
};

/// The shipped host-agent. Its log is errors only, its actuator the journal, its rate limits out of the way.
class HostAgent {
  public:
    explicit HostAgent(const std::vector<std::string>& arguments, std::string_view more_settings = {});
    std::string api_socket() const { return scratch_ / "api.sock"; }
    pid_t pid() const { return process_->pid(); }
    /// GET `path`, the body parsed.
    harness::Json get(const std::string& path) const;
    /// Until instance vm1 is in that state and of that health.
    void await_instance(std::string_view state, std::string_view health) const;

  private:
    harness::ScratchDirectory scratch_;
    std::unique_ptr<harness::Process> process_;
};

/// host-agent, or the floor's host, on the channel of one guest.
class HostSide {
  public:
    HostSide(GuestSide::Kind kind, const GuestSide& guest);
    std::string api_socket() const { return ours_ ? ours_->api_socket() : scratch_ / "api.sock"; }
    const HostAgent* ours() const { return ours_.get(); }

  private:
    harness::ScratchDirectory scratch_;
    std::unique_ptr<HostAgent> ours_;
    std::unique_ptr<Program> floor_;
};

/// The driver in host-agent's place: capabilities negotiated, so that no rule for old hosts slows the guest.
class DriverHost {
  public:
    explicit DriverHost(const std::string& socket);
    /// For the floor: nobody sends init there.
    struct NoHandshake {};
    DriverHost(const std::string& socket, NoHandshake);
    void challenge();
    void vote();
    Channel& channel() { return channel_; }

  private:
    Channel channel_;
    std::int32_t number_ = 100000;
};

std::unique_ptr<DriverHost> drive(const GuestSide& guest, GuestSide::Kind kind);

}  // namespace vnf::bench
