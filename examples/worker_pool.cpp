// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// A worker pool that grows and shrinks with the VM's vCPUs: one pinned thread for each. Before a vCPU goes, its worker ends
// its piece of work; once it is back, it has a worker again. One JSON line a change. With --stay the workers run on when
// their vCPU goes, as those of a program that knows nothing of scaling, and libguestscale re-pins them.

#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vnf/guestscale.hpp>

#include "pinned_workers.hpp"

namespace {

constexpr const char* help =
    "usage: %s [option...]\n"
    "A pool of pinned worker threads, one for each online vCPU. Prints a JSON line for each change.\n"
    "\n"
    "  -n, --name NAME      shown to operators of the guest (default: worker-pool)\n"
    "  -m, --min N          refuses to shrink below N workers (default 1)\n"
    "  -r, --refuse REASON  refuses every vCPU that is to go\n"
    "  -c, --choose CPU     gives this vCPU up, if it may choose\n"
    "  -b, --busy           workers that never rest\n"
    "  -y, --stay           workers run on when their vCPU goes, and are re-pinned\n"
    "  -s, --socket PATH    guest-scale-agent's socket (default: $VNF_GUESTSCALE_SOCKET, else\n"
    "                       /run/vnf-guest-sdk/guest-scale.sock)\n"
    "  -h, --help           this\n"
    "  -V, --version        the library's version\n";

struct Options {
    const char* name = "worker-pool";
    const char* socket = nullptr;
    const char* refusal = nullptr;
    int least = 1, choice = -1;
    bool busy = false, stay = false;
};

/// Quotes and backslashes are all that a reason of the agent may need escaped: it has no control characters.
std::string quoted(const char* text) {
    std::string out = "\"";
    for (; *text != '\0'; ++text) {
        if (*text == '"' || *text == '\\')
            out += '\\';
        out += static_cast<unsigned char>(*text) < 0x20 ? ' ' : *text;
    }
    return out + '"';
}

class Pool final : public vnf::guestscale::Handler {
  public:
    explicit Pool(const Options& options) : options_(options), workers_(options.busy) {}

    vnf_gs_error open(const vnf_gs_config& config) { return subscription_.open(config, *this); }
    vnf::guestscale::Subscription& subscription() { return subscription_; }

    /// Without an agent: on what this process may run on.
    void start() {
        cpu_set_t mask;
        CPU_ZERO(&mask);
        ::sched_getaffinity(0, sizeof mask, &mask);
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(static_cast<std::size_t>(cpu), &mask))
                workers_.start(cpu);
        report("start", -1);
    }
    void stop() { report("stop", -1); }

    void state_changed(const vnf_gs_state_info& info) override {
        if (info.state == VNF_GS_STATE_CONNECTED)
            follow(info.online);
        report(vnf_gs_state_name(info.state), -1, info.error != VNF_GS_OK ? vnf_gs_strerror(info.error) : "");
    }

    void about(const vnf_gs_about& about) override {
        if (about.direction == VNF_GS_UP)
            return report("about_up", about.cpu);
        const int cpu = choose(about);
        report("about_down", cpu);
        const int left = static_cast<int>(workers_.cpus().size()) - (workers_.has(cpu) ? 1 : 0);
        if (options_.refusal != nullptr || left < options_.least) {
            const char* const reason =
                options_.refusal != nullptr ? options_.refusal : "the pool has its least number of workers";
            subscription_.refuse(about.event, reason);
            return report("refused", cpu, reason);
        }
        if (!options_.stay)
            workers_.stop(cpu);
        // Returning says ready.
    }

    void done(const vnf_gs_done& done) override {
        follow(done.online);
        const char* const what = done.happened == 0              ? "abandoned"
                                 : done.direction == VNF_GS_DOWN ? "down"
                                                                 : "up";
        report(what, done.cpu, done.reason, done.threads_repinned);
    }

  private:
    /// The vCPU that goes, as far as that is known.
    int choose(const vnf_gs_about& about) {
        if (about.cpu >= 0)
            return about.cpu;
        const int wish = options_.choice >= 0 ? options_.choice : about.next_down;
        return subscription_.choose(about.event, wish) == VNF_GS_OK ? wish : about.next_down;
    }

