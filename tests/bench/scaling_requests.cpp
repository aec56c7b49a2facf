// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A table of `scripts/bench scaling`: runs in a guest of scaling_bench.py, since it takes a vCPU and gives it back, and
// beside it on a folder in place of sysfs, with the kernel of the daemon tests preloaded (tests/harness/fake_kernel.cpp).
// Plays guest-client: says an old host's requests to guest-scale-agent and times each until its answer is there. In turn
// with rounds in which it writes the same to the vCPU's switch itself: that is the kernel's own time, the floor. Before
// each of them comes a request that changes nothing: by its answer the agent has dealt with what came before, and it is a
// sample of the agent's own part, without the kernel's.
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "runtime/local_datagram.hpp"
#include "tests/bench/footprint.hpp"
#include "tests/bench/report.hpp"
#include "tests/harness/deadline.hpp"
#include "tests/harness/file_descriptor.hpp"
#include "wire/messaging_envelope.hpp"
#include "wire/scale_message.hpp"

namespace vnf::bench {
namespace {

using wire::Cpu;
using wire::ScaleRequest;
using wire::ScaleResponse;

constexpr Cpu moved(3), stays(1);  // of four: the highest is the one that the agent takes
constexpr std::chrono::milliseconds timeout{9000};
constexpr double overhead_aim_us = 2000;
constexpr double private_aim_kib = 3 * 1024;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

struct Options {
    pid_t agent = 0;
    int rounds = 60;
    std::string sysfs = "/sys", address{wire::scale_address}, client_address{wire::messaging_agent_address},
                label, json_file;
};

/// guest-client's end of the datagrams.
class Requests {
  public:
    explicit Requests(const Options& options) : agent_(options.address) {
        std::error_code error;
        socket_ = runtime::bind_datagram_socket(options.client_address, error);
        if (error)
            throw std::system_error(error, "bind");
    }

    /// Its text is made before the clock starts: guest-client's part is no part of this.
    static std::string text(const ScaleRequest& request) {
        return wire::encode(wire::ServiceDelivery{"scale-00000001", wire::encode(request)});
    }
    ScaleResponse ask(const std::string& text) {
        if (::sendto(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL, agent_.get(), agent_.size) < 0)
            fail("send to guest-scale-agent");
        const harness::Deadline deadline(timeout);
        while (true) {
            pollfd waiting{socket_.get(), POLLIN, 0};
            if (::poll(&waiting, 1, deadline.poll_timeout()) == 0)
                throw std::runtime_error("no answer of guest-scale-agent");
            std::error_code error;
            const auto datagram = runtime::receive_datagram(socket_.get(), buffer_, error);
            if (datagram)
                return response(datagram->bytes);
        }
    }

  private:
    static ScaleResponse response(std::string_view datagram) {
        const auto envelope = wire::parse_service_request(datagram);
        if (const auto* request = std::get_if<wire::ServiceRequest>(&envelope)) {
            auto read = wire::parse_scale_response(request->data);
            if (auto* value = std::get_if<ScaleResponse>(&read))
                return std::move(*value);
        }
        throw std::runtime_error(fmt::format("no answer to a request: {}", datagram));
    }

    runtime::AbstractAddress agent_;
    runtime::FileDescriptor socket_;
    std::array<char, wire::messaging_line_limit> buffer_{};
};

template <typename Expected>
void check(const ScaleResponse& response, Cpu cpu) {
    if (const auto* failed = std::get_if<wire::ScaleFailed>(&response))
        throw std::runtime_error("guest-scale-agent answered: " + failed->reason);
    const auto* done = std::get_if<Expected>(&response);
    if (done == nullptr || done->cpu != cpu)
        throw std::runtime_error("guest-scale-agent did something else");
}

struct Times {
    Samples down, up;
};

class Measurement {
  public:
    /// Fails without an agent, before anything was touched.
    explicit Measurement(const Options& options)
        : moved_switch_(options.sysfs + "/devices/system/cpu/cpu3/online"),
          label_(options.label),
          requests_(options) {
        settle();
    }

    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            // Who goes first has no advantage of it.
            if (i % 2 == 0)
                kernel_round();
            agent_round();
            if (i % 2 != 0)
                kernel_round();
        }
    }
    void add_to(Report& report) const {
        add_rows(report, "down", agent_.down, kernel_.down);
        add_rows(report, "up", agent_.up, kernel_.up);
        for (const int percent : {5, 50, 99})
            report.add({fmt::format("{}request that changes nothing, p{}", label_, percent),
                        "us",
                        unchanged_.percentile(percent),
                        {},
                        "",
                        {}});
    }

