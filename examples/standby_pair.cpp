// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 The VNF Guest SDK Authors
//
// An active/standby pair over a server group: each broadcasts who and where it is, one is active, the other takes over
// when the host tells that the active one's guest is out, or when it is silent. One line a change. A place to start
// from: do the work where the role is printed. Who is active is decided in standby_election.cpp.

#include <getopt.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vnf/servergroup.hpp>

#include "standby_election.hpp"

namespace {

using standby::Clock;
using standby::milliseconds;

constexpr const char* help =
    "usage: %s --id ID [option...]\n"
    "One of an active/standby pair: elects by broadcast, fails over when the other's guest fails or is "
    "silent.\n"
    "\n"
    "  -i, --id ID         this one's name; the smallest of those that are there wins (mandatory)\n"
    "  -g, --guest NAME    its guest's display_name, hostname or instance_id (default: the host name)\n"
    "  -p, --pair NAME     which pair, if the group has several (default: pair)\n"
    "  -b, --interval MS   between broadcasts, 10 to 60000 (default 500)\n"
    "  -t, --silence MS    after which the other one counts as dead (default: 4 intervals)\n"
    "  -s, --socket PATH   guest-client's socket (default: $VNF_SERVERGROUP_SOCKET, else\n"
    "                      /run/vnf-guest-sdk/server-group.sock)\n"
    "  -h, --help          this\n"
    "  -V, --version       the library's version\n";

struct Options {
    standby::Announcement self{"pair", "", "", standby::Role::Standby, 0};
    milliseconds interval{500}, silence{0};
    const char* socket = nullptr;
};

/// Whether a member can't serve for now, though it may come back.
bool is_out(const vnf_sg_change& change) {
    if (change.kind == VNF_SG_MEMBER_FAILED || change.kind == VNF_SG_MEMBER_LEFT)
        return true;
    switch (change.reason) {
        case VNF_SG_REASON_STOPPING:
        case VNF_SG_REASON_STOPPED:
        case VNF_SG_REASON_REBOOTING:
        case VNF_SG_REASON_PAUSED:
        case VNF_SG_REASON_SUSPENDED:
            return true;
        default:
            return false;
    }
}

class PairMember final : public vnf::servergroup::Handler {
  public:
    explicit PairMember(const Options& options)
        : options_(options), election_(options.self, options.silence, Clock::now()) {}

    vnf_sg_error open(const vnf_sg_config& config) { return group_.open(config, *this); }
    int fd() const { return group_.fd(); }
    vnf_sg_error dispatch() { return group_.dispatch(); }
    int next_timeout() const {
        const auto left = std::chrono::ceil<milliseconds>(next_broadcast_ - Clock::now()).count();
        const int own = static_cast<int>(std::max<std::int64_t>(left, 0));
        const int library = group_.next_timeout();
        return library < 0 ? own : std::min(own, library);
    }

    /// After everything that may have changed something.
    void turn() {
        const auto now = Clock::now();
        election_.tick(now);
        const auto change = election_.take_change();
        if (change)
            std::printf("%s\n", change->c_str());
        if (change || now >= next_broadcast_)
            announce(election_.self());
        if (now >= next_broadcast_)
            next_broadcast_ = now + options_.interval;
    }

    void leave() {
        standby::Announcement farewell = election_.self();
        farewell.role = standby::Role::Leaving;
        announce(farewell);
        group_.close();
    }

    void state_changed(const vnf_sg_state_info& info) override {
        const bool is_up = info.state == VNF_SG_STATE_LINKED || info.state == VNF_SG_STATE_OLD_AGENT;
        election_.link_changed(is_up, vnf_sg_state_name(info.state), Clock::now());
        std::fprintf(stderr, "%s%s%s\n", vnf_sg_state_name(info.state), info.reason[0] != '\0' ? ": " : "",
                     info.reason);
        if (is_up) {
            next_broadcast_ = Clock::now();
            group_.request_status();
        }
    }

    void broadcast(const char*, const char* text, size_t length) override {
        if (const auto other = standby::parse_announcement(std::string(text, length)))
            election_.heard(*other, Clock::now());
    }

    void membership(const vnf_sg_change& change) override {
        if (!is_out(change))
            return;
        const std::string why = std::string(vnf_sg_change_kind_name(change.kind)) + ": " +
                                vnf_sg_change_reason_name(change.reason);
        for (const char* name :
             {change.member->display_name, change.member->hostname, change.member->instance_id})
            election_.guest_is_out(name, why, Clock::now());
    }