    void follow(const vnf_gs_cpus& online) {
        for (const int cpu : workers_.cpus())
            if (!options_.stay && vnf_gs_cpus_has(&online, cpu) == 0)
                workers_.stop(cpu);
        for (const int32_t cpu : vnf::guestscale::each(online))
            workers_.start(cpu);
    }

    void report(const char* event, int cpu, const char* reason = "", int repinned = 0) const {
        std::string list;
        for (const int worker : workers_.cpus())
            list += (list.empty() ? "" : ",") + std::to_string(worker);
        std::printf("{\"event\":\"%s\",\"cpu\":%d,\"workers\":[%s],\"repinned\":%d,\"work\":%" PRIu64
                    ",\"reason\":%s}\n",
                    event, cpu, list.c_str(), repinned, workers_.work_done(), quoted(reason).c_str());
        std::fflush(stdout);
    }

    Options options_;
    workers::PinnedWorkers workers_;
    vnf::guestscale::Subscription subscription_;
};

[[noreturn]] void refuse(const char* program, const char* what) {
    std::fprintf(stderr, "%s: %s\n", program, what);
    std::exit(2);
}

int parse_number(const char* program, const char* text, int lowest) {
    char* end = nullptr;
    const long value = std::strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < lowest || value >= VNF_GS_CPU_LIMIT)
        refuse(program, "a number is out of range");
    return static_cast<int>(value);
}

Options parse(int argc, char** argv) {
    static const option known[] = {
        {"name", required_argument, nullptr, 'n'},   {"min", required_argument, nullptr, 'm'},
        {"refuse", required_argument, nullptr, 'r'}, {"choose", required_argument, nullptr, 'c'},
        {"busy", no_argument, nullptr, 'b'},         {"stay", no_argument, nullptr, 'y'},
        {"socket", required_argument, nullptr, 's'}, {"help", no_argument, nullptr, 'h'},
        {"version", no_argument, nullptr, 'V'},      {nullptr, 0, nullptr, 0}};
    Options options;
    for (int letter = 0; (letter = ::getopt_long(argc, argv, "n:m:r:c:bys:hV", known, nullptr)) != -1;) {
        switch (letter) {
            case 'n':
                options.name = optarg;
                break;
            case 'm':
                options.least = parse_number(argv[0], optarg, 1);
                break;
            case 'r':
                options.refusal = optarg;
                break;
            case 'c':
                options.choice = parse_number(argv[0], optarg, 1);
                break;
            case 'b':
                options.busy = true;
                break;
            case 'y':
                options.stay = true;
                break;
            case 's':
                options.socket = optarg;
                break;
            case 'h':
                std::printf(help, argv[0]);
                std::exit(0);
            case 'V':
                std::printf("%s (libguestscale %s)\n", argv[0], vnf_gs_version());
                std::exit(0);
            default:
                std::exit(2);
        }
    }
    return options;
}

/// Before the first worker, so that none of them takes the signal.
int open_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// True when asked to end.
bool run(vnf::guestscale::Subscription& subscription, int signals) {
    while (true) {
        pollfd waiting[] = {{subscription.fd(), POLLIN, 0}, {signals, POLLIN, 0}};
        if (::poll(waiting, 2, subscription.next_timeout()) < 0 && errno != EINTR)
            return false;
        if (waiting[1].revents != 0)
            return true;
        if (subscription.dispatch() != VNF_GS_OK)
            return false;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    const int signals = open_signals();
    Pool pool(options);
    vnf_gs_config config;
    vnf_gs_config_init(&config);
    config.name = options.name;
    config.socket_path = options.socket;
    const vnf_gs_error error = pool.open(config);
    if (error != VNF_GS_OK)
        refuse(argv[0], vnf_gs_strerror(error));
    pool.start();
    const bool was_asked = run(pool.subscription(), signals);
    pool.stop();
    return was_asked ? 0 : 1;
}
