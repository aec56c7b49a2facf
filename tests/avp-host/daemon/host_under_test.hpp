// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// The shipped avp-host in a directory of the test's own, with guests on its sockets (see socket_guest.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/avp-host/presentation/socket_guest.hpp"
#include "tests/harness/http_call.hpp"
#include "tests/harness/process.hpp"
#include "tests/harness/scratch_directory.hpp"

namespace vnf::avp::test {

class HostUnderTest {
  public:
    /// `settings` is YAML; in it, @ stands for the test's directory, where sockets have their ports' names. Empty: none.
    explicit HostUnderTest(std::string settings = {}, std::vector<std::string> arguments = {});
    ~HostUnderTest();

    harness::Stage stage;
    const harness::ScratchDirectory scratch;

    std::string control() const { return scratch / "avp/avp-host.sock"; }
    std::string socket(const std::string& port) const { return scratch / ("avp/" + port + ".sock"); }
    harness::Process& process() { return *process_; }
    /// Kills it if it still runs, and starts it again.
    void restart();
    void rewrite_settings(std::string settings);

    harness::HttpAnswer call(std::string_view method, std::string_view path, std::string_view body = {}) {
        return harness::http(stage, control(), method, path, body);
    }
    /// The number at a JSON pointer of a port's document.
    std::uint64_t number(const std::string& port, const std::string& pointer);
    std::string word(const std::string& port, const std::string& pointer);
    /// Looks again and again until it is so.
    void await_number(const std::string& port, const std::string& pointer, std::uint64_t wanted);
    void await_word(const std::string& port, const std::string& pointer, const std::string& wanted);

    std::vector<std::string> avpctl_line(std::vector<std::string> arguments) const;
    harness::Completed avpctl(std::vector<std::string> arguments);

  private:
    void start();

    std::vector<std::string> argv_;
    std::unique_ptr<harness::Process> process_;
};

/// Runs avp-host to its end.
harness::Completed run_avp_host(const harness::ScratchDirectory& scratch, std::vector<std::string> arguments);

/// The addresses of vm1, vm2 ... in these tests, and of a host without settings.
constexpr std::uint64_t address_of(unsigned vm) {
    return 0x026176700000 + vm;
}
constexpr std::uint64_t kEverybody = 0xFFFFFFFFFFFF;

}  // namespace vnf::avp::test