  private:
    void write_switch(const char* value) {
        const harness::FileDescriptor file(::open(moved_switch_.c_str(), O_WRONLY | O_CLOEXEC));
        if (!file || ::write(file.get(), value, 1) != 1)
            fail(moved_switch_);
    }
    void settle() {
        unchanged_.time([this] { check<wire::ScaledUp>(requests_.ask(nothing_), stays); });
    }
    void agent_round() {
        settle();
        agent_.down.time([this] { check<wire::ScaledDown>(requests_.ask(down_), moved); });
        settle();
        agent_.up.time([this] { check<wire::ScaledUp>(requests_.ask(up_), moved); });
    }
    void kernel_round() {
        settle();
        kernel_.down.time([this] { write_switch("0"); });
        settle();
        kernel_.up.time([this] { write_switch("1"); });
    }
    /// The overhead is that of each round: what slows the machine slows both of its halves.
    void add_rows(Report& report, const std::string& direction, const Samples& ours,
                  const Samples& kernel) const {
        const std::string what = label_ + direction;
        const double overhead = ours.over(kernel).median();
        report.add({what + ", p50", "us", ours.median(), kernel.median(), "", {}});
        report.add({what + ", p99", "us", ours.percentile(99), kernel.percentile(99), "", {}});
        report.add(
            {what + ", p50 over the kernel's", "us", overhead, {}, "<= 2 ms", overhead <= overhead_aim_us});
    }

    const std::string down_ = Requests::text({wire::ScaleDown{}, timeout});
    const std::string up_ = Requests::text({wire::ScaleUp{moved, {0, 1, 2, moved}}, timeout});
    const std::string nothing_ = Requests::text({wire::ScaleUp{stays, {0, 1, 2, moved}}, timeout});
    const std::string moved_switch_, label_;
    Requests requests_;
    Times agent_, kernel_;
    Samples unchanged_;
};

void add_memory(Report& report, const Options& options) {
    const Memory memory = memory_of(options.agent);
    if (memory.private_kib <= 0)
        throw std::runtime_error("no memory of guest-scale-agent to be seen");
    report.add({options.label + "guest-scale-agent, private",
                "KiB",
                memory.private_kib,
                {},
                "<= 3 MB",
                memory.private_kib <= private_aim_kib});
    report.add({options.label + "guest-scale-agent, resident", "KiB", memory.resident_kib, {}, "", {}});
}

void run(const Options& options) {
    Measurement(options).rounds(1);  // the first takes what is not in memory yet
    Measurement measurement(options);
    measurement.rounds(options.rounds);
    Report report("scaling");
    report.print_header();
    measurement.add_to(report);
    add_memory(report, options);
    if (!(std::ofstream(options.json_file) << report.json()))
        throw std::runtime_error("cannot write " + options.json_file);
}

}  // namespace
}  // namespace vnf::bench

int main(int argc, char** argv) {
    vnf::bench::Options options;
    CLI::App app("Cost of a scale request beside the kernel's own time; takes vCPU 3 and gives it back");
    app.add_option("--agent", options.agent, "process id of guest-scale-agent")->required();
    app.add_option("--rounds", options.rounds)->check(CLI::PositiveNumber);
    app.add_option("--sysfs-root", options.sysfs, "in place of /sys");
    app.add_option("--address", options.address, "guest-scale-agent's");
    app.add_option("--client-address", options.client_address, "guest-client's, which this takes");
    app.add_option("--label", options.label, "in front of each figure");
    app.add_option("--json", options.json_file, "where the figures go")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        vnf::bench::run(options);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "scaling_requests: %s\n", error.what());
        return 1;
    }
}