    void missed(uint32_t) override { group_.request_status(); }

  private:
    /// A broadcast that is not taken is made up for by the next.
    void announce(const standby::Announcement& announcement) {
        group_.broadcast(standby::to_text(announcement).c_str());
    }

    Options options_;
    standby::Election election_;
    Clock::time_point next_broadcast_ = Clock::now();
    vnf::servergroup::Membership group_;
};

[[noreturn]] void refuse(const char* program, const char* what) {
    std::fprintf(stderr, "%s: %s\n", program, what);
    std::exit(2);
}

milliseconds parse_time(const char* program, const char* text) {
    char* end = nullptr;
    const long value = std::strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 10 || value > 60000)
        refuse(program, "a time is 10 to 60000 ms");
    return milliseconds(value);
}

std::string parse_word(const char* program, const std::string& text) {
    if (text.empty() || text.size() > 63 || text.find_first_of(" \t\n") != std::string::npos)
        refuse(program, "a name has 1 to 63 letters and no blank");
    return text;
}

std::string host_name() {
    char name[65] = "";
    ::gethostname(name, sizeof name - 1);
    return name;
}

void complete(const char* program, Options& options) {
    if (options.self.id.empty())
        refuse(program, "--id is missing");
    if (options.self.guest.empty())
        options.self.guest = parse_word(program, host_name());
    if (options.silence.count() == 0)
        options.silence = 4 * options.interval;
    if (options.silence <= options.interval)
        refuse(program, "the silence must be longer than the interval");
}

Options parse(int argc, char** argv) {
    static const option known[] = {{"id", required_argument, nullptr, 'i'},
                                   {"guest", required_argument, nullptr, 'g'},
                                   {"pair", required_argument, nullptr, 'p'},
                                   {"interval", required_argument, nullptr, 'b'},
                                   {"silence", required_argument, nullptr, 't'},
                                   {"socket", required_argument, nullptr, 's'},
                                   {"help", no_argument, nullptr, 'h'},
                                   {"version", no_argument, nullptr, 'V'},
                                   {nullptr, 0, nullptr, 0}};
    Options options;
    for (int letter = 0; (letter = ::getopt_long(argc, argv, "i:g:p:b:t:s:hV", known, nullptr)) != -1;) {
        switch (letter) {
            case 'i':
                options.self.id = parse_word(argv[0], optarg);
                break;
            case 'g':
                options.self.guest = parse_word(argv[0], optarg);
                break;
            case 'p':
                options.self.pair = parse_word(argv[0], optarg);
                break;
            case 'b':
                options.interval = parse_time(argv[0], optarg);
                break;
            case 't':
                options.silence = parse_time(argv[0], optarg);
                break;
            case 's':
                options.socket = optarg;
                break;
            case 'h':
                std::printf(help, argv[0]);
                std::exit(0);
            case 'V':
                std::printf("%s (libservergroup %s)\n", argv[0], vnf_sg_version());
                std::exit(0);
            default:
                std::exit(2);
        }
    }
    complete(argv[0], options);
    return options;
}

int open_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// True when asked to end.
bool run(PairMember& member, int signals) {
    while (true) {
        member.turn();
        pollfd waiting[] = {{member.fd(), POLLIN, 0}, {signals, POLLIN, 0}};
        if (::poll(waiting, 2, member.next_timeout()) < 0 && errno != EINTR)
            return false;
        if (waiting[1].revents != 0)
            return true;
        if (member.dispatch() != VNF_SG_OK)
            return false;
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const Options options = parse(argc, argv);
    const std::string name = "standby-pair " + options.self.id.substr(0, 50);
    vnf_sg_config config;
    vnf_sg_config_init(&config);
    config.name = name.c_str();
    config.socket_path = options.socket;
    PairMember member(options);
    const vnf_sg_error error = member.open(config);
    if (error != VNF_SG_OK) {
        std::fprintf(stderr, "%s: %s\n", argv[0], vnf_sg_strerror(error));
        return error == VNF_SG_ERROR_SYSTEM || error == VNF_SG_ERROR_NO_MEMORY ? 1 : 2;
    }
    const int signals = open_signals();
    const bool was_asked = signals >= 0 && run(member, signals);
    member.leave();
    return was_asked ? 0 : 1;
}
